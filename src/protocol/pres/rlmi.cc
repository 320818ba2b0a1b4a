#include "protocol/pres/rlmi.h"

#include "protocol/pres/names.h"
#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

#include <optional>
#include <utility>

namespace lyceum::pres {
namespace {

constexpr auto rule = "RFC 4662 5";

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

std::string_view word(instance_state s) {
    switch (s) {
    case instance_state::active:
        return "active";
    case instance_state::resubscribe:
        return "resubscribe";
    case instance_state::terminated:
        return "terminated";
    }
    std::unreachable();
}

std::optional<instance_state> read_state(std::string_view s) {
    for (const auto i :
         {instance_state::active, instance_state::resubscribe, instance_state::terminated}) {
        if (word(i) == s) return i;
    }
    return std::nullopt;
}

} // namespace

std::string serialise(const rlmi_list& l) {
    std::string out;
    xml::writer w(out);
    w.open("list")
        .attr("xmlns", ns::rlmi)
        .attr("uri", l.uri)
        .attr("version", l.version)
        .flag("fullState", l.full_state);
    for (const auto& r : l.resources) {
        w.open("resource").attr("uri", r.uri).open("instance").attr("id", "0");
        w.attr("state", word(r.state)); // pidgin-sipe crashes without it (sipe-notify.c)
        if (!r.cid.empty()) w.attr("cid", r.cid);
        if (!r.pool_fqdn.empty()) w.attr("poolFqdn", r.pool_fqdn);
        if (!r.reason.empty()) w.attr("reason", r.reason);
        w.close().close();
    }
    w.close();
    return out;
}

parsed<rlmi_list> parse_rlmi(std::string_view document) {
    LYCEUM_TRY(const auto root, xml::parse(document));
    const auto version = xml::number(root.attribute_or_empty("version"));
    const auto full = xml::boolean(root.attribute_or_empty("fullState"));
    if (root.name != "list" || !version || !full) return bad();
    rlmi_list out{.uri = std::string(root.attribute_or_empty("uri")),
                  .version = *version,
                  .full_state = *full,
                  .resources = {}};
    for (const auto* e : root.children("resource")) {
        const auto* i = e->child("instance");
        const auto state = i == nullptr ? std::nullopt : read_state(i->attribute_or_empty("state"));
        if (!state) return bad();
        out.resources.push_back({
            .uri = std::string(e->attribute_or_empty("uri")),
            .state = *state,
            .cid = std::string(i->attribute_or_empty("cid")),
            .pool_fqdn = std::string(i->attribute_or_empty("poolFqdn")),
            .reason = std::string(i->attribute_or_empty("reason")),
        });
    }
    return out;
}

} // namespace lyceum::pres
