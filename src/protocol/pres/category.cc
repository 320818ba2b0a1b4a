#include "protocol/pres/category.h"

#include "protocol/pres/names.h"
#include "protocol/pres/timestamp.h"
#include "protocol/xml/parse.h"

#include <limits>
#include <utility>

namespace lyceum::pres {
namespace {

constexpr auto rule = "digest MS-PRES 3.4";

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

/// Reads an optional number: false when it is there and is none.
bool read_number(const xml::element& e, std::string_view name, std::optional<std::uint32_t>& out) {
    const auto text = e.attribute_value(name);
    if (!text) return true;
    out = xml::number(*text);
    return out.has_value();
}

} // namespace

std::string_view word(expire_type t) {
    switch (t) {
    case expire_type::never:
        return "static";
    case expire_type::endpoint:
        return "endpoint";
    case expire_type::user:
        return "user";
    case expire_type::time:
        return "time";
    }
    std::unreachable();
}

std::optional<expire_type> read_expire_type(std::string_view s) {
    for (const auto t :
         {expire_type::never, expire_type::endpoint, expire_type::user, expire_type::time}) {
        if (word(t) == s) return t;
    }
    return std::nullopt;
}

void write(xml::writer& w, const category& c) {
    w.open("category").attr("name", c.name);
    if (c.instance) w.attr("instance", *c.instance);
    if (c.publish_time) w.attr("publishTime", write_time(*c.publish_time));
    if (c.container) w.attr("container", *c.container);
    if (c.version) w.attr("version", *c.version);
    if (c.expires_with) w.attr("expireType", word(*c.expires_with));
    if (!c.endpoint_id.empty()) w.attr("endpointId", c.endpoint_id);
    if (c.expires) w.attr("expires", *c.expires);
    w.raw(c.content).close();
}

parsed<category> read_category(const xml::element& e) {
    category out{.name = std::string(e.attribute_or_empty("name"))};
    std::optional<std::uint32_t> container;
    if (out.name.empty() || !read_number(e, "instance", out.instance) ||
        !read_number(e, "container", container) || !read_number(e, "version", out.version) ||
        !read_number(e, "expires", out.expires)) {
        return bad();
    }
    if (container) {
        if (*container > std::numeric_limits<std::uint16_t>::max()) return bad();
        out.container = static_cast<std::uint16_t>(*container);
    }
    if (const auto time = e.attribute_value("publishTime")) {
        out.publish_time = read_time(*time);
        if (!out.publish_time) return bad();
    }
    if (const auto kind = e.attribute_value("expireType")) {
        out.expires_with = read_expire_type(*kind);
        if (!out.expires_with) return bad();
    }
    out.endpoint_id = e.attribute_or_empty("endpointId");
    const auto values = e.children();
    if (values.size() > 1) return bad();
    if (!values.empty()) out.content = xml::outer(*values.front());
    return out;
}

parsed<std::vector<category>> read_categories(const xml::element& parent) {
    std::vector<category> out;
    for (const auto* e : parent.children("category")) {
        LYCEUM_TRY(auto c, read_category(*e));
        out.push_back(std::move(c));
    }
    return out;
}

std::string serialise(const categories& d) {
    std::string out;
    xml::writer w(out);
    w.open("categories").attr("xmlns", ns::categories).attr("uri", d.uri);
    for (const auto& c : d.entries)
        write(w, c);
    w.close();
    return out;
}

parsed<categories> parse_categories(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    if (root.name != "categories" || root.attribute_or_empty("uri").empty()) return bad();
    LYCEUM_TRY(auto entries, read_categories(root));
    return categories{std::string(root.attribute_or_empty("uri")), std::move(entries)};
}

} // namespace lyceum::pres
