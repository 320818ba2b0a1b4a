#pragma once

#include "base/instant.h"
#include "base/shared_text.h"
#include "protocol/diagnostics/diagnostics.h"
#include "protocol/pres/fault.h"
#include "protocol/pres/publish.h"
#include "roles/presence/settings.h"

#include <compare>
#include <expected>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace lyceum::roles::presence {

/// Both clocks at one moment: the shard's for timers, the world's for publishTime.
struct moment {
    instant now;
    wall_instant wall;
};

/// What one user has published, in all containers. digest MS-PRES 3.2 to 3.4
class publications {
public:
    struct key {
        std::string name;
        std::uint16_t container = 0;
        std::uint32_t instance = 0;

        friend auto operator<=>(const key&, const key&) = default;
    };
    /// When one ends that does not last for ever, and who published it.
    struct bounds {
        std::optional<std::uint32_t> expires = {}; ///< seconds, as published
        std::optional<instant> until = {};         ///< of a time-bound one
        std::string endpoint = {};                 ///< who published an endpoint-bound one
    };
    struct value {
        std::uint32_t version = 0;
        pres::expire_type lasts = pres::expire_type::never;
        wall_instant published;
        shared_text content = {};
        std::unique_ptr<const bounds> bound = {}; ///< few have one

        [[nodiscard]] std::string endpoint() const { return bound ? bound->endpoint : ""; }
        [[nodiscard]] std::optional<instant> until() const {
            return bound ? bound->until : std::nullopt;
        }
        [[nodiscard]] std::optional<std::uint32_t> expires() const {
            return bound ? bound->expires : std::nullopt;
        }
    };
    struct entry {
        key at;
        value what;
    };
    /// Everybody who is there has a handful: one piece of memory, in the order of the keys.
    using table = std::vector<entry>;

    /// The categories that changed, and in which containers.
    using touched = std::set<std::pair<std::string, std::uint16_t>>;
    using refused = std::variant<diagnostics::refusal, pres::wrong_delta>;

    /// Does all that a user's request asks for, or refuses it and changes nothing.
    /// \param endpoint who asks; endpoint-bound publications end with it
    std::expected<touched, refused>
    apply(const pres::publish&, const std::string& endpoint, moment, const settings&);

    /// What the server itself publishes. An equal content changes nothing; an empty one deletes.
    touched set_by_server(const key&, pres::expire_type, shared_text content, moment);

    touched end_endpoint(const std::string& endpoint);
    touched end_user_bound(); ///< the user's last endpoint has gone
    touched end_expired(instant now);
    [[nodiscard]] std::optional<instant> deadline() const;

    [[nodiscard]] const table& all() const { return table_; }
    /// nullptr when there is none.
    [[nodiscard]] const value* find(const key&) const;
    /// All instances of a category in a container.
    [[nodiscard]] std::span<const entry> of(std::string_view name, std::uint16_t container) const;
    /// How many are to come soon: room for no more than these.
    void expect(std::size_t n) { table_.reserve(table_.size() + n); }

private:
    [[nodiscard]] table::iterator place(const key&);
    void put(const key&, value);
    [[nodiscard]] std::optional<refused> check(const pres::publish&, const settings&) const;
    template <class Predicate>
    touched erase(Predicate which);

    table table_;
};

/// Instances that only the server publishes. digest MS-PRES 3.8, 4 rule 9
namespace server_instance {
inline constexpr std::uint32_t static_aggregate = 0;
inline constexpr std::uint32_t aggregate = 1;
inline constexpr std::uint32_t aggregate_machine = 0x10000000;
inline constexpr std::uint32_t contact_card = 0;
} // namespace server_instance

} // namespace lyceum::roles::presence
