#include "apps/lyceum_client/plain_text.h"

#include "apps/terminal/printable.h"
#include "base/text.h"

#include <array>
#include <utility>

namespace lyceum::apps::client {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> entities{{{"&lt;", "<"},
                                                                                 {"&gt;", ">"},
                                                                                 {"&amp;", "&"},
                                                                                 {"&quot;", "\""},
                                                                                 {"&#39;", "'"},
                                                                                 {"&nbsp;", " "}}};

std::string without_tags(std::string_view html) {
    std::string out;
    while (!html.empty()) {
        if (html.front() == '<') {
            const auto end = html.find('>');
            if (end == std::string_view::npos) break; // cut off inside a tag
            const auto tag = html.substr(1, end - 1);
            if (istarts_with(tag, "br") || istarts_with(tag, "/p") || istarts_with(tag, "/div"))
                out += '\n';
            html.remove_prefix(end + 1);
            continue;
        }
        bool known = false;
        for (const auto& [name, value] : entities) {
            if (!html.starts_with(name)) continue;
            out += value;
            html.remove_prefix(name.size());
            known = true;
            break;
        }
        if (known) continue;
        out += html.front();
        html.remove_prefix(1);
    }
    return out;
}

} // namespace

std::string plain_text(std::string_view content_type, std::string_view text) {
    auto shown = terminal::printable(istarts_with(content_type, "text/html") ? without_tags(text)
                                                                             : std::string(text));
    while (shown.ends_with('\n'))
        shown.pop_back();
    return shown;
}

} // namespace lyceum::apps::client
