#pragma once

#include "base/text.h"
#include "machines/security_association/authenticator.h"
#include "machines/security_association/client.h"
#include "protocol/ntlm/keys.h"

#include <gtest/gtest.h>

/// A server's connection and a client at its other end, in memory, with virtual clocks.
namespace lyceum::security_association::test {

using namespace std::string_view_literals;

inline constexpr instant t0 = instant() + 1h;
inline constexpr wall_instant w0 =
    wall_instant(std::chrono::milliseconds(1201737716000)); // 31 Jan 2008
inline constexpr std::string_view password = "Pa$$word";
inline constexpr std::string_view alice_epid = "8248ca9ebb";

inline settings server_settings() {
    return {
        .targetname = "fe.contoso.test", .netbios_domain = "CONTOSO", .dns_domain = "contoso.test"};
}

inline ntlm::identity who(std::string_view login, std::string_view pass = password) {
    return {.user = std::string(login),
            .domain = "CONTOSO",
            .workstation = "PC",
            .nt_hash = *ntlm::nt_hash(pass)};
}

inline std::shared_ptr<const people::user> user(std::string_view name) {
    auto u = std::make_shared<people::user>();
    u->aor = *sip::aor::from("sip:" + std::string(name) + "@contoso.test");
    u->login = name;
    return u;
}

/// A request of alice's, or as told.
struct shape {
    std::string method = "REGISTER";
    std::string from = "<sip:alice@contoso.test>;tag=4a2b44d131;epid=8248ca9ebb";
    std::string to = "<sip:alice@contoso.test>";
    std::string more{};
};

inline sip::message request(unsigned cseq, const shape& s = {}) {
    auto m = sip::message::request(s.method, "sip:contoso.test");
    m.append(sip::header::via, "SIP/2.0/TLS 192.0.2.1:4320");
    m.append(sip::header::from, s.from);
    m.append(sip::header::to, s.to);
    m.append(sip::header::call_id, "d5f2b95d5be64c2cbfb38aa5d3a87ae7");
    std::string number;
    append_number(number, cseq);
    m.append(sip::header::cseq, number + ' ' + s.method);
    if (!s.more.empty()) m.append(sip::header::contact, s.more);
    return m;
}

inline sip::message respond(const sip::message& r, int status) {
    auto m = sip::message::response(status);
    for (const auto h :
         {sip::header::from, sip::header::to, sip::header::call_id, sip::header::cseq}) {
        m.append(h, r.value(h));
    }
    if (r.to_tag().empty())
        m.set(sip::header::to, std::string(r.value(sip::header::to)) + ";tag=0858513F");
    if (status / 100 == 2) m.append(sip::header::expires, "7200");
    return m;
}

struct world {
    random::seeded server_random{1};
    random::seeded client_random{2};
    authenticator server;
    client_association client;
    instant now = t0;

    explicit world(const settings& s = server_settings(), unsigned client_version = 4)
        : server(std::make_shared<const settings>(s), server_random),
          client(who("alice"), client_random, client_version) {}

    /// What the server does about a request.
    authenticator::action receive(const sip::message& m) {
        return only(authenticator::request_received{m, w0});
    }
    authenticator::action receive_response(const sip::message& m) {
        return only(authenticator::response_received{m});
    }

    /// Feeds an event that gives exactly one action.
    authenticator::action only(const authenticator::event& e) {
        authenticator::actions out;
        server.on(e, now, out);
        EXPECT_EQ(out.size(), 1u);
        return out.empty() ? authenticator::action(authenticator::drop{}) : std::move(out.front());
    }
    std::size_t count(const authenticator::event& e) {
        authenticator::actions out;
        server.on(e, now, out);
        return out.size();
    }

    /// The verdict that a store with alice, bob (and their passwords) would come to.
    authenticator::action judge(const authenticator::verify_ntlm& v,
                                std::string_view truth = password) {
        const auto m = ntlm::parse_authenticate(v.authenticate);
        EXPECT_TRUE(m);
        const auto agreed = ntlm::check(*m, v.challenge, *ntlm::nt_hash(truth));
        if (!agreed) return only(authenticator::ntlm_refused{v.of, w0});
        return only(authenticator::ntlm_proven{v.of, user(m->user), *agreed, w0});
    }

    /// The 401 that a challenge becomes.
    static sip::message as_message(const sip::message& r, const authenticator::challenge& c) {
        auto m = respond(r, 401);
        for (const auto& line : c.headers)
            m.append(line.name, line.value);
        return m;
    }

    /// Sends one request of the client's, authorised; what the server does, a verdict included.
    authenticator::action send(sip::message& m, std::string_view truth = password) {
        client.authorise(m);
        auto a = receive(m);
        if (const auto* v = std::get_if<authenticator::verify_ntlm>(&a)) return judge(*v, truth);
        return a;
    }

    /// The whole handshake; the last action, and the request that it is about.
    std::pair<authenticator::action, sip::message> sign_in(const shape& s = {},
                                                           std::string_view truth = password) {
        unsigned cseq = 169;
        for (;;) {
            auto m = request(cseq++, s);
            auto a = send(m, truth);
            const auto* c = std::get_if<authenticator::challenge>(&a);
            if (c == nullptr || !client.on_challenge(as_message(m, *c), w0))
                return {std::move(a), std::move(m)};
        }
    }

    /// A sign-in that works, its signed 200 included.
    void establish(const shape& s = {}) {
        auto [a, m] = sign_in(s);
        ASSERT_TRUE(std::holds_alternative<authenticator::pass>(a));
        auto ok = respond(m, 200);
        ASSERT_TRUE(server.sign(ok, now));
        ASSERT_EQ(client.verify(ok, now), client_association::verdict::good);
        ASSERT_EQ(client.now_is(), client_association::state::established);
    }
};

template <class T>
const T* as(const authenticator::action& a) {
    return std::get_if<T>(&a);
}
inline const std::string& challenge_value(const authenticator::action& a) {
    static const std::string none;
    const auto* c = as<authenticator::challenge>(a);
    EXPECT_NE(c, nullptr);
    return c == nullptr || c->headers.empty() ? none : c->headers.front().value;
}

} // namespace lyceum::security_association::test
