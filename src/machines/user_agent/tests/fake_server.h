#pragma once

#include "base/overloaded.h"
#include "machines/security_association/authenticator.h"
#include "machines/user_agent/endpoint.h"
#include "protocol/ntlm/keys.h"
#include "protocol/sip/address.h"
#include "protocol/sip/respond.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>

/// Endpoints and the server that they sign in to, in memory, on a virtual clock: real NTLM, real
/// signatures, every message as octets.
namespace lyceum::user_agent::test {

using namespace std::string_view_literals;
using security_association::authenticator;
using sip::header;

inline constexpr instant t0 = instant() + 1h;
inline constexpr wall_instant w0 = wall_instant(std::chrono::milliseconds(1201737716000));

inline account
account_of(std::string_view name, std::string_view epid, std::string_view password = "Pa$$word") {
    account a;
    a.aor = *sip::aor::from("sip:" + std::string(name) + "@contoso.test");
    a.login = *identity_of("CONTOSO\\" + std::string(name), password);
    a.epid = epid;
    return a;
}
inline sip::aor aor_of(std::string_view name) {
    return *sip::aor::from("sip:" + std::string(name) + "@contoso.test");
}

/// One endpoint at its connection, with everything that it told its user.
struct seat {
    seat(account a, std::uint64_t seed) : random(seed), machine(std::move(a), random) {}
    random::seeded random;
    endpoint machine;
    std::vector<action> told;
    bool connected = false;

    template <class Notice>
    [[nodiscard]] std::vector<Notice> all() const {
        std::vector<Notice> out;
        for (const auto& a : told) {
            if (const auto* n = std::get_if<Notice>(&a)) out.push_back(*n);
        }
        return out;
    }
    template <class Notice>
    [[nodiscard]] std::size_t count() const {
        return all<Notice>().size();
    }
};

/// The server: challenges, registers, relays by Request-URI with Via and Record-Route, signs.
class world {
public:
    instant now = t0;
    int expires = 7200;
    int keep_alive = 300;
    bool authenticates = true;
    std::string password = "Pa$$word";
    std::deque<seat> seats;

    /// Sees every whole message on its way to (true) or from the server and may change it; false:
    /// it is lost.
    std::function<bool(std::size_t seat, bool to_server, sip::message&)> meddle =
        [](auto, auto, auto&) { return true; };
    /// Answers a request instead of the registrar or the relay; nothing: they do.
    std::function<std::optional<sip::message>(const sip::message&)> instead = [](auto&) {
        return std::nullopt;
    };
    std::vector<std::string> sent; ///< by clients: start lines and keep-alives, in order

    seat& add(account a) {
        links_.emplace_back(settings(), server_random_);
        return seats.emplace_back(std::move(a), 100 + seats.size());
    }
    seat& sign_in(std::string_view name, std::string_view epid) {
        auto& s = add(account_of(name, epid));
        connect(s);
        wish(s, wish::sign_in{});
        EXPECT_TRUE(s.machine.is_signed_in()) << name;
        return s;
    }
    void connect(seat& s) {
        s.connected = true;
        auto& l = links_[index_of(s)];
        l = link(settings(), server_random_);
        const ip_endpoint local{*ip_address::parse("192.0.2.1"),
                                static_cast<std::uint16_t>(40000 + index_of(s))};
        tell(s, connected{transport::tls, local});
    }
    void disconnect(seat& s) {
        s.connected = false;
        tell(s, disconnected{"test"});
    }
    void wish(seat& s, event e) { tell(s, std::move(e)); }
    /// Lets time pass; every deadline on the way is kept.
    void pass(std::chrono::nanoseconds span) {
        const auto end = now + span;
        for (;;) {
            std::optional<instant> next;
            for (auto& s : seats) {
                if (const auto d = s.machine.deadline(); d && (!next || *d < *next)) next = d;
            }
            if (!next || *next > end) break;
            now = std::max(now, *next);
            for (auto& s : seats) {
                if (const auto d = s.machine.deadline(); d && *d <= now) tell(s, tick{});
            }
        }
        now = end;
    }
    /// A request of the server's own to an endpoint.
    void send(seat& s, sip::message m) {
        m.prepend(header::via,
                  "SIP/2.0/TLS fe.contoso.test:5061;branch=z9hG4bKown" + std::to_string(++branch_));
        deliver(index_of(s), std::move(m));
        drain();
    }
    /// A message that meddle() had kept, as it was.
    void hand(seat& s, const sip::message& m) { tell(s, received{m, w0}); }
    /// Forgets what a client has proven, as after a restart.
    void forget_associations(seat& s) { links_[index_of(s)] = link(settings(), server_random_); }
    [[nodiscard]] std::size_t count_sent(std::string_view start) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(sent, [&](const auto& l) { return l.starts_with(start); }));
    }

private:
    struct link {
        authenticator gate;
        link(const security_association::settings& s, random::source& r)
            : gate(std::make_shared<const security_association::settings>(s), r) {}
    };

    static security_association::settings settings() {
        return {.targetname = "fe.contoso.test",
                .netbios_domain = "CONTOSO",
                .dns_domain = "contoso.test"};
    }
    [[nodiscard]] std::size_t index_of(const seat& s) const {
        for (std::size_t i = 0; i < seats.size(); ++i) {
            if (&seats[i] == &s) return i;
        }
        return 0;
    }

    void tell(seat& s, event e) {
        actions out;
        s.machine.on(std::move(e), now, out);
        take(s, std::move(out));
        drain();
    }
    void take(seat& s, actions out) {
        for (auto& a : out) {
            if (auto* t = std::get_if<notice::transmit>(&a)) {
                if (s.connected) to_server_.emplace_back(index_of(s), std::move(t->octets));
            } else {
                s.told.push_back(std::move(a));
            }
        }
    }
    void drain() {
        if (draining_) return;
        draining_ = true;
        while (!to_server_.empty()) {
            auto [from, octets] = std::move(to_server_.front());
            to_server_.pop_front();
            sent.push_back(octets.substr(0, octets.find("\r\n")));
            if (octets == "\r\n\r\n") continue;
            auto m = sip::message::parse(std::move(octets));
            EXPECT_TRUE(m);
            if (m && meddle(from, true, *m)) receive(from, *std::move(m));
        }
        draining_ = false;
    }

    void receive(std::size_t from, sip::message m) {
        if (authenticates) {
            authenticator::actions todo;
            auto& gate = links_[from].gate;
            if (m.is_response()) {
                gate.on(authenticator::response_received{m}, now, todo);
            } else {
                gate.on(authenticator::request_received{m, w0}, now, todo);
            }
            if (auto* v = std::get_if<authenticator::verify_ntlm>(&todo.front())) {
                const auto of = v->of;
                const auto proof = ntlm::parse_authenticate(v->authenticate);
                const auto agreed = ntlm::check(*proof, v->challenge, *ntlm::nt_hash(password));
                todo.clear();
                if (agreed) {
                    auto user = std::make_shared<people::user>();
                    user->aor = seats[from].machine.aor();
                    gate.on(authenticator::ntlm_proven{of, user, *agreed, w0}, now, todo);
                } else {
                    gate.on(authenticator::ntlm_refused{of, w0}, now, todo);
                }
            }
            if (const auto* c = std::get_if<authenticator::challenge>(&todo.front())) {
                auto r = sip::make_response(m, 401, {}, "srv");
                for (const auto& line : c->headers)
                    r.append(line.name, line.value);
                deliver(from, std::move(r));
                return;
            }
            if (const auto* x = std::get_if<authenticator::refuse>(&todo.front())) {
                deliver(from, sip::make_response(m, x->status, {}, "srv"));
                return;
            }
            if (std::holds_alternative<authenticator::drop>(todo.front())) return;
        }
        m.remove(header::authorization);
        if (m.is_response()) {
            relay_back(std::move(m));
            return;
        }
        if (m.method_id() != sip::method::ack) {
            if (auto r = instead(m)) {
                deliver(from, *std::move(r));
                return;
            }
        }
        if (m.method_id() == sip::method::register_) {
            enrol(from, m);
        } else {
            relay(from, std::move(m));
        }
    }

    void enrol(std::size_t from, const sip::message& m) {
        auto r = sip::make_response(m, 200, {}, "srv");
        const auto contact = sip::parse_address(m.first(header::contact));
        const auto instance =
            sip::instance_id::parse(contact->params.value_or("+sip.instance", {}));
        const bool leaves = m.value(header::expires) == "0";
        if (!leaves) {
            r.append(header::contact,
                     "<" + std::string(contact->uri) + ">;expires=" + std::to_string(expires) +
                         ";+sip.instance=\"<" + instance->urn() + ">\";gruu=\"" +
                         sip::make_gruu(seats[from].machine.aor(), *instance) + "\"");
        }
        r.append(header::expires, leaves ? "0" : std::to_string(expires));
        r.append(header::ms_keep_alive,
                 "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=" + std::to_string(keep_alive));
        deliver(from, std::move(r));
    }

    void relay(std::size_t from, sip::message m) {
        const auto to = sip::aor::from(m.uri());
        m.remove_first(header::route);
        // The first seat of that user other than the sender's: enough for two endpoints of one
        // user.
        for (std::size_t i = 0; i < seats.size(); ++i) {
            if (i == from || !to || seats[i].machine.aor() != *to ||
                !seats[i].machine.is_signed_in())
                continue;
            if (m.method_id() == sip::method::invite)
                m.prepend(header::record_route, "<sip:fe.contoso.test:5061;transport=tls;lr>");
            // A CANCEL and the ACK of a refusal go on under their INVITE's branch.
            auto branch = std::string(sip::parse_via(m.first(header::via))->branch());
            m.prepend(header::via,
                      "SIP/2.0/TLS fe.contoso.test:5061;branch=" + branch + "-" +
                          std::to_string(from));
            deliver(i, std::move(m));
            return;
        }
        if (m.method_id() != sip::method::ack) deliver(from, sip::make_response(m, 404, {}, "srv"));
    }
    void relay_back(sip::message m) {
        const std::string branch(sip::parse_via(m.first(header::via))->branch());
        const auto dash = branch.rfind('-');
        if (dash == std::string::npos) return; // to a request of the server's own
        m.remove_first(header::via);
        deliver(static_cast<std::size_t>(*to_u32(branch.substr(dash + 1))), std::move(m));
    }

    void deliver(std::size_t to, sip::message m) {
        auto& s = seats[to];
        if (authenticates && m.status() != 401) links_[to].gate.sign(m, now);
        if (!s.connected || !meddle(to, false, m)) return;
        auto read = sip::message::parse(m.text());
        ASSERT_TRUE(read);
        actions out;
        s.machine.on(received{*std::move(read), w0}, now, out);
        take(s, std::move(out));
    }

    random::seeded server_random_{7};
    std::deque<link> links_;
    std::deque<std::pair<std::size_t, std::string>> to_server_;
    unsigned branch_ = 0;
    bool draining_ = false;
};

} // namespace lyceum::user_agent::test
