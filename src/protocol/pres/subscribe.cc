#include "protocol/pres/subscribe.h"

#include "base/text.h"
#include "protocol/pres/names.h"
#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

namespace lyceum::pres {
namespace {

constexpr auto rule = "[MS-PRES] 2.2.2.4.1";

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

parsed<subscribe_action> read(const xml::element& e) {
    const auto name = e.attribute_or_empty("name");
    const auto id = xml::number(e.attribute_value("id").value_or("0"));
    const auto* resources = e.child("adhocList");
    if ((name != "subscribe" && name != "unsubscribe") || !id || resources == nullptr) return bad();
    subscribe_action out{
        .subscribe = name == "subscribe", .id = *id, .resources = {}, .categories = {}};
    for (const auto* r : resources->children("resource")) {
        out.resources.push_back(
            {std::string(trim(r->attribute_or_empty("uri"))), r->child("context") != nullptr});
        if (out.resources.back().uri.empty()) return bad();
    }
    if (const auto* categories = e.child("categoryList")) {
        for (const auto* c : categories->children("category")) {
            out.categories.emplace_back(c->attribute_or_empty("name"));
            if (out.categories.back().empty()) return bad();
        }
    }
    if (out.subscribe && out.categories.empty()) return bad();
    return out;
}

void write_context(xml::writer& w) { // [MS-PRES] 6.13
    w.open("context").open("subscriptionContext").attr("xmlns", ns::subscription_context);
    w.attr("majorVersion", "1").attr("minorVersion", "0");
    w.open("watcher").leaf("contactList").close().close().close();
}

} // namespace

parsed<batch_subscribe> parse_batch_subscribe(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    batch_subscribe out{.uri = std::string(trim(root.attribute_or_empty("uri"))), .actions = {}};
    for (const auto* e : root.children("action")) {
        LYCEUM_TRY(auto a, read(*e));
        out.actions.push_back(std::move(a));
    }
    if (root.name != "batchSub" || out.uri.empty() || out.actions.empty()) return bad();
    return out;
}

std::string serialise(const batch_subscribe& b) {
    std::string out;
    xml::writer w(out);
    w.open("batchSub").attr("xmlns", ns::batch_subscribe).attr("uri", b.uri).attr("name", "");
    for (const auto& a : b.actions) {
        w.open("action").attr("name", a.subscribe ? "subscribe" : "unsubscribe").attr("id", a.id);
        w.open("adhocList");
        for (const auto& r : a.resources) {
            w.open("resource").attr("uri", r.uri);
            if (r.context) write_context(w);
            w.close();
        }
        w.close();
        if (!a.categories.empty()) {
            w.open("categoryList").attr("xmlns", ns::category_list);
            for (const auto& c : a.categories)
                w.open("category").attr("name", c).close();
            w.close();
        }
        w.close();
    }
    w.close();
    return out;
}

} // namespace lyceum::pres
