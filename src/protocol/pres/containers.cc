#include "protocol/pres/containers.h"

#include "base/text.h"
#include "protocol/pres/names.h"
#include "protocol/xml/parse.h"

#include <array>
#include <utility>

namespace lyceum::pres {
namespace {

constexpr auto rule = "digest MS-PRES 3.6";
constexpr std::uint32_t highest_container = 32767;
constexpr std::array all_types{member_type::user,
                               member_type::domain,
                               member_type::same_enterprise,
                               member_type::federated,
                               member_type::public_cloud,
                               member_type::everyone};

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

bool has_value(member_type t) {
    return t == member_type::user || t == member_type::domain;
}

void write_attributes(xml::writer& w, const member& m) {
    w.attr("type", word(m.type));
    if (has_value(m.type)) w.attr("value", m.value);
}

parsed<member> read_member(const xml::element& e) {
    const auto type = read_member_type(e.attribute_or_empty("type"));
    if (!type) return bad();
    member out{.type = *type};
    if (has_value(*type)) {
        auto value = to_lower(trim(e.attribute_or_empty("value")));
        if (value.starts_with("sip:")) value.erase(0, 4);
        if (value.empty()) return bad();
        out.value = std::move(value);
    }
    return out;
}

/// id and version of a container element. 0 is no container that has members.
parsed<std::pair<std::uint16_t, std::uint32_t>> read_head(const xml::element& e) {
    const auto id = xml::number(e.attribute_or_empty("id"));
    const auto version = xml::number(e.attribute_value("version").value_or("0"));
    if (!id || *id == 0 || *id > highest_container || !version) return bad();
    return std::pair{static_cast<std::uint16_t>(*id), *version};
}

} // namespace

std::string_view word(member_type t) {
    switch (t) {
    case member_type::user:
        return "user";
    case member_type::domain:
        return "domain";
    case member_type::same_enterprise:
        return "sameEnterprise";
    case member_type::federated:
        return "federated";
    case member_type::public_cloud:
        return "publicCloud";
    case member_type::everyone:
        return "everyone";
    }
    std::unreachable();
}

std::optional<member_type> read_member_type(std::string_view s) {
    for (const auto t : all_types) {
        if (word(t) == s) return t;
    }
    return std::nullopt;
}

void write(xml::writer& w, const std::vector<container>& list) {
    w.open("containers")
        .attr("xmlns", ns::containers); // assumed: the namespace; clients do not look
    for (const auto& c : list) {
        w.open("container").attr("id", c.id).attr("version", c.version);
        for (const auto& m : c.members) {
            w.open("member");
            write_attributes(w, m);
            w.close();
        }
        w.close();
    }
    w.close();
}

parsed<std::vector<container>> read_containers(const xml::element& parent) {
    std::vector<container> out;
    for (const auto* e : parent.children("container")) {
        LYCEUM_TRY(const auto head, read_head(*e));
        container c{.id = head.first, .version = head.second, .members = {}};
        for (const auto* m : e->children("member")) {
            LYCEUM_TRY(auto who, read_member(*m));
            c.members.push_back(std::move(who));
        }
        out.push_back(std::move(c));
    }
    return out;
}

parsed<std::vector<container_change>> parse_set_container_members(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    std::vector<container_change> out;
    for (const auto* e : root.children("container")) {
        LYCEUM_TRY(const auto head, read_head(*e));
        container_change c{.id = head.first, .version = head.second, .members = {}};
        for (const auto* m : e->children("member")) {
            const auto action = m->attribute_or_empty("action");
            if (action != "add" && action != "remove") return bad();
            LYCEUM_TRY(auto who, read_member(*m));
            c.members.push_back({action == "add", std::move(who)});
        }
        out.push_back(std::move(c));
    }
    if (root.name != "setContainerMembers" || out.empty()) return bad();
    return out;
}

std::string serialise(const std::vector<container_change>& list) {
    std::string out;
    xml::writer w(out);
    w.open("setContainerMembers").attr("xmlns", ns::containers);
    for (const auto& c : list) {
        w.open("container").attr("id", c.id).attr("version", c.version);
        for (const auto& m : c.members) {
            w.open("member").attr("action", m.add ? "add" : "remove");
            write_attributes(w, m.who);
            w.close();
        }
        w.close();
    }
    w.close();
    return out;
}

} // namespace lyceum::pres
