#include "machines/dialog/session_timer.h"

#include "base/text.h"
#include "protocol/sip/params.h"

#include <algorithm>

namespace lyceum::dialog {
namespace {

using std::chrono::seconds;

struct session_expires {
    seconds interval{};
    std::optional<bool> uac; ///< refresher=uac; nothing when not said
};

std::optional<seconds> leading_seconds(std::string_view value) {
    const auto digits = trim(split_first(value, ';'));
    const auto n = to_u32(digits);
    return n ? std::optional(seconds(*n)) : std::nullopt;
}

std::optional<session_expires> read(const sip::message& m) {
    const auto value = m.value(sip::header::session_expires);
    const auto interval = leading_seconds(value);
    if (!interval) return std::nullopt;
    session_expires out{*interval, std::nullopt};
    const auto rest =
        value.find(';') == value.npos ? std::string_view{} : value.substr(value.find(';'));
    if (const auto who = sip::params_view(rest).get("refresher")) {
        if (iequals(*who, "uac")) out.uac = true;
        if (iequals(*who, "uas")) out.uac = false;
    }
    return out;
}

std::optional<seconds> min_se(const sip::message& m) {
    return leading_seconds(m.value("Min-SE"));
}

bool knows_timers(const sip::message& m) {
    return m.lists(sip::header::supported, "timer") || m.lists(sip::header::require, "timer");
}

std::string number(seconds s) {
    std::string out;
    append_number(out, static_cast<std::uint64_t>(s.count()));
    return out;
}

} // namespace

void session_timer::ask(sip::message& request) const {
    if (!request.lists(sip::header::supported, "timer"))
        request.append(sip::header::supported, "timer");
    const bool again = interval_ != seconds(0);
    auto value = number(std::max(again ? interval_ : settings_.interval, minimum_));
    // RFC 4028 7.4: uac and uas are the roles in this request, not in the dialog.
    if (again) value += ours_ ? ";refresher=uac" : ";refresher=uas";
    request.set(sip::header::session_expires, value);
    if (minimum_ > seconds(90)) request.set("Min-SE", number(minimum_));
}

void session_timer::answered(const sip::message& response, instant now) {
    const auto agreed = read(response);
    if (!agreed || agreed->interval == seconds(0)) {
        deadline_.reset(); // RFC 4028 7.2: there is no session expiration
        return;
    }
    start(agreed->interval, agreed->uac.value_or(true), now);
}

bool session_timer::raise(const sip::message& response) {
    const auto wanted = min_se(response);
    if (response.status() != 422 || !wanted || *wanted <= minimum_) return false;
    minimum_ = *wanted;
    return true;
}

std::optional<sip::refusal> session_timer::check(const sip::message& request) const {
    const auto asked = read(request);
    // A peer that does not know session timers could not do anything with a 422: RFC 4028 9, 8.1.
    if (asked && asked->interval < minimum_ && knows_timers(request))
        return sip::refusal{422, "Session Interval Too Small"};
    return std::nullopt;
}

void session_timer::agree(const sip::message& request, sip::message& response, instant now) {
    const auto asked = read(request);
    const bool known = knows_timers(request);
    if (!asked && !known) return;
    // RFC 4028 9: the UAS may shorten the interval, not below Min-SE, and never lengthen it; but
    // what is below our minimum came from a peer that 422 would not help (8.1; erratum 1687,
    // second-hand).
    const auto least = std::max(min_se(request).value_or(minimum_), minimum_);
    const auto most = asked ? asked->interval : settings_.interval;
    const auto interval = std::max(std::min(most, settings_.interval), least);
    // Table 2: a peer that does not know timers cannot refresh; one that does may have chosen.
    const bool theirs = known && (asked && asked->uac ? *asked->uac : !settings_.we_refresh);
    response.set(sip::header::session_expires,
                 number(interval) + (theirs ? ";refresher=uac" : ";refresher=uas"));
    if (known && !response.lists(sip::header::require, "timer"))
        response.append(sip::header::require, "timer");
    start(interval, !theirs, now);
}

void session_timer::start(seconds interval, bool ours, instant now) {
    interval_ = interval;
    ours_ = ours;
    // RFC 4028 10: BYE a little before the end.
    ends_at_ = now + interval - std::min(seconds(32), interval / 3);
    refresh_due_ = ours;
    deadline_ = ours ? now + interval / 2 : ends_at_; // 7.2, 9: once half the interval has elapsed
}

session_timer::due session_timer::tick(instant now) {
    if (!deadline_ || *deadline_ > now) return due::nothing;
    if (refresh_due_) {
        refresh_due_ = false;
        deadline_ = ends_at_;
        return due::refresh;
    }
    deadline_.reset();
    return due::end;
}

} // namespace lyceum::dialog
