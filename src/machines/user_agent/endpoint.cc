#include "machines/user_agent/endpoint.h"

#include "base/overloaded.h"

namespace lyceum::user_agent {
namespace {

/// What a message is, for people: "200 REGISTER", "MESSAGE".
std::string name_of(const sip::message& m) {
    if (m.is_request()) return std::string(m.method_name());
    std::string out;
    append_number(out, static_cast<unsigned>(m.status()));
    return out.append(" ").append(m.cseq_method());
}

} // namespace

endpoint::endpoint(account a, random::source& random)
    : self_(std::move(a), random), keys_(self_.who, random), transactions_(self_, keys_),
      sign_in_(self_, keys_) {}

void endpoint::on(event&& e, instant now, actions& out) {
    std::visit(
        overloaded{
            [&](connected& c) { on_connected(c, now, out); },
            [&](disconnected&) { on_disconnected(now, out); },
            [&](received& r) { on_received(std::move(r), now, out); },
            [&](tick&) { on_tick(now, out); },
            [&](wish::sign_in&) { carry_out(sign_in_.on(sign_in::wanted{}, now), now, out); },
            [&](wish::refresh&) {
                carry_out(sign_in_.on(sign_in::refresh_wanted{}, now), now, out);
            },
            [&](wish::renew&) { carry_out(sign_in_.on(sign_in::renewal_wanted{}, now), now, out); },
            [&](wish::sign_out&) {
                for (const auto id : sessions())
                    tell_session(id, im_session::left{}, now, out);
                carry_out(sign_in_.on(sign_in::unwanted{}, now), now, out);
            },
            [&](wish::say& s) {
                say({s.id, std::move(s.content_type), std::move(s.text), false}, s.to, now, out);
            },
            [&](wish::page& p) { page(std::move(p), now, out); },
            [&](wish::type& t) {
                if (const auto id = session_with(t.to))
                    tell_session(id, im_session::typed{}, now, out);
            },
            [&](wish::ask& a) { ask(std::move(a), now, out); },
            [&](wish::subscribe& s) { subscribe(std::move(s), now, out); },
            [&](wish::unsubscribe& u) { unsubscribe(u.id, now, out); },
            [&](wish::leave& l) {
                for (const auto id : sessions()) {
                    if (sessions_.at(id).peer() == l.to)
                        tell_session(id, im_session::left{}, now, out);
                }
            },
        },
        e);
    forget_ended();
}

void endpoint::on_connected(const connected& c, instant now, actions& out) {
    connected_ = true;
    self_.over = c.kind;
    self_.local = c.local;
    self_.gruu.clear();
    transactions_.note_sent(now);
    carry_out(sign_in_.on(sign_in::connected{}, now), now, out);
}

void endpoint::on_disconnected(instant now, actions& out) {
    connected_ = false;
    keys_.forget();
    // First who waits for an answer, then the conversations as a whole.
    auto failed = transactions_.on_disconnected();
    carry_out(sign_in_.on(sign_in::disconnected{}, now), now, out);
    for (auto& f : std::exchange(again_, {}))
        failed.push_back(std::move(f));
    for (auto& f : failed) {
        if (f.of.whose != purpose::of::registration) on_answered(std::move(f), {}, now, out);
    }
    for (const auto id : sessions())
        tell_session(id, im_session::disconnected{}, now, out);
    sessions_.clear();
    end_watches("the connection is gone", out);
}

bool endpoint::is_believed(const sip::message& m, instant now, actions& out) {
    if (!self_.who.authenticate) return true;
    if (m.is_response()) {
        // Not signed: provisional ones, and challenges. digest MS-SIPAE 4.5 rule 20, 10
        if (m.status() < 200 || m.status() == 401 || m.status() == 407) return true;
    }
    const auto verdict = keys_.verify(m, now);
    if (verdict == key_ring::verdict::good) return true;
    // Who is refused before there is an association cannot be told so with a signature.
    if (verdict == key_ring::verdict::unsigned_ && !keys_.stands() && m.is_response() &&
        m.status() >= 300 && m.cseq_method() == "REGISTER") {
        return true;
    }
    std::string_view why = "not signed";
    if (verdict == key_ring::verdict::bad) why = "its signature is wrong";
    if (verdict == key_ring::verdict::replayed) why = "it was sent before";
    out.emplace_back(notice::discarded{name_of(m), std::string(why)});
    return false;
}

void endpoint::on_received(received&& r, instant now, actions& out) {
    if (!connected_) return;
    if (!is_believed(r.message, now, out)) {
        // Nobody else will answer our REGISTER on this connection.
        if (r.message.is_response() && r.message.cseq_method() == "REGISTER" && !keys_.stands()) {
            carry_out(sign_in_.on(sign_in::answered{0, nullptr, r.wall}, now), now, out);
        }
        return;
    }
    auto what = transactions_.take(std::move(r.message), now, out);
    std::visit(overloaded{
                   [](std::monostate) {},
                   [&](transactions::answered& a) { on_answered(std::move(a), r.wall, now, out); },
                   [&](transactions::asked& a) { on_asked(std::move(a), now, out); },
                   [](transactions::acknowledged&) {}, // a dialog of ours stands since its 2xx
                   [&](transactions::cancelled& c) {
                       for (const auto id : sessions()) {
                           if (sessions_.at(id).is_ringing(c.invite))
                               tell_session(id, im_session::cancelled{}, now, out);
                       }
                   },
               },
               what);
}

void endpoint::on_tick(instant now, actions& out) {
    for (auto& late : transactions_.on_tick(now, out))
        on_answered(std::move(late), {}, now, out);
    carry_out(sign_in_.on(sign_in::tick{}, now), now, out);
    for (const auto id : sessions())
        tell_session(id, im_session::tick{}, now, out);
    tick_watches(now, out);
    if (const auto every = sign_in_.keep_alive(); connected_ && every && sign_in_.is_in()) {
        if (transactions_.last_sent() + *every * 9 / 10 <= now) {
            transactions_.note_sent(now);
            out.emplace_back(notice::transmit{"\r\n\r\n"}); // digest MS-CONMGMT 3.3
        }
    }
}

std::optional<instant> endpoint::deadline() const {
    auto next = transactions_.deadline();
    const auto look = [&](std::optional<instant> when) {
        if (when && (!next || *when < *next)) next = when;
    };
    look(sign_in_.deadline());
    for (const auto& [id, s] : sessions_)
        look(s.deadline());
    for (const auto& [id, w] : watches_)
        look(w.deadline());
    if (const auto every = sign_in_.keep_alive(); connected_ && every && sign_in_.is_in()) {
        look(transactions_.last_sent() + *every * 9 / 10);
    }
    return next;
}

void endpoint::on_answered(transactions::answered&& a,
                           wall_instant wall,
                           instant now,
                           actions& out) {
    if (a.of.whose == purpose::of::registration) {
        on_registration_answered(a, wall, now, out);
        return;
    }
    if (a.status == 401 && try_again(a, now, out)) return;
    switch (a.of.whose) {
    case purpose::of::page:
        on_page_answered(a, out);
        return;
    case purpose::of::request:
        on_request_answered(a, out);
        return;
    case purpose::of::subscription:
        on_watch_answered(a, now, out);
        return;
    default:
        break;
    }
    tell_session(
        a.of.session,
        im_session::answered{a.of, a.request, a.status, a.response ? &*a.response : nullptr},
        now,
        out);
}

void endpoint::on_registration_answered(const transactions::answered& a,
                                        wall_instant wall,
                                        instant now,
                                        actions& out) {
    carry_out(
        sign_in_.on(sign_in::answered{a.status, a.response ? &*a.response : nullptr, wall}, now),
        now,
        out);
}

bool endpoint::try_again(transactions::answered& a, instant now, actions& out) {
    // The server forgot our association: make another, then say it again. digest MS-SIPAE 4.5 rule
    // 17
    if (a.of.second_try || !self_.who.authenticate || !sign_in_.is_in()) return false;
    again_.push_back(std::move(a));
    carry_out(sign_in_.on(sign_in::renewal_wanted{}, now), now, out);
    return true;
}

void endpoint::carry_out(std::vector<sign_in::action>&& todo, instant now, actions& out) {
    for (auto& a : todo) {
        if (auto* send = std::get_if<sign_in::send>(&a)) {
            transactions_.ask(
                std::move(send->message), {.whose = purpose::of::registration}, now, out);
            continue;
        }
        auto& what = std::get<sign_in::tell>(a).what;
        const bool in = std::holds_alternative<notice::signed_in>(what);
        std::visit([&](auto& n) { out.emplace_back(std::move(n)); }, what);
        for (auto& refused : std::exchange(again_, {})) {
            refused.of.second_try = true;
            if (in) {
                // The same CSeq with a branch of its own. seen: pidgin-sipe 1.25 sip-transport.c
                refused.request.remove_first(sip::header::via);
                transactions_.ask(std::move(refused.request), refused.of, now, out);
            } else {
                on_answered(std::move(refused), {}, now, out);
            }
        }
    }
}

} // namespace lyceum::user_agent
