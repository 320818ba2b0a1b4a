#pragma once

#include "machines/target_set/plan.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lyceum::target_set {

struct srv_record {
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string target;
};

/// Orders records as they are to be tried: by priority, within it by weight and chance. The same
/// number gives the same order, however they were ordered before. RFC 2782, Weight
void order(std::vector<srv_record>&, std::uint64_t random);

struct naptr_record {
    std::uint16_t order = 0;
    std::uint16_t preference = 0;
    std::string flags;
    std::string service;
    std::string replacement;
};

// What happens.

struct naptr_found {
    std::string name;
    std::vector<naptr_record> records;
};
struct srv_found {
    std::string name;
    std::vector<srv_record> records;
};
struct host_found {
    std::string name;
    std::vector<ip_address> addresses; ///< in the resolver's order
};
/// There is no such record, or nobody answered.
struct lookup_failed {
    std::string name;
};
/// The same of a NAPTR question.
struct naptr_failed {
    std::string name;
};
using event = std::variant<naptr_found, naptr_failed, srv_found, host_found, lookup_failed>;

// What is to be done.

struct lookup_naptr {
    std::string name;
};
struct lookup_srv {
    std::string name;
};
struct lookup_host {
    std::string name; ///< A and AAAA
};
struct found {}; ///< targets() is complete, and empty when there is none. The last action, once
using action = std::variant<lookup_naptr, lookup_srv, lookup_host, found>;
using actions = std::vector<action>;

/// Carries out a plan: asks for names and ends with a list of places to try in order. RFC
/// 3263 4.2, 4.3 It has no time of its own: each lookup ends with an event, as the resolver's own
/// timeouts see to.
class search {
public:
    static constexpr std::size_t max_pointers = 4;  ///< NAPTR records; the rest is left out
    static constexpr std::size_t max_records = 16;  ///< of one SRV name; the rest is left out
    static constexpr std::size_t max_addresses = 8; ///< of one host

    /// random is any number, for the weights of SRV records.
    search(plan p, std::uint64_t random) : plan_(std::move(p)), random_(random) {}

    void begin(actions& out);
    /// Answers that were not asked for, or come twice, do nothing.
    void on(event&&, actions& out);

    [[nodiscard]] bool is_done() const { return done_; }
    /// In the order in which to try them.
    [[nodiscard]] const std::vector<where>& targets() const { return targets_; }
    /// What targets() would be with another random number: for others who wait for the same names.
    /// Once it is done.
    [[nodiscard]] std::vector<where> targets_for(std::uint64_t random) const;
    /// Takes the next one to try, the first included; nothing when all have been tried. After a
    /// 503, a transport failure or a timeout without any response. RFC 3263 4.3
    [[nodiscard]] std::optional<where> next();

private:
    enum class state : std::uint8_t { pending, found, none, refused };
    struct srv_answer {
        state now = state::pending;
        std::vector<srv_record> records;
    };
    struct host_answer {
        bool pending = true;
        std::vector<ip_address> addresses;
    };
    struct candidate {
        std::string host;
        std::uint16_t port;
        transport kind;
    };

    void follow(std::vector<naptr_record>, actions& out);
    void choose(actions& out);
    void want_host(const candidate&, actions& out);
    [[nodiscard]] std::vector<candidate> candidates_for(std::uint64_t random) const;
    void complete(actions& out);
    [[nodiscard]] std::string certificate_name(const std::string& host) const;

    plan plan_;
    std::uint64_t random_;
    bool naptr_pending_ = false;
    std::vector<srv_answer> srv_; ///< as plan_.srv
    std::map<std::string, host_answer> hosts_;
    std::vector<std::size_t> use_; ///< of srv_
    std::vector<where> targets_;
    std::size_t tried_ = 0;
    bool chosen_ = false;
    bool done_ = false;
};

} // namespace lyceum::target_set
