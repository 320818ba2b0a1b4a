#include "protocol/sipauth/date.h"

#include <string_view>

namespace lyceum::sipauth {
namespace {

void put_padded(std::string& out, unsigned v, unsigned digits) {
    if (digits > 1) put_padded(out, v / 10, digits - 1);
    out += static_cast<char>('0' + v % 10);
}

} // namespace

std::string date_value(wall_instant t) {
    constexpr std::string_view days = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(t - day));

    std::string out(days.substr(std::size_t{3} * std::chrono::weekday(day).c_encoding(), 3));
    out += ", ";
    put_padded(out, static_cast<unsigned>(date.day()), 2);
    out += ' ';
    out += months.substr(std::size_t{3} * (static_cast<unsigned>(date.month()) - 1), 3);
    out += ' ';
    put_padded(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    out += ' ';
    put_padded(out, static_cast<unsigned>(time.hours().count()), 2);
    out += ':';
    put_padded(out, static_cast<unsigned>(time.minutes().count()), 2);
    out += ':';
    put_padded(out, static_cast<unsigned>(time.seconds().count()), 2);
    out += " GMT";
    return out;
}

const std::string& date_clock::at(wall_instant t) {
    const auto second = std::chrono::floor<std::chrono::seconds>(t);
    if (text_.empty() || second != second_) {
        second_ = second;
        text_ = date_value(t);
    }
    return text_;
}

} // namespace lyceum::sipauth
