#include "ledger.h"

#include "base/text.h"

namespace lyceum::simulation {

std::pair<ledger::id, std::string> ledger::offer(const std::string& from_device,
                                                 const sip::aor& from,
                                                 const sip::aor& to,
                                                 instant now) {
    messages_.push_back({from_device, from, to, now, server_life_, {}, 0, false, false});
    const auto n = messages_.size();
    return {n, "im " + std::to_string(n) + " of " + from_device + " to " + to.text()};
}

ledger::message* ledger::find(id n, const char* what) {
    if (n >= 1 && n <= messages_.size()) return &messages_[n - 1];
    fail(std::string(what) + " of message " + std::to_string(n) + ", which nobody wrote");
    return nullptr;
}

void ledger::received(const std::string& device,
                      const sip::aor& owner,
                      const user_agent::notice::im_received& im) {
    auto text = std::string_view(im.text);
    (void)split_first(text, ' ');
    const auto number = to_u32(split_first(text, ' '));
    auto* m = find(number.value_or(0), "arrival");
    if (m == nullptr) return;
    const auto what =
        "message " + std::to_string(*number) + " of " + m->from.text() + " to " + m->to.text();
    if (owner != m->to) fail(what + " was delivered to " + owner.text() + " (" + device + ")");
    if (im.from != m->from) fail(what + " came as one of " + im.from.text());
    // A server that lost its memory in between cannot know that a datagram came again; what it sent
    // before may still have been under way.
    if (++m->receivers[device] > server_life_ - m->server_life + 1)
        fail(what + " was delivered twice to " + device);
}

void ledger::delivered(id n) {
    auto* m = find(n, "delivery");
    if (m == nullptr) return;
    ++deliveries_;
    const auto what = "message " + std::to_string(n) + " to " + m->to.text();
    m->was_delivered = true;
    if (++m->outcomes > 1) fail(what + " has two outcomes");
    if (m->receivers.empty()) fail(what + " was acknowledged, but nobody has it");
}

void ledger::undelivered(id n, const std::string& why) {
    auto* m = find(n, "failure");
    if (m == nullptr) return;
    const auto what = "message " + std::to_string(n) + " to " + m->to.text();
    if (++m->outcomes > 1) fail(what + " has two outcomes, the second: " + why);
    if (why == "nobody answered" && !was_disturbed(m->from, m->at) && !was_disturbed(m->to, m->at))
        fail(what + " was never answered, though all connections are well");
}

void ledger::disturbed(const sip::aor& user, instant until) {
    auto& last = disturbed_[user];
    last = std::max(last, until);
}

bool ledger::was_disturbed(const sip::aor& user, instant since) const {
    const auto it = disturbed_.find(user);
    return it != disturbed_.end() && it->second >= since;
}

void ledger::forget(const std::string& device) {
    for (auto& m : messages_) {
        if (m.from_device == device && m.outcomes == 0) m.forgotten = true;
    }
}

bool ledger::is_delivered(id n) const {
    return messages_[n - 1].was_delivered;
}

void ledger::check_outcomes() {
    for (std::size_t i = 0; i < messages_.size(); ++i) {
        const auto& m = messages_[i];
        if (m.outcomes == 0 && !m.forgotten) {
            fail("message " + std::to_string(i + 1) + " of " + m.from_device + " to " +
                 m.to.text() + " has no outcome");
        }
    }
}

// ---- contact lists

void ledger::change_offered(id n, const sip::aor& owner, const std::string& uri, bool set) {
    changes_.insert_or_assign(n, change{owner, uri, set});
    lists_[owner][uri] = known::open;
}

void ledger::change_answered(id n, int status) {
    const auto it = changes_.find(n);
    if (it == changes_.end()) return;
    const auto c = it->second;
    changes_.erase(it);
    if (status / 100 != 2) return; // it may have happened
    ++acknowledged_changes_;
    lists_[c.owner][c.uri] = c.set ? known::there : known::gone;
}

std::string ledger::some_contact(const sip::aor& owner, std::uint64_t dice) const {
    std::vector<std::string> all;
    if (const auto it = lists_.find(owner); it != lists_.end()) {
        for (const auto& [uri, k] : it->second) {
            if (k == known::there) all.push_back(uri);
        }
    }
    return all.empty() ? std::string() : all[dice % all.size()];
}

void ledger::check_contacts(const sip::aor& owner, const std::set<std::string>& stored) {
    const auto it = lists_.find(owner);
    if (it == lists_.end()) return;
    for (const auto& [uri, k] : it->second) {
        if (k == known::there && !stored.contains(uri))
            fail(owner.text() + " was told that " + uri + " is on the list; the store has it not");
        if (k == known::gone && stored.contains(uri))
            fail(owner.text() + " was told that " + uri + " is off the list; the store has it");
    }
    for (const auto& uri : stored) {
        if (!it->second.contains(uri)) fail(owner.text() + " never asked for " + uri);
    }
}

} // namespace lyceum::simulation
