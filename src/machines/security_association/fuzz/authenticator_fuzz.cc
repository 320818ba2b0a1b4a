#include "base/fuzz/require.h"
#include "base/text.h"
#include "machines/security_association/authenticator.h"
#include "machines/security_association/client.h"
#include "machines/security_association/endpoint.h"
#include "protocol/ntlm/keys.h"

using namespace lyceum;
using namespace lyceum::security_association;

namespace {

using lyceum::fuzz::require;

constexpr instant start = instant() + 1h;
constexpr wall_instant wall = wall_instant(std::chrono::milliseconds(1201737716000));

sip::message own_register(unsigned cseq) {
    auto m = sip::message::request("REGISTER", "sip:contoso.test");
    m.append(sip::header::via, "SIP/2.0/TLS 192.0.2.1:4320");
    m.append(sip::header::from, "<sip:alice@contoso.test>;tag=4a2b44d131;epid=8248ca9ebb");
    m.append(sip::header::to, "<sip:alice@contoso.test>");
    m.append(sip::header::call_id, "d5f2b95d5be64c2cbfb38aa5d3a87ae7");
    m.append(sip::header::cseq, std::to_string(cseq) + " REGISTER");
    return m;
}

/// One connection with alice at the other end: signed in, and another handshake half done. Its keys
/// and opaques are the same in every run, so that inputs can name them.
struct connection {
    random::seeded server_random{1};
    random::seeded client_random{2};
    authenticator server;
    client_association client;
    std::shared_ptr<const people::user> alice;

    connection()
        : server(std::make_shared<const settings>(settings{.targetname = "fe.contoso.test",
                                                           .netbios_domain = "CONTOSO",
                                                           .dns_domain = "contoso.test"}),
                 server_random),
          client({.user = "alice",
                  .domain = "CONTOSO",
                  .workstation = "PC",
                  .nt_hash = *ntlm::nt_hash("Pa$$word")},
                 client_random) {
        auto u = std::make_shared<people::user>();
        u->aor = *sip::aor::from("sip:alice@contoso.test");
        u->login = "alice";
        alice = u;
        for (unsigned cseq = 1; client.now_is() != client_association::state::established; ++cseq) {
            require(cseq <= 3);
            auto m = own_register(cseq);
            client.authorise(m);
            take(m);
        }
        client_association other = client;
        other.start_over();
        for (unsigned cseq = 4; cseq < 6; ++cseq) {
            auto m = own_register(cseq);
            other.authorise(m);
            const auto a = on(authenticator::request_received{m, wall});
            if (const auto* c = std::get_if<authenticator::challenge>(&a))
                require(other.on_challenge(as_message(m, *c), wall));
        }
        require(server.half_open() == 1 && server.established() == 1);
    }

    authenticator::action on(const authenticator::event& e) {
        authenticator::actions out;
        server.on(e, start, out);
        require(out.size() == 1);
        return std::move(out.front());
    }
    /// What comes of a password check.
    authenticator::action judge(const authenticator::verify_ntlm& v) {
        const auto m = ntlm::parse_authenticate(v.authenticate);
        const auto agreed = m ? ntlm::check(*m, v.challenge, *ntlm::nt_hash("Pa$$word"))
                              : std::unexpected(ntlm::refusal::bad_response);
        if (!agreed) return on(authenticator::ntlm_refused{v.of, wall});
        return on(authenticator::ntlm_proven{v.of, alice, *agreed, wall});
    }
    static sip::message as_message(const sip::message& request, const authenticator::challenge& c) {
        auto m = sip::message::response(401);
        for (const auto h :
             {sip::header::from, sip::header::to, sip::header::call_id, sip::header::cseq})
            m.append(h, request.value(h));
        for (const auto& line : c.headers)
            m.append(line.name, line.value);
        return m;
    }

private:
    void take(const sip::message& m) {
        auto a = on(authenticator::request_received{m, wall});
        if (const auto* v = std::get_if<authenticator::verify_ntlm>(&a)) a = judge(*v);
        if (const auto* c = std::get_if<authenticator::challenge>(&a)) {
            require(client.on_challenge(as_message(m, *c), wall));
            return;
        }
        require(std::holds_alternative<authenticator::pass>(a));
        auto ok = sip::message::response(200);
        for (const auto h : {sip::header::from, sip::header::call_id, sip::header::cseq})
            ok.append(h, m.value(h));
        ok.append(sip::header::to, "<sip:alice@contoso.test>;tag=0858513F");
        ok.append(sip::header::expires, "7200");
        require(server.sign(ok, start));
        require(client.verify(ok, start) == client_association::verdict::good);
    }
};

bool passes(const authenticator::action& a) {
    return std::holds_alternative<authenticator::pass>(a);
}

/// What somebody without the keys says to the server.
void say_to_server(connection& c, const sip::message& m) {
    if (m.is_response()) {
        require(!passes(c.on(authenticator::response_received{m})));
        return;
    }
    const auto a = c.on(authenticator::request_received{m, wall});
    require(!passes(a));
    if (const auto* v = std::get_if<authenticator::verify_ntlm>(&a)) require(!passes(c.judge(*v)));
}

/// The same, signed by alice: hers if it passes, and only once.
void sign_and_say(connection& c, sip::message m) {
    c.client.authorise(m);
    const auto whole = sip::message::parse(m.text());
    require(whole.has_value());
    const auto once = m.is_response() ? c.on(authenticator::response_received{*whole})
                                      : c.on(authenticator::request_received{*whole, wall});
    if (!passes(once)) return;
    require(std::get<authenticator::pass>(once).user == c.alice);
    // To of a response is whoever was called first: another's, perhaps.
    const auto from = party_of(*whole, sip::header::from);
    require(m.is_response() || (from && from->aor == c.alice->aor));
    const auto again = m.is_response() ? c.on(authenticator::response_received{*whole})
                                       : c.on(authenticator::request_received{*whole, wall});
    require(!passes(again));
}

} // namespace

// A message by somebody who has no keys never passes, whatever it names; signed by alice it is
// alice's or nobody's. And her client believes nothing of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto m = sip::message::parse(std::string(reinterpret_cast<const char*>(data), size));
    if (!m) return 0;
    static connection established;
    established.server_random = random::seeded(3);
    established.client_random = random::seeded(4);
    connection c = established;
    say_to_server(c, *m);

    require(c.client.verify(*m, start) != client_association::verdict::good);
    auto signed_by_us = *m;
    if (c.server.sign(signed_by_us, start))
        require(sip::message::parse(signed_by_us.text()).has_value());
    sign_and_say(c, *m);

    client_association fresh = established.client;
    fresh.start_over();
    if (m->is_response() && fresh.on_challenge(*m, wall)) {
        auto answer = own_register(9);
        fresh.authorise(answer);
        require(sip::message::parse(answer.text()).has_value());
    }
    authenticator::actions later;
    c.server.on(authenticator::tick{}, start + 9h, later);
    require(c.server.half_open() == 0 && c.server.established() == 0);
    return 0;
}
