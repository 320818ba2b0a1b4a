#include "protocol/pres/subscribers.h"

#include "base/text.h"
#include "protocol/pres/names.h"
#include "protocol/xml/parse.h"

namespace lyceum::pres {
namespace {

std::unexpected<parse_error> bad(const char* rule) {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

std::string user_of(const xml::element& e) {
    auto out = to_lower(trim(e.attribute_or_empty("user")));
    if (out.starts_with("sip:")) out.erase(0, 4);
    return out;
}

} // namespace

void write(xml::writer& w, const std::vector<subscriber>& list) {
    w.open("subscribers").attr("xmlns", ns::subscribers);
    for (const auto& s : list) {
        w.open("subscriber")
            .attr("user", s.user)
            .attr("displayName", s.display_name)
            .flag("acknowledged", s.acknowledged)
            .close();
    }
    w.close();
}

parsed<std::vector<subscriber>> read_subscribers(const xml::element& parent) {
    std::vector<subscriber> out;
    for (const auto* e : parent.children("subscriber")) {
        const auto acknowledged = xml::boolean(e->attribute_or_empty("acknowledged"));
        subscriber s{user_of(*e),
                     std::string(e->attribute_or_empty("displayName")),
                     acknowledged.value_or(false)};
        if (s.user.empty() || !acknowledged) return bad("[MS-PRES] 2.2.2.6.1");
        out.push_back(std::move(s));
    }
    return out;
}

parsed<set_subscribers> parse_set_subscribers(std::string_view document) {
    constexpr auto rule = "[MS-PRES] 2.2.2.6.2";
    LYCEUM_TRY(const auto root, xml::parse(document));
    const auto list = root.children("subscriber");
    if (root.name != "setSubscribers" || list.size() != 1) return bad(rule);
    set_subscribers out{user_of(*list.front())};
    const auto acknowledged = xml::boolean(list.front()->attribute_or_empty("acknowledged"));
    if (out.user.empty() || acknowledged != true) return bad(rule); // fixed to true
    return out;
}

std::string serialise(const set_subscribers& r) {
    std::string out;
    xml::writer w(out);
    w.open("setSubscribers").attr("xmlns", ns::subscribers);
    w.open("subscriber").attr("user", r.user).flag("acknowledged", true).close().close();
    return out;
}

} // namespace lyceum::pres
