#include "protocol/sipauth/fields.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace lyceum::sipauth {
namespace {

struct parameter {
    std::string_view name;
    std::optional<std::string_view> fields_view::* value;
    bool quoted = true;
};

// digest MS-SIPAE 6: the order of the captures.
constexpr std::array parameters_of_challenge{
    parameter{"opaque", &fields_view::opaque},
    parameter{"gssapi-data", &fields_view::gssapi_data},
    parameter{"realm", &fields_view::realm},
    parameter{"targetname", &fields_view::targetname},
    parameter{"sts-uri", &fields_view::sts_uri},
    parameter{"version", &fields_view::version, false},
};
constexpr std::array parameters_of_credentials{
    parameter{"qop", &fields_view::qop},
    parameter{"opaque", &fields_view::opaque},
    parameter{"realm", &fields_view::realm},
    parameter{"targetname", &fields_view::targetname},
    parameter{"gssapi-data", &fields_view::gssapi_data},
    parameter{"version", &fields_view::version, false},
    parameter{"crand", &fields_view::crand},
    parameter{"cnum", &fields_view::cnum},
    parameter{"response", &fields_view::response},
};
constexpr std::array parameters_of_info{
    parameter{"rspauth", &fields_view::rspauth},
    parameter{"srand", &fields_view::srand},
    parameter{"snum", &fields_view::snum},
    parameter{"opaque", &fields_view::opaque},
    parameter{"qop", &fields_view::qop},
    parameter{"targetname", &fields_view::targetname},
    parameter{"realm", &fields_view::realm},
    parameter{"version", &fields_view::version, false},
};
// All of them, the ones that every message has first.
constexpr std::array known{
    parameter{"qop", &fields_view::qop},
    parameter{"opaque", &fields_view::opaque},
    parameter{"realm", &fields_view::realm},
    parameter{"targetname", &fields_view::targetname},
    parameter{"crand", &fields_view::crand},
    parameter{"cnum", &fields_view::cnum},
    parameter{"response", &fields_view::response},
    parameter{"rspauth", &fields_view::rspauth},
    parameter{"srand", &fields_view::srand},
    parameter{"snum", &fields_view::snum},
    parameter{"gssapi-data", &fields_view::gssapi_data},
    parameter{"version", &fields_view::version, false},
    parameter{"sts-uri", &fields_view::sts_uri},
};

constexpr auto rule = "digest MS-SIPAE 3.2";

/// Octets that end a part: a look-up for each octet, however many they are.
class stops {
public:
    constexpr explicit stops(std::string_view all) {
        for (const char c : all)
            is_[static_cast<unsigned char>(c)] = true;
    }
    [[nodiscard]] constexpr bool has(char c) const { return is_[static_cast<unsigned char>(c)]; }

private:
    std::array<bool, 256> is_{};
};
constexpr stops after_scheme(" \t\r\n,=\"");
constexpr stops after_name("=,\"");
constexpr stops after_quoted("\"");
constexpr stops after_bare(",\"");

/// Reads octet by octet; knows where it is for the error.
class scanner {
public:
    explicit scanner(std::string_view in) : in_(in) {}

    void skip_blanks() {
        while (at_ < in_.size() && is_blank(in_[at_]))
            ++at_;
    }
    [[nodiscard]] bool done() const { return at_ == in_.size(); }
    bool take(char c) {
        if (done() || in_[at_] != c) return false;
        ++at_;
        return true;
    }
    std::string_view until(const stops& end) {
        const auto rest = in_.substr(at_);
        const auto* const stop = std::ranges::find_if(rest, [&](char c) { return end.has(c); });
        const auto part = rest.substr(0, static_cast<std::size_t>(stop - rest.begin()));
        at_ += part.size();
        return part;
    }
    [[nodiscard]] parse_error error(malformed why) const {
        return {why, static_cast<std::uint32_t>(at_), rule};
    }

private:
    std::string_view in_;
    std::size_t at_ = 0;
};

void store(fields_view& out, std::string_view name, std::string_view value, bool& twice) {
    for (const auto& p : known) {
        if (!iequals(p.name, name)) continue;
        twice = (out.*p.value).has_value();
        out.*p.value = value;
        return;
    }
}

} // namespace

parsed<fields_view> parse_fields(std::string_view value) {
    fields_view out;
    scanner in(value);
    if (value.size() > max_value) return std::unexpected(in.error(malformed::too_large));
    in.skip_blanks();
    out.scheme = in.until(after_scheme);
    if (out.scheme.empty()) return std::unexpected(in.error(malformed::bad_value));
    in.skip_blanks();
    while (!in.done()) {
        if (in.take(',')) { // empty elements of a list count for nothing. RFC 2616 2.1
            in.skip_blanks();
            continue;
        }
        const auto name = trim(in.until(after_name));
        if (name.empty() || !in.take('=')) return std::unexpected(in.error(malformed::bad_value));
        in.skip_blanks();
        std::string_view text;
        if (in.take('"')) {
            text = in.until(after_quoted);
            if (!in.take('"')) return std::unexpected(in.error(malformed::truncated));
        } else {
            text = trim(in.until(after_bare));
            if (text.empty()) return std::unexpected(in.error(malformed::bad_value));
        }
        bool twice = false;
        store(out, name, text, twice);
        if (twice) return std::unexpected(in.error(malformed::bad_value));
        in.skip_blanks();
        if (!in.done() && !in.take(',')) return std::unexpected(in.error(malformed::bad_value));
        in.skip_blanks();
    }
    return out;
}

void serialise(const fields_view& f, kind k, std::string& out) {
    out += f.scheme;
    bool first = true;
    const auto write = [&](const auto& parameters) {
        for (const auto& p : parameters) {
            const auto& value = f.*p.value;
            if (!value) continue;
            out += first ? " " : ", ";
            first = false;
            out += p.name;
            out += p.quoted ? "=\"" : "=";
            out += *value;
            if (p.quoted) out += '"';
        }
    };
    switch (k) {
    case kind::challenge:
        write(parameters_of_challenge);
        break;
    case kind::credentials:
        write(parameters_of_credentials);
        break;
    case kind::info:
        write(parameters_of_info);
        break;
    }
}

unsigned version_of(const fields_view& f) {
    if (!f.version) return 2;
    const auto v = to_u32(*f.version);
    return v && *v < 100 ? *v : 0;
}

} // namespace lyceum::sipauth
