#include "talk.h"

#include "base/text.h"

namespace lyceum::conversations {

std::string line::text() const {
    std::string out;
    for (const auto& w : words)
        out += (out.empty() ? "" : " ") + w;
    return out;
}

const std::string& line::word(std::size_t i) const {
    static const std::string none;
    return i < words.size() ? words[i] : none;
}

std::string line::after(std::string_view what) const {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (words[i] == what) return words[i + 1];
    }
    return {};
}

std::expected<std::vector<line>, mistake> parse(std::string_view text) {
    std::vector<line> out;
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto raw = split_first(text, '\n');
        if (trim(raw).empty() || raw.starts_with('#')) continue;
        if (!raw.starts_with(' ')) {
            line l;
            l.number = number;
            for (const auto w : split(raw, ' '))
                l.words.emplace_back(w);
            out.push_back(std::move(l));
            continue;
        }
        if (out.empty()) return std::unexpected(mistake{number, "indented, but below no line"});
        auto& of = out.back();
        raw = trim(raw);
        if (raw.starts_with('|')) {
            raw.remove_prefix(1);
            if (raw.starts_with(' ')) raw.remove_prefix(1);
            of.body = of.body ? *of.body + "\n" + std::string(raw) : std::string(raw);
            continue;
        }
        const auto colon = raw.find(':');
        if (colon == std::string_view::npos) {
            return std::unexpected(
                mistake{number, "neither a header field (Name: value) nor a body (| text)"});
        }
        of.fields.push_back({number,
                             std::string(trim(raw.substr(0, colon))),
                             std::string(trim(raw.substr(colon + 1)))});
    }
    return out;
}

std::optional<std::chrono::milliseconds> duration_of(std::string_view text) {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return std::nullopt;
    const auto n = to_u32(text.substr(0, digits));
    if (!n) return std::nullopt;
    const auto unit = text.substr(digits);
    if (unit == "ms") return std::chrono::milliseconds(*n);
    if (unit == "s") return std::chrono::seconds(*n);
    if (unit == "m") return std::chrono::minutes(*n);
    if (unit == "h") return std::chrono::hours(*n);
    return std::nullopt;
}

bool fits(std::string_view text, std::string_view pattern) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return text == pattern;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    text.remove_prefix(star);
    pattern.remove_prefix(star + 1);
    if (pattern.empty()) return true;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (fits(text.substr(i), pattern)) return true;
    }
    return false;
}

} // namespace lyceum::conversations
