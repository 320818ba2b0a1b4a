#include "protocol/conmgmt/acl.h"

#include "base/text.h"
#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

#include <utility>

namespace lyceum::conmgmt {
namespace {

constexpr auto rule = "[MS-SIP] 2.2.3";

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

std::string_view word(ace_type t) {
    switch (t) {
    case ace_type::all:
        return "ALL";
    case ace_type::user:
        return "USER";
    case ace_type::domain:
        return "DOMAIN";
    }
    std::unreachable();
}

parsed<ace> read(const xml::element& e) {
    ace out;
    const auto type = e.attribute_or_empty("type");
    if (type == "USER") {
        out.type = ace_type::user;
    } else if (type == "DOMAIN") {
        out.type = ace_type::domain;
    } else if (type != "ALL") {
        return bad();
    }
    out.mask = e.attribute_or_empty("mask");
    const auto rights = e.attribute_or_empty("rights");
    if (rights.size() < 2 || !std::string_view("ADPB").contains(rights[0]) ||
        !std::string_view("AD").contains(rights[1])) {
        return bad(); // later versions may add further letters
    }
    out.view = static_cast<view_right>(rights[0]);
    out.reach = static_cast<reach_right>(rights[1]);
    return out;
}

} // namespace

std::string serialise(const acl& list) {
    std::string out;
    xml::writer w(out);
    w.open("ACLlist").attr("deltaNum", list.delta_num).open("userACL");
    for (const auto& e : list.entries) {
        const char rights[] = {static_cast<char>(e.view), static_cast<char>(e.reach)};
        w.open("ace").attr("type", word(e.type));
        if (e.type != ace_type::all) w.attr("mask", e.mask);
        w.attr("rights", std::string_view(rights, 2)).close();
    }
    w.close().close();
    return out;
}

parsed<acl> parse_acl(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    const auto delta = xml::number(root.attribute_or_empty("deltaNum"));
    if (root.name != "ACLlist" || !delta || *delta == 0) return bad();
    acl out{.delta_num = *delta, .entries = {}};
    if (const auto* list = root.child("userACL")) {
        for (const auto* e : list->children("ace")) {
            LYCEUM_TRY(auto entry, read(*e));
            out.entries.push_back(std::move(entry));
        }
    }
    return out;
}

} // namespace lyceum::conmgmt
