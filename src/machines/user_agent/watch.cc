#include "machines/user_agent/watch.h"

#include "base/text.h"
#include "protocol/sip/params.h"

namespace lyceum::user_agent {

using sip::header;

sip::message watch::completed(sip::message m) const {
    m.append(header::event, what_.event);
    for (const auto& [name, value] : what_.headers)
        m.append(name, value);
    m.set(header::contact, self_->contact());
    self_->finish(m);
    return m;
}

watch::todo watch::begin() {
    auto m = completed(self_->request("SUBSCRIBE", what_.to));
    if (!what_.body.empty()) m.set_body(what_.content_type, what_.body);
    todo out;
    out.emplace_back(ask{std::move(m)});
    return out;
}

watch::todo watch::leave() {
    todo out;
    leaving_ = true;
    refresh_at_.reset();
    if (!dialog_) { // not answered yet, or never: nothing to end
        end(0, "by our wish", out);
        return out;
    }
    auto m = completed(dialog_->make_request("SUBSCRIBE"));
    m.set(header::expires, "0");
    out.emplace_back(ask{std::move(m)});
    return out;
}

watch::todo watch::on_tick(instant now) {
    todo out;
    if (!dialog_ || !refresh_at_ || *refresh_at_ > now) return out;
    refresh_at_.reset();
    out.emplace_back(ask{completed(dialog_->make_request("SUBSCRIBE"))});
    return out;
}

void watch::prolong(std::chrono::seconds expires, instant now) {
    // Two minutes before the end, as pidgin-sipe does. digest pidgin-sipe 5
    refresh_at_ = now + (expires > 240s ? expires - 120s : expires / 2);
}

watch::todo watch::on_answered(const sip::message& request,
                               int status,
                               const sip::message* response,
                               instant now) {
    todo out;
    if (over_) return out;
    if (status / 100 != 2 || response == nullptr || leaving_) {
        if (leaving_ && status / 100 == 2) status = 0;
        if (response == nullptr) {
            end(status, "nobody answered", out);
        } else {
            end(status, explanation(*response), out, retry_after(*response));
        }
        return out;
    }
    if (!dialog_) {
        auto made = dialog::dialog::as_uac(request, *response, self_->over == transport::tls);
        if (!made) {
            end(status, "the answer has no Contact, or no route, that can be read", out);
            return out;
        }
        dialog_ = *std::move(made);
    } else {
        dialog_->refresh(*response);
    }
    const auto expires = std::chrono::seconds(to_u32(response->value(header::expires)).value_or(0));
    out.emplace_back(tell{notice::subscribed{what_.id, expires}});
    take_state(*response, out);
    if (expires == 0s || istarts_with(response->value(header::subscription_state), "terminated")) {
        end(0, "over with its first notification", out);
    } else {
        prolong(expires, now);
    }
    return out;
}

watch::todo watch::on_notified(const transactions::asked& a, instant now) {
    todo out;
    if (!dialog_) return out;
    const auto& m = a.request;
    const auto refused = dialog_->accept(m);
    if (a.id != 0)
        out.emplace_back(respond{a.id, self_->answer(m, refused ? refused->status : 200, {})});
    if (refused) return out;
    take_state(m, out);
    const auto state = m.value(header::subscription_state);
    if (istarts_with(state, "terminated")) {
        end(0, std::string(state), out);
        return out;
    }
    const sip::params_view said(state);
    if (const auto n = to_u32(said.value_or("expires", {})); n && *n > 0 && !leaving_)
        prolong(std::chrono::seconds(*n), now);
    return out;
}

void watch::take_state(const sip::message& m, todo& out) {
    if (m.body().empty()) return;
    out.emplace_back(tell{notice::notified{
        what_.id, what_.event, std::string(m.value(header::content_type)), std::string(m.body())}});
}

void watch::end(int status, std::string why, todo& out, std::optional<std::chrono::seconds> again) {
    over_ = true;
    refresh_at_.reset();
    out.emplace_back(tell{notice::subscription_ended{what_.id, status, std::move(why), again}});
}

} // namespace lyceum::user_agent
