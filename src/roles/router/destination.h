#pragma once

#include "protocol/diagnostics/diagnostics.h"
#include "protocol/sip/gruu.h"
#include "protocol/sip/message.h"
#include "roles/router/house.h"

#include <string>
#include <variant>

namespace lyceum::roles::router {

/// The server itself: REGISTER sip:contoso.test, SERVICE sip:contoso.test, OPTIONS
/// sip:fe.contoso.test.
struct to_server {};
/// A part of the server, named by an app: or srvr: GRUU. digest MS-SIPRE 3.3
struct to_component {
    sip::aor owner;
    std::string opaque; ///< app:conf:focusfactory, srvr:MRAS:..., app:locationprofile
};
/// One endpoint of a user, named by its GRUU. [MS-SIPRE] 3.4
struct to_endpoint {
    sip::aor user;
    sip::instance_id instance;
};
/// A user: all endpoints, or the one whose epid stands in To. digest MS-SIPRE 4 rule 5
struct to_user {
    sip::aor user;
    std::string epid;
};
/// A contact that this server made reachable: the connection that it names. digest MS-SIPRE 4 rule
/// 5
struct to_flow {
    std::string cid;
};
/// Somewhere else: a gateway, a partner, the contact of a plain SIP user agent, or the next Route.
struct to_address {
    std::string uri; ///< where to send; the Request-URI may differ (Route)
};
using destination =
    std::variant<to_server, to_component, to_endpoint, to_user, to_flow, to_address>;

/// Takes the routes that mean us off the message and tells where it goes by RFC 3261 16.4, 16.5 and
/// digest MS-SIPRE 4 rule 5. A strict router's Request-URI is put right. The refusal is for the
/// sender.
[[nodiscard]] std::expected<destination, diagnostics::refusal> destination_of(sip::message&,
                                                                              const house&);

/// RFC 3261 16.3 step 3: 483 for 0; otherwise decrements, or adds 70 when absent.
[[nodiscard]] std::expected<void, diagnostics::refusal> spend_hop(sip::message&);

/// Whether the Contact of a client's request asks the first hop to make it reachable, and may:
/// ;proxy=replace, from the client itself, over the transport that its URI names. digest MS-SIPRE 4
/// rule 3
[[nodiscard]] std::expected<bool, diagnostics::refusal>
wants_to_be_reachable(const sip::message&, std::string_view transport);

/// Whether the request is sent in a dialog: it has a To tag.
[[nodiscard]] bool in_dialog(const sip::message&);

/// Whether who sent a request in a dialog knows how to mend the dialog's route. [MS-SIPRE] 3.7.5
[[nodiscard]] bool can_recover(const sip::message&);

/// Whether the request forms or may form a dialog, so that its route must lead through us. digest
/// MS-SIPRE 4 rule 8
[[nodiscard]] bool wants_record_route(const sip::message&);

/// Whether an INVITE asks for instant messaging, and so gets exactly one final response.
/// seen: pidgin-sipe 1.25 sipe-im.c, m=message; m=x-ms-message before 2007. docs/adr/0003
[[nodiscard]] bool is_im_invite(const sip::message&);

} // namespace lyceum::roles::router
