#pragma once

#include "base/instant.h"
#include "machines/user_agent/notices.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lyceum::simulation {

/// What was promised to whom, and what came of it. The first promise that is broken is kept, and
/// ends the run.
class ledger {
public:
    using id = std::uint64_t;

    void fail(std::string why) {
        if (!violation_) violation_ = std::move(why);
    }
    [[nodiscard]] const std::optional<std::string>& violation() const { return violation_; }

    // ---- instant messages
    /// Somebody writes: gives the message's id and its text, which is like no other.
    [[nodiscard]] std::pair<id, std::string>
    offer(const std::string& from_device, const sip::aor& from, const sip::aor& to, instant now);
    void received(const std::string& device,
                  const sip::aor& owner,
                  const user_agent::notice::im_received&);
    void delivered(id);
    void undelivered(id, const std::string& why);
    /// One of the user's connections is not well until then: what is written to or by that user
    /// before may go unanswered.
    void disturbed(const sip::aor& user, instant until);
    /// The server lost its memory.
    void server_died() { ++server_life_; }
    /// The device lost its memory: nobody waits for its outcomes any more.
    void forget(const std::string& device);
    [[nodiscard]] std::size_t offered() const { return messages_.size(); }
    [[nodiscard]] bool is_delivered(id) const;
    [[nodiscard]] std::size_t deliveries() const { return deliveries_; }
    /// Every message that somebody waits for has its outcome.
    void check_outcomes();

    // ---- contact lists
    void change_offered(id, const sip::aor& owner, const std::string& uri, bool set);
    void change_answered(id, int status);
    /// A contact that is on the list for sure; the dice say which.
    [[nodiscard]] std::string some_contact(const sip::aor& owner, std::uint64_t dice) const;
    /// The list as the store has it.
    void check_contacts(const sip::aor& owner, const std::set<std::string>& stored);
    [[nodiscard]] std::size_t changes() const { return acknowledged_changes_; }

private:
    struct message {
        std::string from_device;
        sip::aor from;
        sip::aor to;
        instant at;
        unsigned server_life = 1;
        std::map<std::string, unsigned> receivers; ///< devices, and how often
        unsigned outcomes = 0;
        bool was_delivered = false;
        bool forgotten = false;
    };
    struct change {
        sip::aor owner;
        std::string uri;
        bool set = true;
    };
    enum class known : std::uint8_t { there, gone, open };

    [[nodiscard]] message* find(id, const char* what);
    [[nodiscard]] bool was_disturbed(const sip::aor&, instant since) const;

    std::optional<std::string> violation_;
    std::vector<message> messages_; ///< by id, from 1
    std::map<sip::aor, instant> disturbed_;
    std::size_t deliveries_ = 0;
    unsigned server_life_ = 1;
    std::map<id, change> changes_; ///< not answered yet
    std::map<sip::aor, std::map<std::string, known>> lists_;
    std::size_t acknowledged_changes_ = 0;
};

} // namespace lyceum::simulation
