#include "apps/lyceum_load/plain_crowd.h"

namespace lyceum::apps::load {

plain_crowd::plain_crowd(net::shard& shard,
                         net::links& links,
                         const options& o,
                         std::size_t process)
    : shard_(shard), links_(links), options_(o), slice_(o.of_process(process)) {
    shard.on_wakeup([this](instant) { beat(); });
}

void plain_crowd::sign_in(std::promise<tally>& done) {
    done_ = &done;
    const auto group = group_size(options_.drive);
    for (std::size_t i = 0; i < slice_.count; ++i) {
        const auto number = slice_.first + i;
        // In a group the first one calls; those behind it are one user where the call forks.
        const auto member = number % group;
        const auto user =
            options_.drive == what::fork && member != 0 ? number - member + 1 : number;
        places_.emplace_back(plain_agent::account{
            options_.users[user % options_.users.size()].user.text(), number, member <= 1});
        pace_.enrol(i);
    }
    pace_.begin_once(shard_.clock().now(),
                     options_.sign_in_rate / static_cast<double>(options_.processes),
                     [this](seat s, instant) {
                         const auto& to =
                             options_.servers[(slice_.first + s) % options_.servers.size()];
                         places_[s].flow = links_.connect(to);
                         by_flow_.emplace(places_[s].flow, s);
                     });
    beat();
}

void plain_crowd::drive(std::promise<tally>& done) {
    done_ = &done;
    const auto group = group_size(options_.drive);
    for (seat s = 0; s < places_.size(); ++s) {
        // It only answers, or only stays.
        if (s % group != 0 || options_.drive == what::idle) pace_.retire(s);
    }
    pace_.begin(shard_.clock().now(),
                options_.rate / static_cast<double>(options_.processes),
                options_.span,
                [this](seat s, instant) { begin_operation(s); });
    beat();
}

void plain_crowd::begin_operation(seat s) {
    out_.clear();
    auto& agent = places_[s].agent;
    const auto partner = std::min(s + 1, places_.size() - 1);
    switch (options_.drive) {
    case what::refresh:
        agent.enrol(out_);
        break;
    case what::relay:
        agent.page(places_[partner].agent.aor(), out_);
        break;
    case what::call:
    case what::fork:
        agent.call(places_[partner].agent.aor(), out_);
        break;
    case what::sign_in:
    case what::storm:
    case what::idle:
        return;
    }
    send(s);
}

void plain_crowd::send(seat s) {
    if (!out_.empty()) links_.send(places_[s].flow, out_);
}

void plain_crowd::opened(net::flow_id flow, const net::flow_facts& facts) {
    const auto s = by_flow_.at(flow);
    auto& p = places_[s];
    p.agent.connected(facts.kind, facts.local);
    out_.clear();
    p.agent.enrol(out_);
    send(s);
}

void plain_crowd::received(net::flow_id flow, std::string_view octets) {
    const auto it = by_flow_.find(flow);
    if (it == by_flow_.end()) return;
    const auto s = it->second;
    auto& framer = places_[s].framer;
    framer.feed(octets);
    for (;;) {
        auto next = framer.next();
        if (!next) {
            pace_.fail(s, "not SIP");
            links_.close(flow, false);
            return;
        }
        auto& message = *next;
        if (!message) return;
        take(s, *std::move(message));
    }
}

void plain_crowd::take(seat s, std::string octets) {
    const auto m = sip::message::parse(std::move(octets));
    if (!m) {
        pace_.fail(s, "not SIP");
        return;
    }
    out_.clear();
    const auto came = places_[s].agent.take(*m, out_);
    send(s);
    if (!came.over) return;
    if (came.refused == 0) {
        pace_.finish(s, shard_.clock().now());
    } else {
        pace_.fail(s, std::to_string(came.refused));
    }
}

void plain_crowd::closed(net::flow_id flow, net::closed_why why) {
    const auto it = by_flow_.find(flow);
    if (it == by_flow_.end()) return;
    const auto s = it->second;
    by_flow_.erase(it);
    pace_.retire(s);
    pace_.fail(s, net::name(why));
}

void plain_crowd::beat() {
    if (done_ == nullptr) return;
    const auto now = shard_.clock().now();
    if (pace_.is_over(now)) {
        std::exchange(done_, nullptr)->set_value(pace_.result(now));
        return;
    }
    pace_.start_due(now);
    shard_.wake_at(now + beat_every);
}

} // namespace lyceum::apps::load
