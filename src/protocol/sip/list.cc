#include "protocol/sip/list.h"

#include "base/text.h"
#include "protocol/sip/characters.h"

namespace lyceum::sip {

std::size_t value_end(std::string_view list) {
    // Most lists have no comma at all, and that is told quickly.
    if (!list.contains(',')) return list.size();
    std::size_t at = 0;
    while ((at += find_in(list.substr(at), characters::list)) < list.size()) {
        if (list[at] == ',') return at;
        if (list[at] == '"') {
            at = after_quote(list, at + 1);
        } else {
            const auto bracket = list.find('>', at);
            if (bracket == std::string_view::npos) break;
            at = bracket + 1;
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
