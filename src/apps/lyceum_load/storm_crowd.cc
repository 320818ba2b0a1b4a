#include "apps/lyceum_load/storm_crowd.h"

namespace lyceum::apps::load {

namespace notice = user_agent::notice;
namespace wish = user_agent::wish;

storm_crowd::storm_crowd(net::shard& shard,
                         net::links& links,
                         const options& o,
                         std::size_t process)
    : client_crowd(shard, links, o, process), stays_(o.stays(process)),
      returns_(o.clients, shard.random()) {}

void storm_crowd::drive(std::promise<tally>& done) {
    done_ = &done;
    driving_ = true;
    began_ = agents_.now();
    for (seat s = 0; s < agents_.size(); ++s) {
        pace_.abandon(s);
        if (agents_.at(s).is_signed_in()) returns_.signed_in(s, began_);
    }
    for (seat s = 0; s < agents_.size(); s += 2)
        came_or_went(s);
    begin_messages();
    on_alarm(0);
}

void storm_crowd::begin_messages() {
    // Where some stay, they are enough.
    const auto senders = options_.staying == 0 ? options_.processes : 1;
    pace_.begin(agents_.now(),
                options_.rate / static_cast<double>(senders),
                options_.quiet + options_.span + 60s,
                [this](seat s, instant) { send_message(s); });
}

void storm_crowd::came_or_went(seat s) {
    if (options_.staying != 0 && !stays_) return;
    const auto first = s / 2 * 2;
    if (returns_.is_in(first) && returns_.is_in(first + 1)) {
        pace_.enrol(first);
    } else {
        pace_.abandon(first);
    }
}

void storm_crowd::send_message(seat s) {
    agents_.wish(s, wish::page{s, agents_.at(s + 1).aor(), text_});
}

void storm_crowd::cut() {
    for (seat s = 0; s < agents_.size(); ++s) {
        pace_.abandon(s);
        agents_.hang_up(s);
    }
}

void storm_crowd::end_quiet() {
    is_quiet_ = false;
    quiet_ = pace_.result(agents_.now());
    quiet_.errors.erase("unanswered"); // they still may be
    begin_messages();
}

void storm_crowd::come_back(seat s) {
    agents_.wish(s, wish::sign_in{});
    if (!agents_.is_connected(s)) connect(s);
}

void storm_crowd::on_notice(seat s, const user_agent::action& a) {
    if (!driving_) {
        client_crowd::on_notice(s, a);
        return;
    }
    const auto now = agents_.now();
    if (const auto* in = std::get_if<notice::signed_in>(&a)) {
        if (!in->anew) return;
        returns_.signed_in(s, now);
        came_or_went(s);
    } else if (const auto* failed = std::get_if<notice::sign_in_failed>(&a)) {
        if (failed->retry_after) {
            returns_.told_to_wait(s, failed->status, *failed->retry_after, now);
        } else {
            returns_.failed(s, std::to_string(failed->status), now);
        }
        agents_.hang_up(s);
    } else if (std::holds_alternative<notice::delivered>(a)) {
        pace_.finish(s, now);
    } else if (const auto* un = std::get_if<notice::undelivered>(&a)) {
        if (pace_.is_busy(s) && agents_.is_connected(s)) pace_.fail(s, std::to_string(un->status));
    } else if (std::holds_alternative<notice::discarded>(a)) {
        pace_.note("discarded");
    }
}

void storm_crowd::on_closed(seat s, net::closed_why why) {
    if (!driving_) {
        client_crowd::on_closed(s, why);
        return;
    }
    const auto now = agents_.now();
    if (returns_.is_in(s)) {
        if (is_quiet_) end_quiet();
        returns_.lost(s, now);
        came_or_went(s);
    } else if (why == net::closed_why::refused) {
        returns_.unreachable(s, now);
    } else {
        returns_.failed(s, net::name(why), now);
    }
}

void storm_crowd::on_alarm(std::uint64_t id) {
    if (!driving_) {
        client_crowd::on_alarm(id);
        return;
    }
    if (done_ == nullptr) return;
    const auto now = agents_.now();
    if (options_.cut_by_us && is_quiet_ && now >= began_ + options_.quiet) {
        end_quiet();
        if (!stays_) cut();
    }
    for (const auto s : returns_.due(now))
        come_back(s);
    if (returns_.is_over() || (!stays_ && now >= began_ + options_.quiet + options_.span)) {
        finish();
        return;
    }
    pace_.start_due(now);
    agents_.alarm_at(now + beat_every, 0);
}

void storm_crowd::finish() {
    if (done_ == nullptr) return;
    const auto now = agents_.now();
    messages_ = pace_.result(now);
    messages_.errors.erase("unanswered"); // they have not had their time
    if (is_quiet_) std::swap(quiet_, messages_);
    auto t = returns_.result(now);
    if (!returns_.has_begun() && !stays_) t.errors["no storm"] = 1;
    std::exchange(done_, nullptr)->set_value(std::move(t));
}

} // namespace lyceum::apps::load
