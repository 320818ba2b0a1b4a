#include "base/overloaded.h"
#include "machines/user_agent/endpoint.h"

namespace lyceum::user_agent {

using sip::header;

// ---- what our user says

void endpoint::say(im_session::said&& text, const sip::aor& to, instant now, actions& out) {
    if (!sign_in_.is_in()) {
        out.emplace_back(notice::undelivered{text.id, to, 0, "not signed in"});
        return;
    }
    auto id = session_with(to);
    if (id == 0) {
        id = ++last_session_;
        sessions_.emplace(id, im_session(self_, to));
    }
    tell_session(id, text, now, out);
}

void endpoint::page(wish::page&& p, instant now, actions& out) {
    if (!sign_in_.is_in()) {
        out.emplace_back(notice::undelivered{p.id, p.to, 0, "not signed in"});
        return;
    }
    auto m = self_.request("MESSAGE", p.to);
    self_.finish(m);
    m.set_body(p.content_type, p.text);
    transactions_.ask(std::move(m), {.whose = purpose::of::page, .im = p.id}, now, out);
}

void endpoint::on_page_answered(const transactions::answered& a, actions& out) {
    auto to = sip::aor::from(a.request.uri()).value_or(sip::aor());
    if (a.status / 100 == 2) {
        out.emplace_back(notice::delivered{a.of.im, std::move(to)});
    } else {
        out.emplace_back(
            notice::undelivered{a.of.im,
                                std::move(to),
                                a.status,
                                a.response ? explanation(*a.response) : "nobody answered"});
    }
}

/// The conversation to speak in: the newest that stands, else one that is being opened. 0: none.
endpoint::session_id endpoint::session_with(const sip::aor& peer) const {
    session_id opening = 0;
    for (auto it = sessions_.rbegin(); it != sessions_.rend(); ++it) {
        if (it->second.peer() != peer || !it->second.takes_text()) continue;
        if (it->second.stands()) return it->first;
        if (opening == 0) opening = it->first;
    }
    return opening;
}

std::vector<endpoint::session_id> endpoint::sessions() const {
    std::vector<session_id> out;
    out.reserve(sessions_.size());
    for (const auto& [id, s] : sessions_)
        out.push_back(id);
    return out;
}

void endpoint::forget_ended() {
    std::erase_if(watches_, [](const auto& w) { return w.second.is_over(); });
    std::erase_if(sessions_, [](const auto& s) { return s.second.is_over(); });
}

void endpoint::tell_session(session_id id, const im_session::event& e, instant now, actions& out) {
    const auto it = sessions_.find(id);
    if (it != sessions_.end()) {
        carry_out(id, it->second.on(e, now), now, out);
        return;
    }
    // The other side ended the conversation while a text was under way.
    const auto* a = std::get_if<im_session::answered>(&e);
    if (a == nullptr || a->of.what != purpose::part::text) return;
    auto to = sip::aor::from(a->request.uri()).value_or(sip::aor());
    if (a->status / 100 == 2) {
        out.emplace_back(notice::delivered{a->of.im, std::move(to)});
    } else {
        out.emplace_back(
            notice::undelivered{a->of.im, std::move(to), a->status, "the conversation had ended"});
    }
}

void endpoint::carry_out(session_id id, im_session::todo&& todo, instant now, actions& out) {
    const auto of = [&](purpose::part what, im_id im) {
        return purpose{.whose = purpose::of::session, .what = what, .session = id, .im = im};
    };
    for (auto& a : todo) {
        std::visit(
            overloaded{
                [&](im_session::ask& x) {
                    transactions_.ask(std::move(x.request), of(x.what, x.im), now, out);
                },
                [&](im_session::acknowledge& x) { transactions_.send(std::move(x.ack), now, out); },
                [&](im_session::respond& x) {
                    transactions_.respond(x.id, std::move(x.response), now, out);
                },
                [&](im_session::cancel_invite&) {
                    transactions_.cancel(of(purpose::part::invite, 0), now, out);
                },
                [&](im_session::tell& x) { out.push_back(std::move(x.what)); },
                [&](im_session::move_on& x) {
                    const auto peer = sessions_.at(id).peer();
                    say(std::move(x.text), peer, now, out);
                },
            },
            a);
    }
}

// ---- what we are asked

void endpoint::on_asked(transactions::asked&& a, instant now, actions& out) {
    if (!a.request.to_tag().empty()) {
        const auto method = a.request.method_id();
        const bool news = method == sip::method::notify || method == sip::method::benotify;
        if (news && notify_watch(a, now, out)) return;
        const auto name = dialog::id_of_received(a.request);
        for (const auto id : sessions()) {
            if (!sessions_.at(id).has(name)) continue;
            tell_session(id, im_session::asked{a.id, a.request}, now, out);
            return;
        }
    }
    on_stray(a, now, out);
}

/// A request in no dialog that we know.
void endpoint::on_stray(const transactions::asked& a, instant now, actions& out) {
    const auto& m = a.request;
    const bool in_dialog = !m.to_tag().empty();
    const auto answer = [&](int status) {
        transactions_.respond(a.id, self_.answer(m, status, self_.new_tag()), now, out);
    };
    switch (m.method_id()) {
    case sip::method::notify:
    case sip::method::benotify:
        on_notified(a, now, out); // the server's, in the REGISTER's Call-ID
        return;
    case sip::method::invite:
        if (in_dialog) return answer(481);
        return on_invited(a, now, out);
    case sip::method::message:
        if (in_dialog) return answer(481);
        return on_paged(a, now, out);
    case sip::method::options:
        return answer(200);
    case sip::method::bye:
    case sip::method::info:
    case sip::method::update:
        return answer(481);
    default:
        return answer(405);
    }
}

void endpoint::on_invited(const transactions::asked& a, instant now, actions& out) {
    const auto peer = sender_of(a.request);
    if (!peer) {
        transactions_.respond(a.id, self_.answer(a.request, 400, self_.new_tag()), now, out);
        return;
    }
    // One conversation with one person: a new invitation ends the old one. seen: pidgin-sipe 1.25
    // sipe-incoming.c. One of ours that is under way stays: two people may begin at once.
    const auto old = sessions();
    const auto id = ++last_session_;
    sessions_.emplace(id, im_session(self_, *peer));
    tell_session(id, im_session::asked{a.id, a.request}, now, out);
    if (!sessions_.at(id).stands()) return;
    for (const auto other : old) {
        auto& s = sessions_.at(other);
        if (s.peer() == *peer && s.stands()) tell_session(other, im_session::left{}, now, out);
    }
}

void endpoint::on_paged(const transactions::asked& a, instant now, actions& out) {
    const auto& m = a.request;
    const auto peer = sender_of(m);
    const auto type = m.value(header::content_type);
    const bool readable = istarts_with(type, "text/") || istarts_with(type, "multipart/");
    const int status = !peer ? 400 : readable ? 200 : 415;
    transactions_.respond(a.id, self_.answer(m, status, self_.new_tag()), now, out);
    if (peer && status == 200) {
        out.emplace_back(
            notice::im_received{*peer, std::string(type), std::string(m.body()), true});
    }
}

namespace {

/// deregistered;event=rejected, and an ms-diagnostics number, in words. [MS-SIPREGE] 2.2.1.13 by
/// way of digest MS-SIPREGE 3.6; what Lyceum says with each number: docs/roles/registrar.md
std::string why_ended(const sip::message& notice) {
    for (const auto h : {header::ms_diagnostics_public, header::ms_diagnostics}) {
        const auto value = notice.value(h);
        const auto number = to_u32(trim(value.substr(0, value.find(';'))));
        if (number == 1000U) return "the password was changed; sign in with the new one";
        if (number == 4141U) return "the account was disabled or removed by an administrator";
        if (number == 4142U)
            return "the account is signed in at too many places; this one made room";
    }
    std::string why = "the server ended it: " + std::string(trim(notice.body()));
    for (const auto h : {header::ms_diagnostics_public, header::ms_diagnostics}) {
        const sip::params_view params(notice.value(h));
        if (const auto reason = params.get("reason")) why.append(" (").append(*reason).append(")");
    }
    return why;
}

} // namespace

void endpoint::on_notified(const transactions::asked& a, instant now, actions& out) {
    const auto& m = a.request;
    const bool ours = iequals(m.value(header::event), "registration-notify");
    if (a.id != 0)
        transactions_.respond(a.id, self_.answer(m, ours ? 200 : 481, self_.new_tag()), now, out);
    if (!ours) return;
    auto why = why_ended(m);
    carry_out(sign_in_.on(sign_in::deregistered{std::move(why)}, now), now, out);
}

} // namespace lyceum::user_agent
