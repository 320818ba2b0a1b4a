#include "protocol/conmgmt/contact_element.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::conmgmt {
namespace {

constexpr std::uint32_t highest_group = 64; // [MS-SIP] 9.1, groupID

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, schema_rule});
}

std::string text_of(const xml::element& e, std::string_view attribute) {
    return std::string(e.attribute_or_empty(attribute));
}

} // namespace

void write(xml::writer& out, std::string_view element_name, const people::group& g) {
    out.open(element_name)
        .attr("id", g.id)
        .attr("name", g.name)
        .attr("externalURI", g.external_uri)
        .close();
}

void write(xml::writer& out, std::string_view element_name, const people::contact& c, scheme how) {
    out.open(element_name)
        .attr("uri", how == scheme::with ? "sip:" + c.uri : c.uri)
        .attr("name", c.name)
        .attr("groups", write_group_ids(c.groups))
        .flag("subscribed", c.subscribed)
        .attr("externalURI", c.external_uri);
    if (!c.extension.empty()) out.open("contactExtension").raw(c.extension).close();
    out.close();
}

parsed<people::group> read_group(const xml::element& e) {
    const auto id = xml::number(e.attribute_or_empty("id"));
    const auto name = e.attribute_value("name");
    if (!id || *id > highest_group || !name) return bad();
    return people::group{*id, std::string(*name), text_of(e, "externalURI")};
}

parsed<people::contact> read_contact(const xml::element& e) {
    const auto uri = bare_uri(e.attribute_or_empty("uri"));
    const auto groups = read_group_ids(e.attribute_or_empty("groups"));
    const auto subscribed = xml::boolean(e.attribute_value("subscribed").value_or("true"));
    if (!uri || !groups || !subscribed) return bad();
    people::contact out{
        .uri = *uri,
        .name = text_of(e, "name"),
        .groups = *groups,
        .subscribed = *subscribed,
        .external_uri = text_of(e, "externalURI"),
        .extension = {},
    };
    if (const auto* extension = e.child("contactExtension")) out.extension = xml::inner(*extension);
    return out;
}

std::optional<std::string> bare_uri(std::string_view uri) {
    uri = trim(uri);
    const auto address =
        sip::aor::from(istarts_with(uri, "sip:") ? std::string(uri) : "sip:" + std::string(uri));
    if (!address) return std::nullopt;
    return std::string(address->without_scheme());
}

std::optional<std::vector<std::uint32_t>> read_group_ids(std::string_view text) {
    std::vector<std::uint32_t> out;
    for (const auto word : split(text, ' ')) {
        const auto id = to_u32(word);
        if (!id || *id > highest_group) return std::nullopt;
        if (*id != 0) out.push_back(*id);
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

std::string write_group_ids(const std::vector<std::uint32_t>& ids) {
    std::string out;
    for (const auto id : ids) {
        if (!out.empty()) out += ' ';
        append_number(out, id);
    }
    return out;
}

} // namespace lyceum::conmgmt
