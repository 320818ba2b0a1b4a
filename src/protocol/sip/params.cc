#include "protocol/sip/params.h"

#include "base/text.h"
#include "protocol/sip/characters.h"

namespace lyceum::sip {

bool params_view::next(parameter& out) {
    while (!text_.empty() && (is_blank(text_.front()) || text_.front() == separator_)) {
        text_.remove_prefix(1);
    }
    if (text_.empty()) return false;

    constexpr auto none = std::string_view::npos;
    std::size_t equals = none;
    std::size_t end = 0;
    while ((end += find_in(text_.substr(end), characters::param)) < text_.size()) {
        const char c = text_[end];
        if (c == separator_) break;
        if (c == '=' && equals == none) equals = end;
        ++end;
        if (c == '"') end = after_quote(text_, end);
    }
    const auto whole = text_.substr(0, end);
    out.has_value = equals != none;
    out.name = trim(whole.substr(0, equals));
    out.raw_value = out.has_value ? trim(whole.substr(equals + 1)) : std::string_view{};
    text_.remove_prefix(end);
    return true;
}

std::optional<std::string_view> params_view::get(std::string_view name) const {
    params_view rest = *this;
    for (parameter p; rest.next(p);) {
        if (!iequals(p.name, name)) continue;
        const auto v = p.raw_value;
        const bool quoted = v.size() >= 2 && v.front() == '"' && v.back() == '"';
        return quoted ? v.substr(1, v.size() - 2) : v;
    }
    return std::nullopt;
}

} // namespace lyceum::sip
