#include "protocol/pres/publish.h"

#include "protocol/pres/names.h"
#include "protocol/xml/parse.h"

namespace lyceum::pres {
namespace {

constexpr auto rule = "digest MS-PRES 3.2";
constexpr std::uint32_t highest_container = 32767;

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

parsed<publication> read(const xml::element& e) {
    const auto instance = xml::number(e.attribute_value("instance").value_or("0"));
    const auto container = xml::number(e.attribute_value("container").value_or("0"));
    const auto version = xml::number(e.attribute_value("version").value_or("0"));
    const auto kind = read_expire_type(e.attribute_value("expireType").value_or("endpoint"));
    const auto values = e.children();
    if (!instance || !container || *container > highest_container || !version || !kind ||
        values.size() > 1) {
        return bad();
    }
    publication out{
        .category_name = std::string(e.attribute_or_empty("categoryName")),
        .instance = *instance,
        .container = static_cast<std::uint16_t>(*container),
        .version = *version,
        .expires_with = *kind,
    };
    if (out.category_name.empty()) return bad();
    if (const auto expires = e.attribute_value("expires")) {
        out.expires = xml::number(*expires);
        if (!out.expires) return bad();
    }
    if (!values.empty()) out.content = xml::outer(*values.front());
    return out;
}

} // namespace

parsed<publish> parse_publish(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    const auto* list = root.child("publications");
    if (root.name != "publish" || list == nullptr) return bad();
    publish out{.uri = std::string(list->attribute_or_empty("uri")), .publications = {}};
    for (const auto* e : list->children("publication")) {
        LYCEUM_TRY(auto p, read(*e));
        out.publications.push_back(std::move(p));
    }
    if (out.uri.empty() || out.publications.empty()) return bad();
    return out;
}

std::string serialise(const publish& r) {
    std::string out;
    xml::writer w(out);
    w.open("publish").attr("xmlns", ns::rich_presence).open("publications").attr("uri", r.uri);
    for (const auto& p : r.publications) {
        w.open("publication")
            .attr("categoryName", p.category_name)
            .attr("instance", p.instance)
            .attr("container", p.container)
            .attr("version", p.version)
            .attr("expireType", word(p.expires_with));
        if (p.expires) w.attr("expires", *p.expires);
        w.raw(p.content).close();
    }
    w.close().close();
    return out;
}

} // namespace lyceum::pres
