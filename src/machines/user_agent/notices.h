#pragma once

#include "base/instant.h"
#include "base/ip_endpoint.h"
#include "protocol/sip/gruu.h"
#include "protocol/sip/message.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace lyceum::user_agent {

/// Names an instant message in `delivered` and `undelivered`: whatever the user likes.
using im_id = std::uint64_t;

/// What the user wants.
namespace wish {

struct sign_in {};
/// Extends the registration now instead of shortly before it ends.
struct refresh {};
/// The whole handshake anew, as after eight hours. digest MS-SIPAE 4.6
struct renew {};
struct sign_out {};
/// A message in a conversation: in the one that stands, or by an INVITE.
struct say {
    im_id id = 0;
    sip::aor to;
    std::string text; ///< UTF-8
    std::string content_type = "text/plain; charset=UTF-8";
};
/// A message by itself, in no conversation. RFC 3428
struct page {
    im_id id = 0;
    sip::aor to;
    std::string text;
    std::string content_type = "text/plain; charset=UTF-8";
};
/// Tells the other side of a conversation, if there is one, that we are typing.
struct type {
    sip::aor to;
};
/// Ends the conversations with somebody.
struct leave {
    sip::aor to;
};

/// Header fields by name.
using headers = std::vector<std::pair<std::string, std::string>>;

/// Any request outside of a dialog, SERVICE for one; answered() follows.
struct ask {
    std::uint64_t id = 0; ///< names it in `answered`: whatever the user likes
    std::string method;
    sip::aor to;
    headers more{}; ///< beside what every request has
    std::string content_type{};
    std::string body{};
};
/// Follows an event: subscribed() or subscription_ended() follows. Ends with the connection.
struct subscribe {
    std::uint64_t id = 0; ///< names the subscription
    std::string event;
    sip::aor to;
    wish::headers headers{}; ///< Accept, Supported, Proxy-Require...; of refreshes, too
    std::string content_type{};
    std::string body{}; ///< of the first SUBSCRIBE only
};
struct unsubscribe {
    std::uint64_t id = 0;
};

} // namespace wish

/// What the endpoint does, and what it tells its user.
namespace notice {

/// Octets for the connection: a message, or a keep-alive.
struct transmit {
    std::string octets;
};

/// One of the account's live endpoints, as the server listed them in its 200 to our REGISTER.
struct live_endpoint {
    std::string contact;                      ///< URI
    std::optional<sip::instance_id> instance; ///< of a Microsoft client
    std::string gruu;                         ///< empty if none
    std::chrono::seconds expires{};
    bool is_us = false;
};
struct signed_in {
    bool anew = true; ///< false: a registration that stood was extended, or its keys renewed
    std::chrono::seconds expires{};
    std::vector<live_endpoint> endpoints;
};
/// Also when a registration could not be kept up. We are out.
struct sign_in_failed {
    int status = 0; ///< 0: no usable answer
    std::string why;
    /// The server has too much to do and wants to be asked later. RFC 3261 20.33
    std::optional<std::chrono::seconds> retry_after{};
};
/// By our wish, or the server's.
struct signed_out {
    std::string why;
};
struct im_received {
    sip::aor from;
    std::string content_type;
    std::string text;
    bool paged = false; ///< in no conversation
};
struct typing_received {
    sip::aor from;
    bool typing = true; ///< false: stopped
};
struct delivered {
    im_id id = 0;
    sip::aor to;
};
struct undelivered {
    im_id id = 0;
    sip::aor to;
    int status = 0; ///< 0: not even sent
    std::string why;
};
struct conversation_opened {
    sip::aor peer;
    bool by_us = true;
};
struct conversation_closed {
    sip::aor peer;
    std::string why;
};
/// A message of the server that was not believed, or made no sense; nothing else came of it.
struct discarded {
    std::string what; ///< method, or status and method
    std::string why;
};

/// The final answer to wish::ask; 408 or 503 without a body when there was none.
struct answered {
    std::uint64_t id = 0;
    int status = 0;
    std::string why; ///< the reason phrase, with that of an ms-diagnostics header
    std::string content_type;
    std::string body;
};
struct subscribed {
    std::uint64_t id = 0;
    std::chrono::seconds expires{};
};
/// The state that a subscription follows; the first one may come with `subscribed`.
struct notified {
    std::uint64_t id = 0;
    std::string event;
    std::string content_type;
    std::string body;
};
/// Nothing more comes of it.
struct subscription_ended {
    std::uint64_t id = 0;
    int status = 0; ///< of the refusal; 0: ended by either side
    std::string why;
    std::optional<std::chrono::seconds> retry_after{}; ///< the server said when to ask again
};

} // namespace notice

using action = std::variant<notice::transmit,
                            notice::signed_in,
                            notice::sign_in_failed,
                            notice::signed_out,
                            notice::im_received,
                            notice::typing_received,
                            notice::delivered,
                            notice::undelivered,
                            notice::conversation_opened,
                            notice::conversation_closed,
                            notice::answered,
                            notice::subscribed,
                            notice::notified,
                            notice::subscription_ended,
                            notice::discarded>;
using actions = std::vector<action>;

/// The transports that an endpoint speaks over.
enum class transport : std::uint8_t { udp, tcp, tls };

/// The connection stands.
struct connected {
    transport kind = transport::tls;
    ip_endpoint local;
};
struct disconnected {
    std::string why;
};
/// One whole message came in.
struct received {
    sip::message message;
    wall_instant wall; ///< for the timestamp of an NTLM answer
};
struct tick {};

using event = std::variant<connected,
                           disconnected,
                           received,
                           tick,
                           wish::sign_in,
                           wish::refresh,
                           wish::renew,
                           wish::sign_out,
                           wish::say,
                           wish::page,
                           wish::type,
                           wish::leave,
                           wish::ask,
                           wish::subscribe,
                           wish::unsubscribe>;

} // namespace lyceum::user_agent
