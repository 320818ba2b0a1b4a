#include "machines/subscription/notifier.h"

#include "base/check.h"
#include "base/text.h"

#include <algorithm>

namespace lyceum::subscription {
namespace {

using sip::header;
using std::chrono::seconds;

constexpr std::string_view piggyback_tag = "ms-piggyback-first-notify";
constexpr std::string_view benotify_tag = "ms-benotify";
constexpr std::string_view autoextend_tag = "com.microsoft.autoextend";

std::string number(std::uint64_t n) {
    std::string out;
    append_number(out, n);
    return out;
}

/// What a NOTIFY may be answered with that ends its subscription in any case. RFC 6665 4.2.2
bool ends_usage(int status) {
    constexpr int all[] = {404, 405, 410, 416, 489, 501, 604};
    return std::ranges::find(all, status) != std::end(all) || (status >= 480 && status <= 485);
}

std::optional<sip::refusal> too_brief(const wish& w, const settings& s) {
    // RFC 6665 4.2.1.1: if and only if greater than zero, less than an hour, and less than our
    // minimum.
    if (s.refuse_short && w.expires && *w.expires > seconds(0) &&
        *w.expires < std::chrono::hours(1) && *w.expires < s.shortest)
        return sip::refusal{423, "Interval Too Brief"};
    return std::nullopt;
}

} // namespace

const char* name(reason r) {
    switch (r) {
    case reason::deactivated:
        return "deactivated";
    case reason::probation:
        return "probation";
    case reason::rejected:
        return "rejected";
    case reason::timeout:
        return "timeout";
    case reason::giveup:
        return "giveup";
    case reason::noresource:
        return "noresource";
    }
    return "?";
}

wish read_wish(const sip::message& subscribe) {
    wish w;
    if (const auto n = to_u32(subscribe.value(header::expires))) w.expires = seconds(*n);
    w.piggyback = subscribe.lists(header::supported, piggyback_tag);
    w.benotify = subscribe.lists(header::supported, benotify_tag) &&
                 subscribe.lists(header::proxy_require, benotify_tag);
    w.autoextend = subscribe.lists(header::supported, autoextend_tag);
    return w;
}

std::expected<notifier, sip::refusal> notifier::accept(const sip::message& subscribe,
                                                       sip::message& response,
                                                       std::optional<document> state,
                                                       const settings& s,
                                                       bool over_tls,
                                                       instant now) {
    const auto w = read_wish(subscribe);
    if (const auto no = too_brief(w, s)) return std::unexpected(*no);
    auto d = dialog::dialog::as_uas(subscribe, response, over_tls);
    if (!d) return std::unexpected(sip::refusal{400, "Bad SUBSCRIBE"});
    notifier n(*std::move(d), s);
    n.event_ = subscribe.value(header::event);
    n.grant(w, response, state, now);
    return n;
}

std::optional<sip::refusal> notifier::refresh(const sip::message& subscribe,
                                              sip::message& response,
                                              std::optional<document> state,
                                              instant now) {
    const auto w = read_wish(subscribe);
    if (const auto no = too_brief(w, settings_)) return no;
    if (const auto no = dialog_.accept(subscribe)) return no;
    dialog_.refresh(subscribe);
    grant(w, response, state, now);
    return std::nullopt;
}

void notifier::grant(const wish& w,
                     sip::message& response,
                     std::optional<document> state,
                     instant now) {
    // RFC 6665 4.2.1.1 lets the response shorten only, and without Expires the package's default
    // holds (RFC 3265 3.1.1). The products lengthen what is too short: digest MS-PRES 4 (27).
    last_ = w.expires == seconds(0);
    granted_ = last_ ? seconds(0)
                     : std::clamp(w.expires.value_or(settings_.usual),
                                  settings_.shortest,
                                  settings_.longest);
    ends_at_ = now + granted_;
    benotify_ = settings_.benotify && w.benotify;
    autoextend_ = settings_.autoextend && w.autoextend;
    const bool piggyback = settings_.piggyback && w.piggyback;

    response.set(header::expires, number(static_cast<std::uint64_t>(granted_.count())));
    // pidgin-sipe and the products read these two in the 200 as they would in a NOTIFY.
    // [MS-SIP] 4.3
    response.set(header::event, event_);
    response.set(header::subscription_state, state_value(now));
    std::string supported;
    for (const auto& [on, tag] : {std::pair(autoextend_, autoextend_tag),
                                  std::pair(piggyback, piggyback_tag),
                                  std::pair(benotify_, benotify_tag)}) {
        if (on) supported.append(supported.empty() ? "" : ", ").append(tag);
    }
    if (!supported.empty()) response.append(header::supported, supported);

    if (piggyback && (state || last_)) {
        // The number is one of the notifications' row, the header what makes clients look at the
        // body. digest MS-SIPRE 3.13; seen: pidgin-sipe 1.25 process_subscribe_response
        response.set(header::ms_piggyback_cseq, number(dialog_.take_cseq()));
        if (state) response.set_body(state->type, state->body);
        owes_ = false;
        over_ = last_;
    } else {
        owes_ = true;
    }
}

std::string notifier::state_value(instant now) const {
    if (last_) return std::string("terminated;reason=") + name(reason::timeout); // RFC 6665 4.4.3
    const auto left = std::chrono::ceil<seconds>(ends_at_ - now).count();
    return "active;expires=" + number(static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0)));
}

sip::message notifier::notify(std::optional<document> state, instant now) {
    LYCEUM_CHECK(!over_);
    owes_ = false;
    // [MS-SIP] 3.6: refreshed with the value of the SUBSCRIBE whenever a notification is sent.
    if (autoextend_ && !last_) ends_at_ = now + granted_;
    over_ = last_;
    return make(state_value(now), state);
}

sip::message notifier::end(reason why, std::optional<document> last_state) {
    LYCEUM_CHECK(!over_);
    owes_ = false;
    over_ = true;
    return make(std::string("terminated;reason=") + name(why), last_state);
}

sip::message notifier::make(std::string_view state, std::optional<document> doc) {
    auto m = dialog_.make_request(benotify_ ? "BENOTIFY" : "NOTIFY");
    m.append(header::event, event_);
    m.append(header::subscription_state, state);
    if (doc) m.set_body(doc->type, doc->body);
    return m;
}

void notifier::answered(const sip::message& response) {
    if (benotify_) return;
    const int status = response.status();
    // Of the others RFC 6665 says nothing; RFC 3265 3.2.2: no failure with Retry-After, or with a
    // way to ask again.
    const bool try_again = status == 401 || status == 407 ||
                           (!ends_usage(status) && response.has(header::retry_after));
    if (status >= 300 && !try_again) over_ = true;
}

void notifier::timed_out() {
    if (!benotify_) over_ = true;
}

std::optional<instant> notifier::deadline() const {
    return over_ ? std::nullopt : std::optional(ends_at_);
}

std::optional<sip::message> notifier::tick(instant now) {
    if (over_ || now < ends_at_) return std::nullopt;
    return end(reason::timeout, std::nullopt);
}

} // namespace lyceum::subscription
