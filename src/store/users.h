#pragma once

#include "domain/people/user.h"
#include "store/stored.h"

#include <optional>
#include <string>
#include <vector>

namespace lyceum::store {

/// A user's NT hash as it lies in the store: sealed with the deployment's key, which is not in the
/// store.
using sealed_secret = std::vector<std::uint8_t>;

/// The people of this deployment.
class users {
public:
    virtual ~users() = default;

    [[nodiscard]] virtual stored<std::vector<people::user>> all() = 0; ///< by AOR
    /// At most so many of all(), those behind an AOR; behind an empty one the first.
    [[nodiscard]] virtual stored<std::vector<people::user>> page(const sip::aor& behind,
                                                                 std::size_t most) = 0;
    [[nodiscard]] virtual stored<std::optional<people::user>> find(const sip::aor&) = 0;
    /// By NTLM user name and domain. An empty domain, or one that no user of that login has,
    /// matches when the login alone names one user. Both without regard to case.
    [[nodiscard]] virtual stored<std::optional<people::user>>
    find_login(const std::string& login, const std::string& domain) = 0;
    [[nodiscard]] virtual stored<std::optional<sealed_secret>> secret(const sip::aor&) = 0;

    enum class outcome { done, exists, unknown };
    [[nodiscard]] virtual stored<outcome> add(const people::user&,
                                              const sealed_secret&) = 0; ///< done or exists
    struct newcomer {
        people::user who;
        sealed_secret secret;
    };
    /// All of them at once or, when one of them exists already, none: then which one.
    [[nodiscard]] virtual stored<std::optional<std::size_t>>
    add_all(const std::vector<newcomer>&) = 0;
    [[nodiscard]] virtual stored<outcome> change(const people::user&) = 0; ///< by AOR
    [[nodiscard]] virtual stored<outcome> set_secret(const sip::aor&, const sealed_secret&) = 0;
    /// With everything that is the user's: contacts, groups.
    [[nodiscard]] virtual stored<outcome> remove(const sip::aor&) = 0;
};

} // namespace lyceum::store
