#include "protocol/inband/legacy.h"

#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

namespace lyceum::inband::legacy {

std::string serialise(const document& d) {
    std::string out;
    xml::writer w(out);
    w.open("provisioning").open("user").attr("uri", d.user_uri);
    if (d.controlled)
        w.open("line").attr("uri", d.controlled->uri).attr("server", d.controlled->server).close();
    w.close().close();
    return out;
}

parsed<document> parse(std::string_view text) {
    LYCEUM_TRY(const auto root, xml::parse(text));
    const auto* user = root.child("user");
    if (user == nullptr)
        return std::unexpected(parse_error{malformed::bad_value, 0, "digest MS-SIPREGE 3.8"});
    document out{.user_uri = std::string(user->attribute_or_empty("uri")), .controlled = {}};
    if (const auto* l = user->child("line")) {
        out.controlled = line{std::string(l->attribute_or_empty("uri")),
                              std::string(l->attribute_or_empty("server"))};
    }
    return out;
}

} // namespace lyceum::inband::legacy
