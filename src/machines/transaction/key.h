#pragma once

#include "protocol/sip/message.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace lyceum::transaction {

// Keys are opaque text, not hashes: a client chooses branch, Call-ID and tags, so a hash without a
// secret could be made to collide. They are written to a string of the caller's, so that a look-up
// in the steady state allocates nothing; look up with base/text.h's text_hash.
//
// flow tells connections apart: two pidgin-sipe started in the same second send the same Call-IDs,
// tags and branches (seen: pidgin-sipe 1.25 sipe-core.c, rand() seeded with the second). Hand in
// the id of the stream's flow, and 0 for UDP, where sent-by has to do.

/// Writes the key of the server transaction that a request makes or belongs to.
///
/// A top Via with the magic cookie: branch, sent-by and method. Without: Request-URI, From tag,
/// Call-ID, CSeq and the whole top Via, and the To tag too unless it is INVITE or ACK: an ACK bears
/// the tag of the response, which the INVITE could not know, so ask acknowledges() when such an ACK
/// has led to an INVITE. ACK leads to INVITE in both forms. Compute it from the message as it came,
/// before received and the like are added to its Via. False, and out empty, when there is no
/// readable Via. RFC 3261 17.2.3
bool server_key(const sip::message& request, std::uint64_t flow, std::string& out);

/// Writes the key of the INVITE that a CANCEL is for, or of a request with another method: a CANCEL
/// does not say which. False as above. RFC 3261 9.2
bool cancelled_key(const sip::message& cancel,
                   std::uint64_t flow,
                   std::string& out,
                   std::string_view method = "INVITE");

/// Whether an ACK whose key led to an INVITE is for the response with that To tag. Always with the
/// magic cookie; else the tags have to be equal. RFC 3261 17.2.3
[[nodiscard]] bool acknowledges(const sip::message& ack, std::string_view response_to_tag);

/// Writes the key of the client transaction that a response belongs to, or that a request of ours
/// makes: the branch of the top Via and the method of CSeq. Our branches are unique, whatever the
/// flow. False, and out empty, when there is no branch. RFC 3261 17.1.3
bool client_key(const sip::message&, std::string& out);

} // namespace lyceum::transaction
