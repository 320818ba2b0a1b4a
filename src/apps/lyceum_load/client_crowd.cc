#include "apps/lyceum_load/client_crowd.h"

#include <cstdio>

namespace lyceum::apps::load {
namespace {

using client::agents;
namespace notice = user_agent::notice;
namespace wish = user_agent::wish;

/// A device of its own for each endpoint of a user.
std::string epid_of(std::size_t number) {
    char text[32];
    std::snprintf(text, sizeof text, "10ad%06llx", static_cast<unsigned long long>(number));
    return text;
}

} // namespace

client_crowd::client_crowd(net::shard& shard,
                           net::links& links,
                           const options& o,
                           std::size_t process)
    : agents_(shard, links, *this), options_(o), slice_(o.of_process(process)), process_(process) {}

void client_crowd::sign_in(std::promise<tally>& done) {
    done_ = &done;
    for (std::size_t i = 0; i < slice_.count; ++i) {
        agents_.add(account(slice_.first + i));
        pace_.enrol(i);
    }
    pace_.begin_once(agents_.now(),
                     options_.sign_in_rate / static_cast<double>(options_.processes),
                     [this](agents::seat s, instant) { begin_sign_in(s); });
    on_alarm(0);
}

void client_crowd::drive(std::promise<tally>& done) {
    done_ = &done;
    driving_ = true;
    const auto group = group_size(options_.drive);
    for (agents::seat s = 0; s < agents_.size(); ++s) {
        // It only answers, or only stays.
        if (s % group != 0 || options_.drive == what::idle) pace_.retire(s);
    }
    pace_.begin(agents_.now(),
                options_.rate / static_cast<double>(options_.processes),
                options_.span,
                [this](agents::seat s, instant) { begin_operation(s); });
    on_alarm(0);
}

void client_crowd::on_notice(agents::seat s, const user_agent::action& a) {
    const auto now = agents_.now();
    if (const auto* in = std::get_if<notice::signed_in>(&a)) {
        const bool is_operation =
            options_.drive == what::sign_in || options_.drive == what::refresh;
        if (in->anew || (driving_ && is_operation)) pace_.finish(s, now);
    } else if (const auto* failed = std::get_if<notice::sign_in_failed>(&a)) {
        pace_.retire(s);
        pace_.fail(s, std::to_string(failed->status));
    } else if (std::holds_alternative<notice::signed_out>(a)) {
        pace_.retire(s);
        pace_.fail(s, "expelled");
    } else if (std::holds_alternative<notice::delivered>(a)) {
        pace_.finish(s, now);
    } else if (const auto* un = std::get_if<notice::undelivered>(&a)) {
        pace_.fail(s, std::to_string(un->status));
    } else if (std::holds_alternative<notice::discarded>(a)) {
        pace_.note("discarded");
    }
}

void client_crowd::on_closed(agents::seat s, net::closed_why why) {
    pace_.retire(s);
    pace_.fail(s, net::name(why));
}

void client_crowd::on_alarm(std::uint64_t) {
    if (done_ == nullptr) return;
    const auto now = agents_.now();
    if (pace_.is_over(now)) {
        std::exchange(done_, nullptr)->set_value(pace_.result(now));
        return;
    }
    pace_.start_due(now);
    agents_.alarm_at(now + beat_every, 0);
}

user_agent::account client_crowd::account(std::size_t number) const {
    const auto& u = options_.users[number % options_.users.size()];
    user_agent::account a;
    a.aor = u.user;
    a.authenticate = options_.is_signed;
    if (a.authenticate) {
        a.login = user_agent::identity_of(u.user.user(), u.password).value_or(ntlm::identity());
    }
    a.epid = epid_of(number);
    return a;
}

void client_crowd::begin_sign_in(agents::seat s) {
    agents_.wish(s, wish::sign_in{});
    connect(s);
}

void client_crowd::connect(agents::seat s) {
    const auto& to = options_.servers[(slice_.first + s) % options_.servers.size()];
    agents_.connect(
        s,
        to,
        {options_.local.address, static_cast<std::uint16_t>(options_.local.port + process_)});
}

void client_crowd::begin_operation(agents::seat s) {
    switch (options_.drive) {
    case what::sign_in:
        agents_.wish(s, wish::renew{});
        break;
    case what::refresh:
        agents_.wish(s, wish::refresh{});
        break;
    case what::relay:
        agents_.wish(s, wish::page{s, agents_.at(s + 1 < agents_.size() ? s + 1 : 0).aor(), text_});
        break;
    case what::call: // of plain agents only
    case what::fork:
    case what::idle:
    case what::storm: // storm_crowd
        break;
    }
}

} // namespace lyceum::apps::load
