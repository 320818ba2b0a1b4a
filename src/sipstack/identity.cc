#include "sipstack/identity.h"

namespace lyceum::sipstack {

std::string asserted_identity(const people::user& u) {
    std::string out;
    if (!u.display_name.empty()) {
        out += '"';
        for (const char c : u.display_name) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        out += '"';
    }
    out += "<" + u.aor.text() + ">";
    if (!u.line_uri.empty()) out += ",<" + u.line_uri + ">";
    return out;
}

} // namespace lyceum::sipstack
