#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lyceum::settings {

/// A number of any type, seen as 64 bits: octets and durations (in nanoseconds) too.
struct number_slot {
    void* where = nullptr;
    std::int64_t (*get)(const void*) = nullptr;
    void (*set)(void*, std::int64_t) = nullptr;
};

/// What a value is, which decides how it is written: true, "text", 5, "4 MiB", "15 s", ["a", "b"].
enum class kind : std::uint8_t { flag, text, number, octets, duration, list };

/// One described member of a settings struct. Points into that struct.
class field {
public:
    /// Allowed values, both ends included; of a text or a list: of its length.
    field& between(std::int64_t least, std::int64_t most);
    field& between(std::chrono::nanoseconds least, std::chrono::nanoseconds most);
    /// Allowed texts (of a list: of its items).
    field& one_of(std::initializer_list<std::string_view> choices);
    /// What a number counts: "connections".
    field& in(std::string_view unit);
    /// A change is heard only after a restart.
    field& needs_restart();

    std::string name;
    std::string sentence;
    std::string unit;
    kind what = kind::text;
    std::int64_t least = 0;
    std::int64_t most = 0;
    std::vector<std::string> choices;
    bool restart = false;
    std::variant<bool*, std::string*, std::vector<std::string>*, number_slot> slot;

    /// Why the value that it has now is not allowed; empty when it is.
    [[nodiscard]] std::string objection() const;
    /// The value it has now, as TOML.
    [[nodiscard]] std::string toml() const;
};

/// The fields of one settings struct: its describe(section&) names each of them once, and from that
/// come reading, checking, the annotated file and the reference page.
class section {
public:
    section(std::string_view called, std::string_view says) : name(called), sentence(says) {}

    std::string name;     ///< of the TOML table
    std::string sentence; ///< what these settings are for
    std::vector<field> fields;

    field& flag(std::string_view name, bool&, std::string_view sentence);
    field& text(std::string_view name, std::string&, std::string_view sentence);
    field& list(std::string_view name, std::vector<std::string>&, std::string_view sentence);

    template <std::integral T>
    field& number(std::string_view called, T& value, std::string_view says) {
        return add(called, says, kind::number, slot_of(value), lowest<T>(), highest<T>());
    }
    /// A number of octets, written with its unit.
    template <std::integral T>
    field& octets(std::string_view called, T& value, std::string_view says) {
        return add(called, says, kind::octets, slot_of(value), 0, highest<T>());
    }
    /// Anything from nanoseconds to hours, written with its unit. Not negative unless between()
    /// says so.
    template <class Rep, class Period>
    field& duration(std::string_view called,
                    std::chrono::duration<Rep, Period>& value,
                    std::string_view says) {
        using type = std::chrono::duration<Rep, Period>;
        const number_slot slot{
            &value,
            [](const void* p) -> std::int64_t {
                return std::chrono::nanoseconds(*static_cast<const type*>(p)).count();
            },
            [](void* p, std::int64_t v) {
                *static_cast<type*>(p) =
                    std::chrono::duration_cast<type>(std::chrono::nanoseconds(v));
            }};
        return add(called, says, kind::duration, slot, 0, std::numeric_limits<std::int64_t>::max());
    }

private:
    field& add(std::string_view name,
               std::string_view sentence,
               kind,
               number_slot,
               std::int64_t least,
               std::int64_t most);

    template <class T>
    static number_slot slot_of(T& value) {
        return {&value,
                [](const void* p) { return static_cast<std::int64_t>(*static_cast<const T*>(p)); },
                [](void* p, std::int64_t v) { *static_cast<T*>(p) = static_cast<T>(v); }};
    }
    template <class T>
    static constexpr std::int64_t lowest() {
        return std::in_range<std::int64_t>(std::numeric_limits<T>::min())
                   ? static_cast<std::int64_t>(std::numeric_limits<T>::min())
                   : std::numeric_limits<std::int64_t>::min();
    }
    template <class T>
    static constexpr std::int64_t highest() {
        return std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                   ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                   : std::numeric_limits<std::int64_t>::max();
    }
};

} // namespace lyceum::settings
