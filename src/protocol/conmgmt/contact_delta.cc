#include "protocol/conmgmt/contact_delta.h"

#include "protocol/conmgmt/contact_element.h"
#include "protocol/xml/parse.h"

namespace lyceum::conmgmt {
namespace {

/// Walks two lists sorted by the same key and sorts their entries into three heaps.
template <class T, class Key, class Gone>
void compare(const std::vector<T>& before,
             const std::vector<T>& after,
             Key T::* key,
             std::vector<T>& added,
             std::vector<T>& modified,
             std::vector<Gone>& deleted) {
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
        if (now == after.end() || (old != before.end() && (*old).*key < (*now).*key)) {
            deleted.push_back((*old++).*key);
        } else if (old == before.end() || (*now).*key < (*old).*key) {
            added.push_back(*now++);
        } else {
            if (*old != *now) modified.push_back(*now);
            ++old;
            ++now;
        }
    }
}

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, schema_rule});
}

} // namespace

contact_delta difference(const people::contact_list& before, const people::contact_list& after) {
    contact_delta out{.prev_delta_num = before.delta_num, .delta_num = after.delta_num};
    compare(before.groups,
            after.groups,
            &people::group::id,
            out.added_groups,
            out.modified_groups,
            out.deleted_groups);
    compare(before.contacts,
            after.contacts,
            &people::contact::uri,
            out.added_contacts,
            out.modified_contacts,
            out.deleted_contacts);
    return out;
}

std::string serialise(const contact_delta& d) {
    std::string out;
    xml::writer w(out);
    w.open("contactDelta").attr("deltaNum", d.delta_num).attr("prevDeltaNum", d.prev_delta_num);
    for (const auto& g : d.added_groups)
        write(w, "addedGroup", g);
    for (const auto& g : d.modified_groups)
        write(w, "modifiedGroup", g);
    for (const auto& c : d.added_contacts)
        write(w, "addedContact", c, scheme::with);
    for (const auto& c : d.modified_contacts)
        write(w, "modifiedContact", c, scheme::with);
    for (const auto id : d.deleted_groups)
        w.open("deletedGroup").attr("id", id).close();
    for (const auto& uri : d.deleted_contacts)
        w.open("deletedContact").attr("uri", "sip:" + uri).close();
    w.close();
    return out;
}

parsed<contact_delta> parse_contact_delta(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    const auto delta = xml::number(root.attribute_or_empty("deltaNum"));
    const auto prev = xml::number(root.attribute_or_empty("prevDeltaNum"));
    if (root.name != "contactDelta" || !delta || !prev) return bad();
    contact_delta out{.prev_delta_num = *prev, .delta_num = *delta};
    for (const auto* e : root.children()) {
        if (e->name == "addedGroup" || e->name == "modifiedGroup") {
            LYCEUM_TRY(auto g, read_group(*e));
            (e->name == "addedGroup" ? out.added_groups : out.modified_groups)
                .push_back(std::move(g));
        } else if (e->name == "addedContact" || e->name == "modifiedContact") {
            LYCEUM_TRY(auto c, read_contact(*e));
            (e->name == "addedContact" ? out.added_contacts : out.modified_contacts)
                .push_back(std::move(c));
        } else if (e->name == "deletedGroup") {
            const auto id = xml::number(e->attribute_or_empty("id"));
            if (!id) return bad();
            out.deleted_groups.push_back(*id);
        } else if (e->name == "deletedContact") {
            auto uri = bare_uri(e->attribute_or_empty("uri"));
            if (!uri) return bad();
            out.deleted_contacts.push_back(*std::move(uri));
        }
    }
    return out;
}

} // namespace lyceum::conmgmt
