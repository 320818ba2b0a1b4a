#include "admin/trace_line.h"

#include "base/text.h"

#include <boost/json.hpp>

#include <cmath>

namespace lyceum::admin {
namespace {

namespace json = boost::json;

void append_padded(std::string& out, std::uint64_t v, std::size_t width) {
    const auto digits = std::to_string(v);
    out.append(width > digits.size() ? width - digits.size() : 0, '0');
    out += digits;
}

std::optional<ip_endpoint> read_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto address = ip_address::parse(text.substr(0, colon));
    const auto port = to_u32(text.substr(colon + 1));
    if (!address || !port || *port > 65535) return std::nullopt;
    return ip_endpoint{*address, static_cast<std::uint16_t>(*port)};
}

/// A text member; nothing when it is missing or no text.
std::optional<std::string> member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    if (v == nullptr || !v->is_string()) return std::nullopt;
    return std::string(v->get_string());
}

/// As text, or as seconds since 1970.
std::optional<wall_instant> read_when(const json::value* v) {
    if (v == nullptr) return std::nullopt;
    if (v->is_double())
        return wall_instant(std::chrono::milliseconds(std::llround(v->get_double() * 1000)));
    return v->is_string()
               ? read_time(std::string_view(v->get_string().data(), v->get_string().size()))
               : std::nullopt;
}

} // namespace

std::string time_text(wall_instant t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(t - day);
    std::string out;
    append_padded(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
    const auto part = [&](char before, std::uint64_t v, std::size_t width) {
        out += before;
        append_padded(out, v, width);
    };
    part('-', static_cast<unsigned>(date.month()), 2);
    part('-', static_cast<unsigned>(date.day()), 2);
    part('T', static_cast<std::uint64_t>(clock.hours().count()), 2);
    part(':', static_cast<std::uint64_t>(clock.minutes().count()), 2);
    part(':', static_cast<std::uint64_t>(clock.seconds().count()), 2);
    part('.', static_cast<std::uint64_t>(clock.subseconds().count()), 3);
    return out + "Z";
}

std::optional<wall_instant> read_time(std::string_view text) {
    constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd.dddZ";
    if (text.size() != shape.size()) return std::nullopt;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i]) return std::nullopt;
    }
    const auto number = [&](std::size_t at, std::size_t n) {
        return to_u32(text.substr(at, n)).value_or(0);
    };
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(number(0, 4))),
                                           std::chrono::month(number(5, 2)),
                                           std::chrono::day(number(8, 2))};
    if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(number(11, 2)) +
           std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2)) +
           std::chrono::milliseconds(number(20, 3));
}

std::string to_json(const trace_line& l) {
    json::object o{
        {"time", time_text(l.time)},
        {"direction", l.incoming ? "in" : "out"},
        {"peer", l.peer.text()},
        {"local", l.local.text()},
        {"transport", l.transport},
    };
    if (is_utf8(l.text)) {
        o["text"] = l.text;
    } else {
        o["base64"] = to_base64(as_bytes(l.text));
    }
    return json::serialize(o);
}

std::optional<trace_line> read_trace_line(std::string_view text) {
    boost::system::error_code failed;
    const auto value = json::parse(json::string_view(text.data(), text.size()), failed);
    if (failed || !value.is_object()) return std::nullopt;
    const auto& o = value.get_object();
    const auto time = read_when(o.if_contains("time"));
    const auto peer = read_endpoint(member(o, "peer").value_or(""));
    const auto local = read_endpoint(member(o, "local").value_or(""));
    const auto direction = member(o, "direction");
    if (!time || !peer || !local || !direction) return std::nullopt;
    trace_line l{*time, *direction == "in", *peer, *local, member(o, "transport").value_or(""), {}};
    if (auto plain = member(o, "text")) {
        l.text = *std::move(plain);
    } else {
        const auto octets = from_base64(member(o, "base64").value_or("!"));
        if (!octets) return std::nullopt;
        l.text = as_text(*octets);
    }
    return l;
}

} // namespace lyceum::admin
