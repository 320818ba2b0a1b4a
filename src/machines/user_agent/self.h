#pragma once

#include "base/random/random.h"
#include "machines/user_agent/account.h"
#include "machines/user_agent/notices.h"

namespace lyceum::user_agent {

/// What all machines of one endpoint know about it: whose it is, where it stands, and the headers
/// that follow from that.
struct self {
    account who;
    random::source* random = nullptr;
    sip::instance_id instance;
    transport over = transport::tls;
    ip_endpoint local;
    std::string gruu; ///< once the server gave us one

    self(account, random::source&);

    [[nodiscard]] bool is_reliable() const { return over != transport::udp; }
    [[nodiscard]] std::string new_tag() const { return random->hex(8); }
    [[nodiscard]] std::string new_call_id() const { return random->hex(16); }
    /// The Via of a new transaction. RFC 3261 8.1.1.7
    [[nodiscard]] std::string new_via() const;
    /// From of a new dialog or transaction.
    [[nodiscard]] std::string from_value(std::string_view tag) const;
    /// Contact of a REGISTER. [MS-SIPREGE] 2.2.1.1 by way of digest MS-SIPREGE 3.1
    [[nodiscard]] std::string register_contact() const;
    /// Contact of everything else: the GRUU, or where we stand.
    [[nodiscard]] std::string contact() const;
    /// A request of ours outside of a dialog, CSeq 1.
    [[nodiscard]] sip::message request(std::string_view method, const sip::aor& to) const;
    /// User-Agent, and Contact where the method has one.
    void finish(sip::message&) const;
    /// Our answer to a request, with a To tag and Contact.
    [[nodiscard]] sip::message
    answer(const sip::message& request, int status, std::string_view to_tag) const;
};

/// The methods that we serve, for Allow.
inline constexpr std::string_view allowed_methods =
    "INVITE, ACK, CANCEL, BYE, MESSAGE, INFO, OPTIONS, NOTIFY, BENOTIFY, UPDATE";

/// Who a request comes from; nothing when From names no user.
[[nodiscard]] std::optional<sip::aor> sender_of(const sip::message& request);
/// "404 Not Found", with the reason of an ms-diagnostics header if there is one.
[[nodiscard]] std::string explanation(const sip::message& response);
/// Retry-After: 18000;duration=3600, or with a comment in parentheses. RFC 3261 20.33
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const sip::message& response);

} // namespace lyceum::user_agent
