#include "machines/user_agent/sign_in.h"

#include "base/overloaded.h"
#include "base/text.h"
#include "protocol/sip/address.h"

namespace lyceum::user_agent {

using sip::header;

namespace {

constexpr auto try_again_after = 30s; ///< a refresh that failed for no fault of ours

/// When to refresh: half a minute before the end, as pidgin-sipe does, sooner for short
/// registrations.
std::chrono::seconds refresh_after(std::chrono::seconds expires) {
    return expires > 60s ? expires - 30s : expires / 2;
}

/// Of our own making: the world may be well again in half a minute.
bool is_passing(int status) {
    return status == 408 || status == 480 || status / 100 == 5;
}

} // namespace

std::vector<sign_in::action> sign_in::on(const event& e, instant now) {
    std::vector<action> out;
    std::visit(overloaded{
                   [&](const connected&) {
                       connected_ = true;
                       if (wanted_) begin(out);
                   },
                   [&](const disconnected&) {
                       connected_ = false;
                       if (state_ != state::out && !wanted_)
                           out.emplace_back(tell{notice::signed_out{"the connection is gone"}});
                       state_ = state::out;
                       refresh_at_.reset();
                       expires_at_.reset();
                   },
                   [&](const wanted&) {
                       wanted_ = true;
                       if (connected_ && state_ == state::out) begin(out);
                   },
                   [&](const unwanted&) {
                       wanted_ = false;
                       if (state_ == state::out) {
                           out.emplace_back(tell{notice::signed_out{"was not signed in"}});
                       } else if (state_ == state::in) {
                           leave(out);
                       } // else a REGISTER is under way: when it is answered. RFC 3261 10.2
                   },
                   [&](const refresh_wanted&) {
                       if (state_ == state::in) refresh(out);
                   },
                   [&](const renewal_wanted&) {
                       if (state_ != state::in) return;
                       if (self_->who.authenticate) keys_->begin();
                       refresh(out);
                   },
                   [&](const answered& a) { on_answered(a, now, out); },
                   [&](const deregistered& d) {
                       if (!is_in()) return;
                       wanted_ = false;
                       state_ = state::out;
                       out.emplace_back(tell{notice::signed_out{d.why}});
                   },
                   [&](const tick&) { on_tick(now, out); },
               },
               e);
    return out;
}

void sign_in::begin(std::vector<action>& out) {
    state_ = state::entering;
    // One Call-ID and tag as long as the connection stands. digest pidgin-sipe 2
    call_id_ = self_->new_call_id();
    tag_ = self_->new_tag();
    cseq_ = 0;
    asked_ = self_->who.expires;
    keep_alive_.reset();
    if (self_->who.authenticate) keys_->begin();
    out.emplace_back(send{make_register(false)});
}

void sign_in::leave(std::vector<action>& out) {
    state_ = state::leaving;
    out.emplace_back(send{make_register(true)});
}

void sign_in::refresh(std::vector<action>& out) {
    state_ = state::refreshing;
    out.emplace_back(send{make_register(false)});
}

sip::message sign_in::make_register(bool leave) {
    auto m = sip::message::request("REGISTER", "sip:" + std::string(self_->who.aor.host()));
    m.append(header::max_forwards, "70");
    m.append(header::from, self_->from_value(tag_));
    m.append(header::to, "<" + self_->who.aor.text() + ">");
    m.append(header::call_id, call_id_);
    std::string cseq;
    append_number(cseq, ++cseq_);
    m.append(header::cseq, cseq + " REGISTER");
    m.append(header::contact, self_->register_contact());
    for (const auto* tag : {"gruu-10", "adhoclist", "msrtc-event-categories"})
        m.append(header::supported, tag);
    m.append(header::event, "registration");
    m.append(header::ms_keep_alive, "UAC;hop-hop=yes");
    std::string expires;
    if (leave) {
        expires = "0";
    } else if (asked_) {
        append_number(expires, static_cast<std::uint64_t>(asked_->count()));
    }
    if (!expires.empty()) m.append(header::expires, expires);
    self_->finish(m);
    return m;
}

void sign_in::on_answered(const answered& a, instant now, std::vector<action>& out) {
    if (state_ == state::out || state_ == state::in) return;
    const bool challenge = a.response != nullptr && (a.status == 401 || a.status == 407);
    if (!wanted_ && state_ != state::leaving) { // we were to leave, and waited for this answer
        const bool registered = state_ == state::refreshing || a.status / 100 == 2;
        state_ = state::leaving;
        if (registered && !challenge) {
            leave(out);
            return;
        }
    }
    if (challenge && self_->who.authenticate && keys_->challenged(*a.response, a.wall)) {
        out.emplace_back(send{make_register(state_ == state::leaving)});
        return;
    }
    if (state_ == state::leaving) {
        state_ = state::out;
        refresh_at_.reset();
        expires_at_.reset();
        out.emplace_back(tell{notice::signed_out{"by our wish"}});
        if (wanted_) begin(out);
        return;
    }
    if (a.status / 100 == 2 && a.response != nullptr) {
        on_accepted(*a.response, now, out);
        return;
    }
    if (a.status == 423 && a.response != nullptr) { // RFC 3261 10.2.8
        const auto least = to_u32(a.response->value(header::min_expires));
        if (least && (!asked_ || std::chrono::seconds(*least) > *asked_)) {
            asked_ = std::chrono::seconds(*least);
            out.emplace_back(send{make_register(false)});
            return;
        }
    }
    if (state_ == state::refreshing && is_passing(a.status) && expires_at_ &&
        now + try_again_after < *expires_at_) {
        state_ = state::in;
        refresh_at_ = now + try_again_after;
        return;
    }
    if (a.response != nullptr) {
        fail(a.status, explanation(*a.response), out, retry_after(*a.response));
    } else if (a.status == 408) {
        fail(408, "the server did not answer", out);
    } else if (a.status == 0) {
        fail(0, "the server's answer is not signed by somebody who knows the password", out);
    } else {
        fail(a.status, "the connection is gone", out);
    }
}

void sign_in::fail(int status,
                   std::string why,
                   std::vector<action>& out,
                   std::optional<std::chrono::seconds> retry_after) {
    state_ = state::out;
    wanted_ = false;
    refresh_at_.reset();
    expires_at_.reset();
    out.emplace_back(tell{notice::sign_in_failed{status, std::move(why), retry_after}});
}

void sign_in::on_accepted(const sip::message& m, instant now, std::vector<action>& out) {
    auto endpoints = endpoints_of(m);
    std::optional<std::chrono::seconds> expires;
    if (const auto n = to_u32(m.value(header::expires))) expires = std::chrono::seconds(*n);
    for (const auto& e : endpoints) {
        if (e.is_us) {
            if (e.expires != 0s || !expires) expires = e.expires;
            if (!e.gruu.empty()) self_->gruu = e.gruu;
        }
    }
    if (!expires || *expires == 0s) {
        fail(200, "the server accepted without saying for how long", out);
        return;
    }
    // UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300
    const sip::params_view said(m.value(header::ms_keep_alive));
    if (const auto t = to_u32(said.value_or("timeout", {})); t && *t > 0)
        keep_alive_ = std::chrono::seconds(*t);
    const bool anew = state_ == state::entering;
    state_ = state::in;
    refresh_at_ = now + refresh_after(*expires);
    expires_at_ = now + *expires;
    out.emplace_back(tell{notice::signed_in{anew, *expires, std::move(endpoints)}});
}

std::vector<notice::live_endpoint> sign_in::endpoints_of(const sip::message& m) {
    std::vector<notice::live_endpoint> out;
    for (const auto value : m.values(header::contact)) {
        const auto contact = sip::parse_address(value);
        if (!contact || contact->is_star) continue;
        notice::live_endpoint e;
        e.contact = contact->uri;
        if (const auto id = contact->params.get("+sip.instance"))
            e.instance = sip::instance_id::parse(*id);
        e.gruu = contact->params.value_or("gruu", {});
        e.expires =
            std::chrono::seconds(to_u32(contact->params.value_or("expires", {})).value_or(0));
        e.is_us = e.instance == self_->instance;
        out.push_back(std::move(e));
    }
    // A registrar of plain SIP repeats our contact without its instance.
    if (out.size() == 1 && !out.front().instance) out.front().is_us = true;
    return out;
}

void sign_in::on_tick(instant now, std::vector<action>& out) {
    if (state_ != state::in) return;
    if (const auto renew = keys_->renew_at(); renew && *renew <= now) {
        keys_->begin();
        refresh(out);
    } else if (refresh_at_ && *refresh_at_ <= now) {
        refresh(out);
    }
}

std::optional<instant> sign_in::deadline() const {
    if (state_ != state::in) return std::nullopt;
    auto next = refresh_at_;
    if (const auto renew = keys_->renew_at(); renew && (!next || *renew < *next)) next = renew;
    return next;
}

} // namespace lyceum::user_agent
