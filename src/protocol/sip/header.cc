#include "protocol/sip/header.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lyceum::sip {

namespace {

struct header_entry {
    std::string_view name;
    std::string_view compact = {};
    bool list = false;
};

/// In the order of the enumeration.
constexpr std::array headers{
    header_entry{""},
    header_entry{.name = "Accept", .list = true},
    header_entry{.name = "Allow", .list = true},
    header_entry{.name = "Allow-Events", .compact = "u", .list = true},
    header_entry{.name = "Authentication-Info"},
    header_entry{.name = "Authorization"},
    header_entry{.name = "Call-ID", .compact = "i"},
    header_entry{.name = "Contact", .compact = "m", .list = true},
    header_entry{.name = "Content-Disposition"},
    header_entry{.name = "Content-Length", .compact = "l"},
    header_entry{.name = "Content-Type", .compact = "c"},
    header_entry{.name = "CSeq"},
    header_entry{.name = "Date"},
    header_entry{.name = "Error-Info", .list = true},
    header_entry{.name = "Event", .compact = "o"},
    header_entry{.name = "Expires"},
    header_entry{.name = "From", .compact = "f"},
    header_entry{.name = "Max-Forwards"},
    header_entry{.name = "Min-Expires"},
    header_entry{.name = "ms-client-diagnostics"},
    header_entry{.name = "Ms-Conversation-ID"},
    header_entry{.name = "ms-diagnostics"},
    header_entry{.name = "ms-diagnostics-public"},
    header_entry{.name = "ms-keep-alive"},
    header_entry{.name = "ms-piggyback-cseq"},
    header_entry{.name = "ms-text-format"},
    header_entry{.name = "ms-user-logon-data"},
    header_entry{.name = "P-Asserted-Identity", .list = true},
    header_entry{.name = "P-Preferred-Identity", .list = true},
    header_entry{.name = "Path", .list = true},
    header_entry{.name = "presence-state"},
    header_entry{.name = "Proxy-Authenticate"},
    header_entry{.name = "Proxy-Authentication-Info"},
    header_entry{.name = "Proxy-Authorization"},
    header_entry{.name = "Proxy-Require", .list = true},
    header_entry{.name = "Reason", .list = true},
    header_entry{.name = "Record-Route", .list = true},
    header_entry{.name = "Refer-To", .compact = "r"},
    header_entry{.name = "Referred-By", .compact = "b"},
    header_entry{.name = "Require", .list = true},
    header_entry{.name = "Retry-After"},
    header_entry{.name = "Route", .list = true},
    header_entry{.name = "Server"},
    header_entry{.name = "Session-Expires", .compact = "x"},
    header_entry{.name = "Subject", .compact = "s"},
    header_entry{.name = "Subscription-State"},
    header_entry{.name = "Supported", .compact = "k", .list = true},
    header_entry{.name = "To", .compact = "t"},
    header_entry{.name = "Unsupported", .list = true},
    header_entry{.name = "User-Agent"},
    header_entry{.name = "Via", .compact = "v", .list = true},
    header_entry{.name = "Warning", .list = true},
    header_entry{.name = "WWW-Authenticate"},
};
static_assert(headers.size() == std::to_underlying(header::www_authenticate) + 1);
static_assert(headers.size() <= 64, "a message has a bit for each");

/// "Via: "
class line_start_text {
public:
    constexpr line_start_text() = default;
    constexpr explicit line_start_text(std::string_view name) : size_(name.size() + 2) {
        const auto separator = std::ranges::copy(name, text_.begin()).out;
        std::ranges::copy(std::string_view(": "), separator);
    }
    [[nodiscard]] constexpr std::string_view text() const { return {text_.data(), size_}; }

private:
    std::array<char, 30> text_{};
    std::size_t size_ = 0;
};

constexpr auto line_starts = [] {
    std::array<line_start_text, headers.size()> out;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = line_start_text(headers[i].name);
    return out;
}();

// Every name is looked up for every line of every message, so the table is a perfect hash: its seed
// is found by the compiler, and a look-up is one multiplication and one comparison.

constexpr std::size_t slot_bits = 9;
using slot_table = std::array<std::uint8_t, std::size_t{1} << slot_bits>;

/// Size and three letters: enough to tell the names above apart, without regard to case.
constexpr std::size_t slot_of(std::string_view name, std::uint32_t seed) {
    const auto letter = [&](std::size_t i) { return static_cast<unsigned char>(name[i]) | 0x20U; };
    const std::uint32_t key = static_cast<std::uint32_t>(name.size()) ^ (letter(0) << 8U) ^
                              (letter(name.size() / 2) << 16U) ^ (letter(name.size() - 1) << 24U);
    return (key * seed) >> (32U - slot_bits);
}

constexpr bool fill(slot_table& table, std::uint32_t seed) {
    for (std::size_t i = 1; i < headers.size(); ++i) {
        for (const auto name : {headers[i].name, headers[i].compact}) {
            if (name.empty()) continue;
            auto& slot = table[slot_of(name, seed)];
            if (slot != 0) return false;
            slot = static_cast<std::uint8_t>(i);
        }
    }
    return true;
}

struct perfect_hash {
    std::uint32_t seed = 0x9E37'79B1U;
    slot_table table{};
};

constexpr perfect_hash by_name = [] {
    perfect_hash h;
    while (!fill(h.table, h.seed)) {
        h.table = {};
        h.seed += 0x7F4A'7C16U;
    }
    return h;
}();

/// In the order of the enumeration.
constexpr std::array<std::string_view, 18> methods{
    "",
    "ACK",
    "BENOTIFY",
    "BYE",
    "CANCEL",
    "INFO",
    "INVITE",
    "MESSAGE",
    "NEGOTIATE",
    "NOTIFY",
    "OPTIONS",
    "PRACK",
    "PUBLISH",
    "REFER",
    "REGISTER",
    "SERVICE",
    "SUBSCRIBE",
    "UPDATE",
};
static_assert(methods.size() == std::to_underlying(method::update) + 1);

} // namespace

header header_of(std::string_view name) {
    if (name.empty()) return header::other;
    const auto i = by_name.table[slot_of(name, by_name.seed)];
    const auto& candidate = headers[i];
    const auto known = name.size() == 1 ? candidate.compact : candidate.name;
    // Nearly everybody spells them as the documents do.
    return name == known || iequals(name, known) ? static_cast<header>(i) : header::other;
}

std::string_view name(header h) {
    return headers[std::to_underlying(h)].name;
}
std::string_view line_start(header h) {
    return line_starts[std::to_underlying(h)].text();
}
bool is_list(header h) {
    return headers[std::to_underlying(h)].list;
}

method method_of(std::string_view name) {
    for (std::size_t i = 1; i < methods.size(); ++i) {
        if (methods[i] == name) return static_cast<method>(i);
    }
    return method::other;
}

std::string_view name(method m) {
    return methods[std::to_underlying(m)];
}

} // namespace lyceum::sip
