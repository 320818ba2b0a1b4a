#include "protocol/sip/list.h"

#include "base/text.h"

namespace lyceum::sip {

std::size_t value_end(std::string_view list) {
    // Most lists have no comma at all, and that is told quickly.
    if (!list.contains(',')) return list.size();
    bool quoted = false;
    bool bracketed = false;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const char c = list[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (bracketed) {
            bracketed = c != '>';
        } else if (c == ',') {
            return i;
        } else {
            quoted = c == '"';
            bracketed = c == '<';
        }
    }
    return list.size();
}

list_view::list_view(std::string_view text) : text_(trim(text)), more_(!text_.empty()) {}

bool list_view::next(std::string_view& out) {
    if (!more_) return false;
    const auto end = value_end(text_);
    out = trim(text_.substr(0, end));
    more_ = end < text_.size();
    if (more_) text_.remove_prefix(end + 1);
    return true;
}

} // namespace lyceum::sip
