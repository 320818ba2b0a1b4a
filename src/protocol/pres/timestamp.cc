#include "protocol/pres/timestamp.h"

#include "base/text.h"

namespace lyceum::pres {
namespace {

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
    std::string digits;
    append_number(digits, static_cast<std::uint64_t>(value));
    if (digits.size() < width) out.append(width - digits.size(), '0');
    out += digits;
}

/// Takes exactly n digits and the character after them, if one is asked for.
std::optional<int> take(std::string_view& s, std::size_t n, char after = '\0') {
    if (s.size() < n + (after != '\0' ? 1 : 0)) return std::nullopt;
    const auto value = to_u32(s.substr(0, n));
    if (!value || (after != '\0' && s[n] != after)) return std::nullopt;
    s.remove_prefix(n + (after != '\0' ? 1 : 0));
    return static_cast<int>(*value);
}

/// Takes .123456 down to milliseconds.
std::optional<std::chrono::milliseconds> take_fraction(std::string_view& s) {
    if (s.empty() || s.front() != '.') return 0ms;
    s.remove_prefix(1);
    int value = 0;
    std::size_t n = 0;
    for (; !s.empty() && is_digit(s.front()); s.remove_prefix(1), ++n) {
        if (n < 3) value = value * 10 + (s.front() - '0');
    }
    if (n == 0) return std::nullopt;
    for (; n < 3; ++n)
        value *= 10;
    return std::chrono::milliseconds(value);
}

/// Takes Z, +hh:mm or -hh:mm, or the end.
std::optional<std::chrono::minutes> take_offset(std::string_view& s) {
    if (s.empty()) return 0min;
    const char sign = s.front();
    s.remove_prefix(1);
    if (sign == 'Z') return 0min;
    if (sign != '+' && sign != '-') return std::nullopt;
    const auto hours = take(s, 2, ':');
    const auto minutes = take(s, 2);
    if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
    const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return sign == '-' ? -offset : offset;
}

} // namespace

std::string write_time(wall_instant t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(t - day);
    std::string out;
    append_padded(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_padded(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_padded(out, time.hours().count(), 2);
    out += ':';
    append_padded(out, time.minutes().count(), 2);
    out += ':';
    append_padded(out, time.seconds().count(), 2);
    out += '.';
    append_padded(out, time.subseconds().count(), 3);
    return out;
}

std::optional<wall_instant> read_time(std::string_view s) {
    s = trim(s);
    const auto year = take(s, 4, '-');
    const auto month = take(s, 2, '-');
    const auto day = take(s, 2, 'T');
    const auto hour = take(s, 2, ':');
    const auto minute = take(s, 2, ':');
    const auto second = take(s, 2);
    if (!year || !month || !day || !hour || !minute || !second || *year < 1970) return std::nullopt;
    const auto fraction = take_fraction(s);
    const auto offset = take_offset(s);
    const std::chrono::year_month_day date(std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!fraction || !offset || !s.empty() || !date.ok() || *hour > 23 || *minute > 59 ||
        *second > 59) {
        return std::nullopt;
    }
    return wall_instant(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
           std::chrono::minutes(*minute) + std::chrono::seconds(*second) + *fraction - *offset;
}

} // namespace lyceum::pres
