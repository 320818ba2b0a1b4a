#pragma once

#include "base/check.h"
#include "base/text.h"
#include "machines/transaction/client.h"
#include "machines/transaction/server.h"
#include "protocol/diagnostics/diagnostics.h"
#include "sipstack/alarm.h"
#include "sipstack/branch.h"
#include "sipstack/flow_index.h"
#include "sipstack/users.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace lyceum::sipstack {

/// What requests of somebody cost.
struct holding {
    std::size_t all = 0;
    std::size_t pending = 0;  ///< wait for their final response
    std::size_t waiting = 0;  ///< octets of these
    std::size_t answered = 0; ///< octets of the others
};
using holder = std::pair<const std::string, holding>;

/// Of To tags that are kept; nobody makes longer ones.
inline constexpr std::size_t longest_tag = 256;
/// More has no room in any datagram. RFC 768, RFC 791 3.1: 65535 octets with both headers
inline constexpr std::size_t longest_datagram = 65535 - 20 - 8;

/// Empties a text that will not be needed again: clear() would keep its memory.
inline void let_go(std::string& text) {
    std::string().swap(text);
}

/// A request that came in and what its answer needs.
struct server_transaction {
    transaction::server machine;
    std::string key;
    path from; ///< the request came from here
    path back; ///< responses go here. RFC 3261 18.2.2
    bool is_invite = false;
    bool refused = false; ///< the final response was no 2xx: an ACK for it ends here
    instant began;
    std::string to_tag; ///< of the last response: which ACK is for us. RFC 3261 17.2.3
    std::string last;   ///< what to send again; kept over UDP only
    alarm timer = {};
    std::string sameness = {}; ///< server_table::is_merged() was asked about it
    holder* of = nullptr;      ///< whose it is
    std::size_t octets = 0;    ///< what it costs: first the request, then what footprint() says
    bool answered = false;     ///< it has its final response

    /// Its octets, with those of the tables' entries for it.
    [[nodiscard]] std::size_t footprint() const {
        constexpr std::size_t entries = 200;
        return sizeof *this + entries + key.capacity() + to_tag.capacity() + last.capacity() +
               sameness.capacity();
    }
};

/// A request of ours that waits for its answer.
struct client_transaction {
    transaction::client machine;
    branch via;
    path to;
    response_user* user = nullptr;
    std::uint64_t token = 0;
    sip::message stem; ///< of an INVITE: CANCEL and ACK are made from it
    std::string last;  ///< what to send again; kept over UDP only
    sip::method method = sip::method::other;
    bool cancel_wanted = false;
    bool heard_provisional = false;
    bool cancel_sent = false;
    std::vector<std::string> cancel_reasons = {};
    std::optional<diagnostics::id> cancel_why = {};
    /// Moved to TCP for its length, and not connected yet: where it would have gone. `last` is what
    /// it would have been.
    std::optional<path> over_udp = {};
    std::string udp_via = {}; ///< our Via there
    alarm timer = {};
};

/// The server transactions of one shard: by id, by key, by connection, and counted by who asked.
///
/// Most requests are answered before whoever they are handed to returns, and over a reliable
/// transport an answered one is over (RFC 3261 17.2.2, timer J): no other message can ask for it
/// meanwhile. Such a one is only taken in hand, and filed when it turns out that it has to wait.
class server_table {
public:
    [[nodiscard]] server_transaction* find(std::uint64_t id) {
        if (in_hand_ && in_hand_->id == id) return &in_hand_->transaction;
        const auto it = by_id_.find(id);
        return it == by_id_.end() ? nullptr : &it->second;
    }
    /// The id of the transaction with that key; 0 when there is none.
    [[nodiscard]] std::uint64_t find_key(std::string_view key) const {
        const auto it = by_key_.find(key);
        return it == by_key_.end() ? 0 : it->second;
    }
    /// What that user or peer has here.
    [[nodiscard]] holding held_by(std::string_view who) const {
        const auto it = holders_.find(who);
        return it == holders_.end() ? holding{} : it->second;
    }
    /// Until file_in_hand() only find() and is_merged() know it. The key, which goes into the
    /// transaction, and who stay as they are until then.
    void take_in_hand(std::uint64_t id,
                      server_transaction&& t,
                      std::string_view key,
                      std::string_view who) {
        LYCEUM_CHECK(!in_hand_);
        in_hand_.emplace(id, std::move(t), key, who);
        sameness_in_hand_.clear();
    }
    /// Files what has been taken in hand and is not over. Returns whether there was something.
    bool file_in_hand() {
        if (!in_hand_) return false;
        auto waits = std::move(*in_hand_);
        in_hand_.reset();
        waits.transaction.key = waits.key;
        waits.transaction.sameness = sameness_in_hand_;
        add(waits.id, std::move(waits.transaction), waits.who);
        return true;
    }
    void add(std::uint64_t id, server_transaction&& t, std::string_view who) {
        auto it = holders_.find(who);
        if (it == holders_.end()) it = holders_.emplace(who, holding{}).first;
        ++it->second.all;
        ++it->second.pending;
        ++pending_;
        it->second.waiting += t.octets;
        waiting_ += t.octets;
        t.of = &*it; // a node stays where it is
        if (t.is_invite && t.from.kind != net::transport::udp) by_flow_.add(t.from.flow, id);
        const auto& kept = by_id_.emplace(id, std::move(t)).first->second;
        by_key_.emplace(kept.key, id);
        if (!kept.sameness.empty()) by_sameness_.emplace(kept.sameness, id);
    }
    /// It has its final response, or another one: from now on it only waits for what comes again.
    void note_answered(std::uint64_t id) {
        const auto it = by_id_.find(id);
        if (it == by_id_.end()) return;
        auto& t = it->second;
        uncount(t);
        t.answered = true;
        t.octets = t.footprint();
        t.of->second.answered += t.octets;
        answered_ += t.octets;
    }
    /// Whether another transaction that is not over has that sameness; else it is this one's from
    /// now on, and whoever asks with it next hears of this one.
    [[nodiscard]] bool is_merged(std::uint64_t id, std::string_view sameness) {
        auto* const t = find(id);
        if (t == nullptr) return false;
        if (const auto other = by_sameness_.find(sameness); other != by_sameness_.end())
            return other->second != id;
        if (in_hand_ && in_hand_->id == id) {
            sameness_in_hand_ = sameness;
        } else {
            t->sameness = sameness;
            by_sameness_.emplace(t->sameness, id);
        }
        return false;
    }
    void erase(std::uint64_t id) {
        if (in_hand_ && in_hand_->id == id) {
            in_hand_.reset();
            return;
        }
        const auto it = by_id_.find(id);
        if (it == by_id_.end()) return;
        if (!it->second.sameness.empty()) by_sameness_.erase(it->second.sameness);
        by_key_.erase(it->second.key);
        if (it->second.is_invite) by_flow_.remove(it->second.from.flow, id);
        uncount(it->second);
        if (--it->second.of->second.all == 0) holders_.erase(holders_.find(it->second.of->first));
        by_id_.erase(it);
    }
    [[nodiscard]] const flow_index& invites_by_flow() const { return by_flow_; } ///< streams only
    [[nodiscard]] std::size_t size() const { return by_id_.size(); }             ///< those on file
    [[nodiscard]] std::size_t pending() const { return pending_; }   ///< of them, unanswered
    [[nodiscard]] std::size_t waiting() const { return waiting_; }   ///< octets of these
    [[nodiscard]] std::size_t answered() const { return answered_; } ///< octets of the others
    [[nodiscard]] auto begin() const { return by_id_.begin(); }
    [[nodiscard]] auto end() const { return by_id_.end(); }

private:
    void uncount(const server_transaction& t) {
        if (!t.answered) {
            --t.of->second.pending;
            --pending_;
            t.of->second.waiting -= t.octets;
            waiting_ -= t.octets;
        } else {
            t.of->second.answered -= t.octets;
            answered_ -= t.octets;
        }
    }

    struct in_hand {
        std::uint64_t id;
        server_transaction transaction;
        std::string_view key;
        std::string_view who;
    };
    std::optional<in_hand> in_hand_;
    std::string sameness_in_hand_; ///< its memory is reused
    std::unordered_map<std::uint64_t, server_transaction> by_id_;
    // The texts of these two are the transactions'.
    std::unordered_map<std::string_view, std::uint64_t> by_key_;
    std::unordered_map<std::string_view, std::uint64_t> by_sameness_;
    std::unordered_map<std::string, holding, text_hash, std::equal_to<>> holders_;
    flow_index by_flow_;
    std::size_t pending_ = 0;
    std::size_t waiting_ = 0;
    std::size_t answered_ = 0;
};

/// The client transactions of one shard: by id, by connection.
class client_table {
public:
    [[nodiscard]] client_transaction* find(std::uint64_t id) {
        const auto it = by_id_.find(id);
        return it == by_id_.end() ? nullptr : &it->second;
    }
    client_transaction& add(std::uint64_t id, client_transaction&& t) {
        if (t.to.kind != net::transport::udp) by_flow_.add(t.to.flow, id);
        return by_id_.insert_or_assign(id, std::move(t)).first->second;
    }
    void erase(std::uint64_t id) {
        const auto it = by_id_.find(id);
        if (it == by_id_.end()) return;
        by_flow_.remove(it->second.to.flow, id);
        by_id_.erase(it);
    }
    /// From now on it goes over UDP.
    void redirect(std::uint64_t id, const path& to) {
        auto& t = by_id_.at(id);
        by_flow_.remove(t.to.flow, id);
        t.to = to;
    }
    [[nodiscard]] const flow_index& by_flow() const { return by_flow_; } ///< streams only
    [[nodiscard]] std::size_t size() const { return by_id_.size(); }
    [[nodiscard]] auto begin() const { return by_id_.begin(); }
    [[nodiscard]] auto end() const { return by_id_.end(); }

private:
    std::unordered_map<std::uint64_t, client_transaction> by_id_;
    flow_index by_flow_;
};

} // namespace lyceum::sipstack
