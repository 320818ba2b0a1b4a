#pragma once

#include "protocol/sip/gruu.h"
#include "sipstack/transport/path.h"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace lyceum::sipstack {

/// Where one endpoint of a user is reached. A copy of the registrar's binding for the router.
struct reachable_endpoint {
    std::string epid;
    std::optional<sip::instance_id> instance;
    std::string contact; ///< Request-URI for it
    path way;
    account on_account_of = {}; ///< of a phone: the peer that registered it; none: a client's own
    std::uint16_t q = 1000;     ///< the highest is asked first. RFC 3261 16.6
};
using reachable_endpoints = std::vector<reachable_endpoint>;

/// The users' endpoints as one shard knows them: each shard has the whole table, written by what
/// the home shards tell it, read without a lock. docs/adr/0002
class location {
public:
    /// nullptr when the user has no endpoint.
    [[nodiscard]] std::shared_ptr<const reachable_endpoints> find(const sip::aor& user) const {
        const auto it = users_.find(user);
        return it == users_.end() ? nullptr : it->second;
    }
    /// Replaces a user's endpoints; an empty list removes the user.
    void put(const sip::aor& user, std::shared_ptr<const reachable_endpoints> endpoints) {
        if (endpoints == nullptr || endpoints->empty()) {
            users_.erase(user);
        } else {
            users_.insert_or_assign(user, std::move(endpoints));
        }
    }
    [[nodiscard]] std::size_t size() const { return users_.size(); }

private:
    std::unordered_map<sip::aor, std::shared_ptr<const reachable_endpoints>, sip::aor_hash> users_;
};

} // namespace lyceum::sipstack
