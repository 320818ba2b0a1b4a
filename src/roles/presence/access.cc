#include "roles/presence/access.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lyceum::roles::presence {
namespace {

using diagnostics::id;
using pres::member;
using pres::member_type;

/// Lower is tried first.
int precedence(std::uint16_t container) {
    constexpr std::array order{container_id::blocked,
                               container_id::friends,
                               container_id::team,
                               container_id::colleagues,
                               container_id::outside};
    return static_cast<int>(std::ranges::find(order, container) - order.begin());
}

member_type kind_of(network n) {
    switch (n) {
    case network::same_enterprise:
        return member_type::same_enterprise;
    case network::federated:
        return member_type::federated;
    case network::public_cloud:
        return member_type::public_cloud;
    }
    std::unreachable();
}

} // namespace

std::expected<std::set<std::uint16_t>, access::refused>
access::apply(const std::vector<pres::container_change>& changes, const settings& s) {
    std::set<std::uint16_t> named;
    pres::wrong_delta stale;
    auto after = containers_;
    for (std::uint32_t index = 1; const auto& c : changes) {
        const auto at = containers_.find(c.id);
        const auto current = at == containers_.end() ? 0 : at->second.version;
        if (!named.insert(c.id).second)
            return std::unexpected(diagnostics::refuse(id::default_user_services));
        if (c.version != current) stale.operations.push_back({index, c.version, current});
        ++index;

        auto& inside = after[c.id];
        inside.version = current + 1;
        std::set<member>
            mentioned; // adding and removing the same one is refused. digest MS-PRES 3.6
        for (const auto& m : c.members) {
            if (!mentioned.insert(m.who).second)
                return std::unexpected(diagnostics::refuse(id::default_user_services));
            if (m.add) {
                inside.members.insert(m.who);
            } else {
                inside.members.erase(m.who);
            }
        }
        if (inside.members.size() > s.max_members) {
            return std::unexpected(diagnostics::refuse(id::container_member_limit));
        }
    }
    if (!stale.operations.empty()) return std::unexpected(std::move(stale));
    containers_ = std::move(after);
    ++changes_;
    return named;
}

std::uint16_t access::container_for(const watcher& w) const {
    const std::array wanted{
        member{member_type::user, std::string(w.who.without_scheme())},
        member{member_type::domain, std::string(w.who.host())},
        member{kind_of(w.from)},
        member{member_type::everyone},
    };
    for (const auto& m : wanted) {
        std::optional<std::uint16_t> best;
        for (const auto& [number, inside] : containers_) {
            if (!inside.members.contains(m)) continue;
            if (!best || precedence(number) < precedence(*best)) best = number;
        }
        if (best) return *best;
    }
    return container_id::everybody;
}

std::vector<pres::container> access::some(const std::set<std::uint16_t>& ids) const {
    std::vector<pres::container> out;
    for (const auto& [number, inside] : containers_) {
        if (ids.contains(number))
            out.push_back({number, inside.version, {inside.members.begin(), inside.members.end()}});
    }
    return out;
}

std::vector<pres::container> access::all() const {
    std::set<std::uint16_t> ids;
    for (const auto& [number, inside] : containers_)
        ids.insert(number);
    return some(ids);
}

conmgmt::acl access::as_acl() const {
    conmgmt::acl out{.delta_num = changes_ + 1, .entries = {}};
    for (const auto& [number, inside] : containers_) {
        const bool blocked = number == container_id::blocked;
        for (const auto& m : inside.members) {
            conmgmt::ace e;
            if (m.type == member_type::user) {
                e.type = conmgmt::ace_type::user;
                e.mask = "sip:" + m.value;
            } else if (m.type == member_type::domain) {
                e.type = conmgmt::ace_type::domain;
                e.mask = m.value;
            } else if (m.type != member_type::everyone) {
                continue; // networks have no place in the old list
            }
            e.view = blocked ? conmgmt::view_right::block : conmgmt::view_right::allow;
            e.reach = blocked ? conmgmt::reach_right::deny : conmgmt::reach_right::allow;
            out.entries.push_back(std::move(e));
        }
    }
    return out;
}

} // namespace lyceum::roles::presence
