#include "protocol/pres/roaming.h"

#include "protocol/pres/names.h"
#include "protocol/xml/parse.h"

namespace lyceum::pres {
namespace {

constexpr auto rule = "digest MS-PRES 3.5";

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

struct part {
    std::string_view word;
    bool roaming_list::* wanted;
};
constexpr part parts[] = {
    {"categories", &roaming_list::categories},
    {"containers", &roaming_list::containers},
    {"subscribers", &roaming_list::subscribers},
    {"delegates", &roaming_list::delegates},
};

} // namespace

parsed<roaming_list> parse_roaming_list(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    roaming_list out;
    for (const auto* e : root.children("roaming")) {
        for (const auto& p : parts) {
            if (e->attribute_or_empty("type") == p.word) out.*p.wanted = true;
        }
    }
    if (root.name != "roamingList" || out == roaming_list{}) return bad();
    return out;
}

std::string serialise(const roaming_list& l) {
    std::string out;
    xml::writer w(out);
    w.open("roamingList").attr("xmlns", ns::roaming_self);
    for (const auto& p : parts) {
        if (l.*p.wanted) w.open("roaming").attr("type", p.word).close();
    }
    w.close();
    return out;
}

std::string serialise(const roaming_data& d) {
    std::string out;
    xml::writer w(out);
    w.open("roamingData").attr("xmlns", ns::roaming_self);
    if (d.categories) {
        w.open("categories").attr("xmlns", ns::categories);
        for (const auto& c : *d.categories)
            write(w, c);
        w.close();
    }
    if (d.containers) write(w, *d.containers);
    if (d.subscribers) write(w, *d.subscribers);
    if (d.delegates_version) {
        w.open("delegates")
            .attr("xmlns", ns::delegates)
            .attr("version", *d.delegates_version)
            .close();
    }
    w.close();
    return out;
}

parsed<roaming_data> parse_roaming_data(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    if (root.name != "roamingData") return bad();
    roaming_data out;
    if (const auto* e = root.child("categories")) {
        LYCEUM_TRY(out.categories, read_categories(*e));
    }
    if (const auto* e = root.child("containers")) {
        LYCEUM_TRY(out.containers, read_containers(*e));
    }
    if (const auto* e = root.child("subscribers")) {
        LYCEUM_TRY(out.subscribers, read_subscribers(*e));
    }
    if (const auto* e = root.child("delegates")) {
        out.delegates_version = xml::number(e->attribute_or_empty("version"));
        if (!out.delegates_version || !e->children().empty()) return bad();
    }
    return out;
}

} // namespace lyceum::pres
