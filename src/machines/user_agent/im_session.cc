#include "machines/user_agent/im_session.h"

#include "base/check.h"
#include "base/overloaded.h"

namespace lyceum::user_agent {

using sip::header;

namespace {

/// A final answer after which nothing more can be said in a dialog, and which says that nobody got
/// this. digest pidgin-sipe 9 item 4; RFC 5057 5
bool ends_dialog(int status) {
    return status == 404 || status == 410 || status == 430 || status == 480 || status == 481;
}

bool is_document_of_typing(std::string_view content_type) {
    return istarts_with(content_type, "application/im-iscomposing+xml") ||
           istarts_with(content_type, keyboard_activity_type);
}

std::string why(const im_session::answered& a) {
    if (a.response != nullptr) return explanation(*a.response);
    return a.status == 408 ? "nobody answered" : "the connection is gone";
}

} // namespace

im_session::todo im_session::on(const event& e, instant now) {
    todo out;
    std::visit(overloaded{
                   [&](const said& s) {
                       if (state_ == state::fresh) {
                           invite(s, now, out);
                       } else if (state_ == state::inviting) {
                           waiting_.push_back(s);
                       } else {
                           // Who writes has read the invitation. digest pidgin-sipe 3 (MPOP)
                           if (state_ == state::ringing) answer_now(out);
                           if (state_ == state::standing) {
                               say(s, out);
                           } else {
                               out.emplace_back(tell{notice::undelivered{
                                   s.id, peer_, 0, "the invitation was broken"}});
                           }
                       }
                   },
                   [&](const typed&) {
                       if (state_ != state::standing) return;
                       auto m = dialog_->make_request("INFO");
                       self_->finish(m);
                       m.set_body(keyboard_activity_type, keyboard_activity(true));
                       out.emplace_back(ask{std::move(m), purpose::part::typing, 0});
                   },
                   [&](const left&) { leave("given up", out); },
                   [&](const asked& a) { on_asked(a, now, out); },
                   [&](const cancelled&) {
                       if (state_ != state::ringing) return;
                       out.emplace_back(respond{invite_, answer(*ringing_, 487)});
                       state_ = state::over;
                       deadline_.reset();
                   },
                   [&](const answered& a) { on_answered(a, out); },
                   [&](const disconnected&) {
                       refuse_waiting(503, "the connection is gone", out);
                       if (state_ == state::standing) close("the connection is gone", out);
                       state_ = state::over;
                   },
                   [&](const tick&) {
                       if (!deadline_ || *deadline_ > now) return;
                       deadline_.reset();
                       if (state_ == state::ringing) {
                           answer_now(out);
                       } else if (state_ == state::inviting) {
                           leave("nobody answered", out);
                       }
                   },
               },
               e);
    return out;
}

// ---- what we say

void im_session::invite(const said& s, instant now, todo& out) {
    auto m = self_->request("INVITE", peer_);
    m.append(header::supported, "ms-text-format");
    m.append(header::ms_text_format, text_format({s.content_type, s.text}));
    std::string conversation;
    append_number(conversation, self_->random->below(1'000'000'000));
    m.append(header::ms_conversation_id, conversation);
    self_->finish(m);
    m.set_body("application/sdp", im_description(self_->local.address));
    waiting_.push_back(s);
    state_ = state::inviting;
    deadline_ = now + self_->who.invite_patience;
    out.emplace_back(ask{std::move(m), purpose::part::invite, 0});
}

void im_session::say(const said& s, todo& out) {
    LYCEUM_CHECK(dialog_.has_value()); // nothing is said before the session stands
    auto m = dialog_->make_request("MESSAGE");
    self_->finish(m);
    m.set_body(s.content_type, s.text);
    // Kept until it is answered, should it have to move to another conversation.
    if (!s.moved) waiting_.push_back(s);
    out.emplace_back(ask{std::move(m), purpose::part::text, s.id});
}

im_session::ask im_session::bye(dialog::dialog& d) const {
    auto m = d.make_bye();
    self_->finish(m);
    return {std::move(m), purpose::part::bye, 0};
}

void im_session::leave(const std::string& because, todo& out) {
    switch (state_) {
    case state::inviting:
        out.emplace_back(cancel_invite{});
        refuse_waiting(408, because, out);
        state_ = state::ending;
        break;
    case state::ringing:
        LYCEUM_CHECK(ringing_.has_value());
        out.emplace_back(respond{invite_, answer(*ringing_, 486)});
        state_ = state::over;
        break;
    case state::standing:
        LYCEUM_CHECK(dialog_.has_value());
        out.emplace_back(bye(*dialog_));
        close("by our wish", out);
        state_ = state::ending;
        break;
    default:
        break;
    }
    deadline_.reset();
}

void im_session::close(std::string why_closed, todo& out) {
    out.emplace_back(tell{notice::conversation_closed{peer_, std::move(why_closed)}});
}

void im_session::refuse_waiting(int status, const std::string& because, todo& out) {
    for (const auto& s : std::exchange(waiting_, {}))
        out.emplace_back(tell{notice::undelivered{s.id, peer_, status, because}});
}

// ---- what we are asked

sip::message im_session::answer(const sip::message& request, int status) const {
    return self_->answer(request, status, tag_);
}

void im_session::on_asked(const asked& a, instant now, todo& out) {
    if (state_ == state::fresh) {
        on_invited(a, now, out);
        return;
    }
    const auto& m = a.request;
    if (!dialog_ || state_ == state::over) {
        out.emplace_back(respond{a.id, answer(m, 481)});
        return;
    }
    if (const auto refused = dialog_->accept(m)) {
        out.emplace_back(respond{a.id, answer(m, refused->status)});
        return;
    }
    switch (m.method_id()) {
    case sip::method::bye:
        out.emplace_back(respond{a.id, answer(m, 200)});
        if (state_ == state::standing) close("by the other side", out);
        // What is under way will be answered or not; who asked is told then.
        state_ = state::over;
        break;
    case sip::method::invite:
    case sip::method::update: {
        dialog_->refresh(m);
        auto ok = answer(m, 200);
        if (m.method_id() == sip::method::invite)
            ok.set_body("application/sdp", im_description(self_->local.address));
        out.emplace_back(respond{a.id, std::move(ok)});
        break;
    }
    case sip::method::message:
        take_text(a, out);
        break;
    case sip::method::info:
        take_typing(a, out);
        break;
    case sip::method::options:
        out.emplace_back(respond{a.id, answer(m, 200)});
        break;
    default:
        out.emplace_back(respond{a.id, answer(m, 405)});
        break;
    }
}

void im_session::on_invited(const asked& a, instant now, todo& out) {
    invite_ = a.id;
    tag_ = self_->new_tag();
    if (!offers_im(a.request.body())) {
        out.emplace_back(respond{a.id, answer(a.request, 488)});
        state_ = state::over;
        return;
    }
    if (self_->who.answer_delay == 0s) {
        accept_invitation(a.request, a.id, out);
        return;
    }
    out.emplace_back(respond{a.id, answer(a.request, 180)});
    ringing_ = a.request;
    state_ = state::ringing;
    deadline_ = now + self_->who.answer_delay;
}

void im_session::answer_now(todo& out) {
    deadline_.reset();
    const auto request = std::exchange(ringing_, std::nullopt);
    LYCEUM_CHECK(request.has_value());
    accept_invitation(*request, invite_, out);
}

void im_session::accept_invitation(const sip::message& request, request_id id, todo& out) {
    auto ok = answer(request, 200);
    const auto first = parse_text_format(request.value(header::ms_text_format));
    // In a line by itself: then the text in the INVITE counts as delivered. digest pidgin-sipe 9
    // item 1
    if (first) ok.append(header::supported, "ms-text-format");
    auto made = dialog::dialog::as_uas(request, ok, self_->over == transport::tls);
    if (!made) { // no Contact or route that can be read
        out.emplace_back(respond{id, answer(request, 400)});
        state_ = state::over;
        return;
    }
    dialog_ = *std::move(made);
    ok.set_body("application/sdp", im_description(self_->local.address));
    state_ = state::standing;
    out.emplace_back(respond{id, std::move(ok)});
    out.emplace_back(tell{notice::conversation_opened{peer_, false}});
    if (first)
        out.emplace_back(tell{notice::im_received{peer_, first->content_type, first->text, false}});
}

void im_session::take_text(const asked& a, todo& out) {
    const auto& m = a.request;
    const auto type = m.value(header::content_type);
    const auto typing = is_document_of_typing(type) ? typing_of(m.body()) : std::nullopt;
    if (typing) {
        out.emplace_back(respond{a.id, answer(m, 200)});
        out.emplace_back(tell{notice::typing_received{peer_, *typing}});
        return;
    }
    if (!istarts_with(type, "text/") && !istarts_with(type, "multipart/")) {
        auto no = answer(m, 415);
        no.append(header::accept,
                  "text/plain, text/html, multipart/alternative, application/im-iscomposing+xml");
        out.emplace_back(respond{a.id, std::move(no)});
        return;
    }
    out.emplace_back(respond{a.id, answer(m, 200)});
    out.emplace_back(
        tell{notice::im_received{peer_, std::string(type), std::string(m.body()), false}});
}

void im_session::take_typing(const asked& a, todo& out) {
    out.emplace_back(respond{a.id, answer(a.request, 200)});
    if (const auto typing = typing_of(a.request.body()))
        out.emplace_back(tell{notice::typing_received{peer_, *typing}});
}

// ---- what we are answered

void im_session::on_answered(const answered& a, todo& out) {
    switch (a.of.what) {
    case purpose::part::invite:
        if (a.status / 100 == 2 && a.response != nullptr) {
            on_invite_accepted(a, out);
        } else if (state_ == state::inviting || state_ == state::ending) {
            deadline_.reset();
            refuse_waiting(a.status, why(a), out);
            state_ = state::over;
        }
        break;
    case purpose::part::text:
        on_text_answered(a, out);
        break;
    case purpose::part::bye:
        state_ = state::over;
        break;
    case purpose::part::typing:
        break;
    }
}

void im_session::on_invite_accepted(const answered& a, todo& out) {
    auto made = dialog::dialog::as_uac(a.request, *a.response, self_->over == transport::tls);
    if (!made) {
        // Nothing can be sent to a peer that does not say where it is.
        deadline_.reset();
        refuse_waiting(a.status, "the answer has no Contact, or no route, that can be read", out);
        state_ = state::over;
        return;
    }
    auto ack = made->make_ack_for_2xx();
    self_->finish(ack);
    out.emplace_back(acknowledge{std::move(ack)});
    if (dialog_) {
        // Once more the same, or a second endpoint that answered: that one is let go. RFC
        // 3261 13.2.2.4
        if (dialog_->id() != made->id()) out.emplace_back(bye(*made));
        return;
    }
    deadline_.reset();
    dialog_ = *std::move(made);
    if (state_ == state::ending) { // we had given up
        out.emplace_back(bye(*dialog_));
        return;
    }
    state_ = state::standing;
    out.emplace_back(tell{notice::conversation_opened{peer_, true}});
    auto texts = std::exchange(waiting_, {});
    if (!texts.empty() && a.response->lists(header::supported, "ms-text-format")) {
        out.emplace_back(tell{notice::delivered{texts.front().id, peer_}});
        texts.erase(texts.begin());
    }
    for (const auto& s : texts)
        say(s, out);
}

void im_session::on_text_answered(const answered& a, todo& out) {
    const auto it = std::ranges::find(waiting_, a.of.im, &said::id);
    const auto text = it == waiting_.end() ? std::nullopt : std::optional(*it);
    if (it != waiting_.end()) waiting_.erase(it);
    if (a.status / 100 == 2) {
        out.emplace_back(tell{notice::delivered{a.of.im, peer_}});
        return;
    }
    if (ends_dialog(a.status) && text) {
        auto again = *text;
        again.moved = true;
        out.emplace_back(move_on{std::move(again)});
    } else {
        out.emplace_back(tell{notice::undelivered{a.of.im, peer_, a.status, why(a)}});
    }
    if (state_ == state::standing && (ends_dialog(a.status) || a.status == 408)) {
        LYCEUM_CHECK(dialog_.has_value());
        out.emplace_back(bye(*dialog_)); // to whom it may concern: a 481 to it harms nobody
        close(why(a), out);
        state_ = state::ending;
    }
}

} // namespace lyceum::user_agent
