#include "protocol/inband/request.h"

#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

namespace lyceum::inband {
namespace {

constexpr std::string_view ns = "http://schemas.microsoft.com/2006/09/sip/provisioninggrouplist";
constexpr auto rule = "[MS-SIPREGE] 2.2.2.4";

} // namespace

parsed<request> parse_request(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    request out{.subnet = std::string(root.attribute_or_empty("subnet")), .groups = {}};
    for (const auto* g : root.children("provisioningGroup")) {
        out.groups.push_back({std::string(g->attribute_or_empty("name")),
                              std::string(g->attribute_or_empty("opaque"))});
        if (out.groups.back().name.empty())
            return std::unexpected(parse_error{malformed::bad_value, 0, rule});
    }
    if (root.name != "provisioningGroupList" || out.groups.empty()) {
        return std::unexpected(parse_error{malformed::bad_value, 0, rule});
    }
    return out;
}

std::string serialise(const request& r) {
    std::string out;
    xml::writer w(out);
    w.open("provisioningGroupList").attr("xmlns", ns);
    if (!r.subnet.empty()) w.attr("subnet", r.subnet);
    for (const auto& g : r.groups) {
        w.open("provisioningGroup").attr("name", g.name);
        if (!g.opaque.empty()) w.attr("opaque", g.opaque);
        w.close();
    }
    w.close();
    return out;
}

} // namespace lyceum::inband
