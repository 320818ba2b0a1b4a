#pragma once

#include "sipstack/tests/people.h"

namespace lyceum::conformance {

using namespace std::chrono_literals;
using sip::header;
using sipstack::test::client;
using sipstack::test::gateway;
using sipstack::test::house;

/// Somebody on the trusted list who sends octets as they are and is told what comes back, at the
/// ports that a Via may name.
class sender final : public sipstack::test::party {
public:
    sender(house&, std::string_view address, bool may_register = true);
    /// As one datagram.
    void send(std::string_view octets);
    /// Over a TCP connection of its own, opened when there is none.
    void send_stream(std::string_view octets);

private:
    net::flow_id flow_;
};

/// A gateway at 10.0.0.9 and bob, signed in over TLS, with a house between them: what most rows
/// play with.
struct scene {
    explicit scene(net::sim::weather how = {}, std::uint64_t seed = 1);

    /// Lets 100 ms pass, and says what the gateway, or bob, heard in it.
    std::string gateway_hears(std::chrono::nanoseconds within = 100ms);
    std::string bob_hears(std::chrono::nanoseconds within = 100ms);
    /// A request of the gateway for bob, and the last of what it hears.
    [[nodiscard]] sip::message ask(std::string_view method);
    /// The gateway sends it; gives the last message that it hears within that time.
    [[nodiscard]] sip::message answer_to(const sip::message&,
                                         std::chrono::nanoseconds within = 100ms);
    /// The gateway sends it and bob gets it; what bob got.
    [[nodiscard]] sip::message delivered(const sip::message&);
    /// A phone of that user registers through the gateway.
    void register_phone(std::string_view name, std::string_view contact = "<sip:phone@10.0.0.9>");

    house h;
    gateway gw;
    client bob;
};

/// Two phones of one user, sip:pair@contoso.test, behind one gateway each, and a caller.
struct forked {
    forked();
    /// An INVITE on both phones; the caller has heard 100.
    sip::message ring();
    /// The same of another method; nothing has been answered.
    sip::message ask(std::string_view method);
    /// What the caller hears within that time.
    std::string caller_hears(std::chrono::nanoseconds within = 100ms);

    house h;
    gateway first, second, caller;
    sip::message at_first, at_second;
};

/// A message with one line more, less or other than it had; the rest as it is.
[[nodiscard]] sip::message with(sip::message, header, std::string_view value);
[[nodiscard]] sip::message without(sip::message, header);

/// An ACK for a final response other than 2xx, as its INVITE's sender makes it. RFC 3261 17.1.1.3
[[nodiscard]] sip::message ack_of(const sip::message& invite, const sip::message& response);
/// The CANCEL of a request that was sent. RFC 3261 9.1
[[nodiscard]] sip::message cancel_of(const sip::message& request);

} // namespace lyceum::conformance
