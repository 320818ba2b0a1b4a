#pragma once

#include "base/instant.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// Whose word a state is. digest MS-PRES 3.9
enum class state_type : std::uint8_t {
    user,
    machine,
    calendar,
    phone,
    aggregate_machine,
    aggregate,
    other
};

/// Availability: the greater, the less available; and its classes. digest MS-PRES 3.9
namespace availability {
inline constexpr std::uint32_t available = 3500;
inline constexpr std::uint32_t idle_from = 4500; ///< available, but idle
inline constexpr std::uint32_t busy_from = 6000;
inline constexpr std::uint32_t busy_idle_from = 7500;
inline constexpr std::uint32_t do_not_disturb_from = 9000;
inline constexpr std::uint32_t be_right_back_from = 12000;
inline constexpr std::uint32_t away_from = 15000;
inline constexpr std::uint32_t offline_from = 18000;
inline constexpr std::uint32_t offline = 18500;
} // namespace availability

/// What the user is doing, for availabilities from minimum to maximum.
struct activity {
    std::uint32_t minimum = 0;
    std::uint32_t maximum = 0xFFFFFFFF;
    std::string content; ///< the whole element, standing alone

    friend bool operator==(const activity&, const activity&) = default;
};

/// A state element, the value of the category of that name, as far as aggregation needs it. digest
/// MS-PRES 3.9
struct state {
    state_type type = state_type::other;
    bool manual = false;
    std::uint32_t availability = 0;
    std::optional<wall_instant> start_time = {};
    std::optional<wall_instant> last_active = {};
    std::string endpoint_id = {}; ///< of aggregate_machine
    std::vector<activity> activities = {};
    std::string endpoint_location = {}; ///< text; empty if none
    std::string meeting_subject = {};   ///< the whole element, standing alone; empty if none
    std::string meeting_location = {};  ///< likewise
    std::string device = {};            ///< computer, mobile...; empty if not told

    friend bool operator==(const state&, const state&) = default;
};

/// A missing or empty availability is 0.
parsed<state> parse_state(std::string_view content);
/// The element, standing alone.
[[nodiscard]] std::string serialise(const state&);

} // namespace lyceum::pres
