#include "base/settings/units.h"

#include "base/text.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace lyceum::settings {
namespace {

struct unit {
    std::string_view name;
    std::int64_t worth;
};

// Largest first: texts are written in the first that divides.
constexpr unit times[] = {
    {"d", 86'400'000'000'000},
    {"h", 3'600'000'000'000},
    {"min", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
};
constexpr unit sizes[] = {
    {"GiB", std::int64_t{1} << 30U},
    {"MiB", std::int64_t{1} << 20U},
    {"KiB", std::int64_t{1} << 10U},
    {"B", 1},
};

std::optional<std::int64_t> parse(std::string_view text, std::span<const unit> units) {
    text = trim(text);
    const auto end = std::ranges::find_if_not(text, is_digit);
    const auto digits = static_cast<std::size_t>(end - text.begin());
    const auto number = to_i64(text.substr(0, digits));
    const auto name = trim(text.substr(digits));
    if (!number) return std::nullopt;
    for (const auto& u : units) {
        if (u.name != name) continue;
        if (*number > std::numeric_limits<std::int64_t>::max() / u.worth) return std::nullopt;
        return *number * u.worth;
    }
    return std::nullopt;
}

std::string text_of(std::int64_t value, std::span<const unit> units) {
    for (const auto& u : units) {
        const bool divides = value % u.worth == 0 && (value != 0 || u.name == "s" || u.worth == 1);
        if (divides) return std::to_string(value / u.worth) + " " + std::string(u.name);
    }
    std::unreachable(); // the last unit is worth 1
}

/// Letters to insert, delete or replace. Levenshtein, one row at a time.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
        }
    }
    return row.back();
}

} // namespace

std::optional<std::int64_t> parse_duration(std::string_view text) {
    return parse(text, times);
}
std::string duration_text(std::int64_t nanoseconds) {
    return text_of(nanoseconds, times);
}
std::optional<std::int64_t> parse_octets(std::string_view text) {
    return parse(text, sizes);
}
std::string octets_text(std::int64_t octets) {
    return text_of(octets, sizes);
}

std::string nearest(std::string_view word, std::span<const std::string> names) {
    std::string best;
    auto least = std::max<std::size_t>(2, word.size() / 3) + 1; // further away is no typing mistake
    for (const auto& n : names) {
        const auto d = distance(word, n);
        if (d < least) {
            least = d;
            best = n;
        }
    }
    return best;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            constexpr std::string_view digits = "0123456789ABCDEF";
            const auto code = static_cast<unsigned char>(c);
            out += "\\u00";
            out += digits[code >> 4U];
            out += digits[code & 15U];
        } else {
            out += c;
        }
    }
    return out + "\"";
}

} // namespace lyceum::settings
