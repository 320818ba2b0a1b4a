#include "protocol/inband/provision.h"

#include "base/text.h"
#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

#include <algorithm>
#include <array>

namespace lyceum::inband {
namespace {

// Not the request's, whose word is provisioning. [MS-SIPREGE] 2.2.2.5
constexpr std::string_view ns =
    "http://schemas.microsoft.com/2006/09/sip/provisiongrouplist-notification";
constexpr auto rule = "[MS-SIPREGE] 2.2.2.5";

struct known_group {
    std::string_view name;
    shape layout;
};

constexpr std::array known_groups{
    known_group{"ServerConfiguration", shape::elements},
    known_group{"userSetting", shape::elements},
    known_group{"meetingPolicy", shape::instance},
    known_group{"ucPolicy", shape::instance},
    known_group{"endpointConfiguration", shape::property_list},
    known_group{"locationPolicy", shape::property_list},
    known_group{"mediaConfiguration", shape::property_list},
    known_group{"presencePolicyV2", shape::property_list},
    known_group{"publicProviders", shape::property_list},
    known_group{"persistentChatConfiguration",
                shape::property_list}, // seen: pidgin-sipe 1.25 sipe-notify.c
};

std::string_view wrapper(shape s) {
    return s == shape::instance ? "instance" : "propertyEntryList";
}

void write(xml::writer& w, const provision_group& g) {
    w.open("provisionGroup").attr("name", g.name);
    const auto layout = shape_of(g.name);
    if (!layout) {
        w.raw(g.raw);
    } else if (*layout == shape::elements) {
        for (const auto& p : g.properties)
            w.leaf(p.name, p.value);
    } else {
        w.open(wrapper(*layout));
        for (const auto& p : g.properties)
            w.open("property").attr("name", p.name).text(p.value).close();
        w.close();
    }
    w.close();
}

provision_group read(const xml::element& e) {
    provision_group out{.name = std::string(e.attribute_or_empty("name")), .properties = {}};
    const auto layout = shape_of(out.name);
    if (!layout) {
        out.raw = xml::inner(e);
    } else if (*layout == shape::elements) {
        for (const auto* p : e.children())
            out.properties.push_back({p->name, std::string(trim(p->text()))});
    } else if (const auto* list = e.child(wrapper(*layout))) {
        for (const auto* p : list->children("property")) {
            out.properties.push_back(
                {std::string(p->attribute_or_empty("name")), std::string(trim(p->text()))});
        }
    }
    return out;
}

} // namespace

std::optional<shape> shape_of(std::string_view group_name) {
    const auto at = std::ranges::find(known_groups, group_name, &known_group::name);
    if (at == known_groups.end()) return std::nullopt;
    return at->layout;
}

std::string serialise(const provision& p) {
    std::string out;
    xml::writer w(out);
    w.open("provisionGroupList").attr("xmlns", ns);
    for (const auto& g : p.groups)
        write(w, g);
    w.close();
    return out;
}

parsed<provision> parse_provision(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    provision out;
    for (const auto* e : root.children("provisionGroup")) {
        if (e->attribute_or_empty("name").empty()) {
            return std::unexpected(parse_error{malformed::bad_value, 0, rule});
        }
        out.groups.push_back(read(*e));
    }
    return out;
}

} // namespace lyceum::inband
