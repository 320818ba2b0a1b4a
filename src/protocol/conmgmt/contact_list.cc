#include "protocol/conmgmt/contact_list.h"

#include "protocol/conmgmt/contact_element.h"
#include "protocol/xml/parse.h"

#include <algorithm>

namespace lyceum::conmgmt {

std::string serialise(const people::contact_list& list) {
    std::string out;
    xml::writer w(out);
    w.open("contactList").attr("deltaNum", list.delta_num);
    for (const auto& g : list.groups)
        write(w, "group", g);
    for (const auto& c : list.contacts)
        write(w, "contact", c, scheme::without);
    w.close();
    return out;
}

parsed<people::contact_list> parse_contact_list(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    const auto delta = xml::number(root.attribute_or_empty("deltaNum"));
    if (root.name != "contactList" || !delta || *delta == 0) {
        return std::unexpected(parse_error{malformed::bad_value, 0, schema_rule});
    }
    people::contact_list out{.delta_num = *delta, .groups = {}, .contacts = {}};
    for (const auto* e : root.children("group")) {
        LYCEUM_TRY(auto g, read_group(*e));
        out.groups.push_back(std::move(g));
    }
    for (const auto* e : root.children("contact")) {
        LYCEUM_TRY(auto c, read_contact(*e));
        out.contacts.push_back(std::move(c));
    }
    std::ranges::sort(out.groups, {}, &people::group::id);
    std::ranges::sort(out.contacts, {}, &people::contact::uri);
    return out;
}

} // namespace lyceum::conmgmt
