#pragma once

#include "protocol/conmgmt/acl.h"
#include "protocol/diagnostics/diagnostics.h"
#include "protocol/pres/containers.h"
#include "protocol/pres/fault.h"
#include "protocol/sip/uri.h"
#include "roles/presence/settings.h"

#include <expected>
#include <map>
#include <set>
#include <variant>
#include <vector>

namespace lyceum::roles::presence {

namespace container_id {
inline constexpr std::uint16_t everybody = 0; ///< has no members; read by whoever is not blocked
inline constexpr std::uint16_t self = 1;
inline constexpr std::uint16_t states = 2;      ///< for all but the team
inline constexpr std::uint16_t team_states = 3; ///< for the team
inline constexpr std::uint16_t outside = 100;
inline constexpr std::uint16_t colleagues = 200;
inline constexpr std::uint16_t team = 300;
inline constexpr std::uint16_t friends = 400;
inline constexpr std::uint16_t blocked = 32000;
} // namespace container_id

/// From where somebody watches. The network says so, not the watcher.
enum class network : std::uint8_t { same_enterprise, federated, public_cloud };

/// Somebody who wants to see the user.
struct watcher {
    sip::aor who;
    network from = network::same_enterprise;
};

/// Who may read which of a user's containers. A fresh user has none: clients make them. digest
/// MS-PRES 3.6
class access {
public:
    using refused = std::variant<diagnostics::refusal, pres::wrong_delta>;

    /// Does all changes, or refuses them and does none. \return the ids of the containers that were
    /// named
    std::expected<std::set<std::uint16_t>, refused>
    apply(const std::vector<pres::container_change>&, const settings&);

    /// The one container that a watcher may read, by the most specific kind of member that stands
    /// for him, and if there are several, in the order blocked, friends, team, colleagues, outside,
    /// others. Else 0. seen: pidgin-sipe 1.25 sipe-ocs2007.c; digest MS-PRES 3.6
    [[nodiscard]] std::uint16_t container_for(const watcher&) const;

    /// Some containers with their members, or all.
    [[nodiscard]] std::vector<pres::container> some(const std::set<std::uint16_t>& ids) const;
    [[nodiscard]] std::vector<pres::container> all() const;

    /// The same, the way of clients of 2005: blocked members are blocked, others allowed.
    [[nodiscard]] conmgmt::acl as_acl() const;

private:
    struct content {
        std::uint32_t version = 0;
        std::set<pres::member> members;
    };

    std::map<std::uint16_t, content> containers_;
    std::uint32_t changes_ = 0; ///< how often apply() succeeded
};

} // namespace lyceum::roles::presence
