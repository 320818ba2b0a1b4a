#include "base/fuzz/require.h"
#include "machines/user_agent/endpoint.h"
#include "protocol/sip/framer.h"
#include "protocol/sip/respond.h"

#include <algorithm>
#include <utility>

using namespace lyceum;
using namespace lyceum::user_agent;

namespace {

using lyceum::fuzz::require;

constexpr wall_instant wall = wall_instant(std::chrono::milliseconds(1201737716000));

/// alice's endpoint, which believes what comes over the connection (so that the fuzzer gets past
/// the signatures), and what it wrote.
struct client {
    random::seeded random{1};
    endpoint machine;
    instant now{1h};
    actions done;

    client()
        : machine({.aor = *sip::aor::from("sip:alice@contoso.test"),
                   .login = {},
                   .epid = "01010101",
                   .authenticate = false,
                   .branch_prefix = "0"},
                  random) {}

    void on(event e) {
        machine.on(std::move(e), now, done);
        for (const auto& a : std::exchange(done, {})) {
            const auto* sent = std::get_if<notice::transmit>(&a);
            if (sent == nullptr) continue;
            if (sent->octets.find_first_not_of("\r\n") == std::string::npos) continue;
            auto m = sip::message::parse(sent->octets);
            require(m.has_value());
            last = *std::move(m);
        }
    }
    std::optional<sip::message> last;
};

} // namespace

// What a server may do to a client: the stream of its messages, then time. Whatever it is, what the
// client writes are messages, and it can sign out.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    client c;
    c.on(connected{transport::tls, {*ip_address::parse("192.0.2.1"), 40000}});
    c.on(wish::sign_in{});
    require(c.last && c.last->method_name() == "REGISTER");
    auto ok = sip::make_response(*c.last, 200, {}, "s");
    ok.append(sip::header::expires, "7200");
    ok.append(sip::header::contact, c.last->value(sip::header::contact));
    c.on(received{std::move(ok), wall});
    require(c.machine.is_signed_in());
    c.on(wish::say{1, *sip::aor::from("sip:bob@contoso.test"), "hello"});

    sip::framer framer{sip::limits{}};
    framer.feed({reinterpret_cast<const char*>(data), size});
    for (auto next = framer.next(); next && *next; next = framer.next()) {
        auto m = sip::message::parse(**std::move(next));
        if (m) c.on(received{*std::move(m), wall});
    }
    c.on(wish::page{2, *sip::aor::from("sip:bob@contoso.test"), "again"});
    c.on(wish::leave{*sip::aor::from("sip:bob@contoso.test")});
    for (int i = 0; i < 30 && c.machine.deadline(); ++i) {
        c.now = std::max(c.now, *c.machine.deadline());
        c.on(tick{});
    }
    c.on(wish::sign_out{});
    c.on(disconnected{"over"});
    require(!c.machine.is_signed_in());
    return 0;
}
