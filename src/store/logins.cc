#include "store/logins.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::store {

std::optional<people::user> pick_login(const std::vector<people::user>& same_login,
                                       std::string_view domain) {
    const auto in_domain = [&](const people::user& u) { return iequals(u.domain, domain); };
    const auto exact = std::ranges::find_if(same_login, in_domain);
    if (!domain.empty() && exact != same_login.end()) return *exact;
    if (same_login.size() == 1) return same_login.front();
    return std::nullopt;
}

} // namespace lyceum::store
