#include "roles/provisioning/answer.h"

#include "base/text.h"
#include "protocol/inband/legacy.h"
#include "protocol/inband/request.h"

#include <algorithm>

namespace lyceum::roles::provisioning {
namespace {

using diagnostics::id;
using diagnostics::refusal;

/// Whether an Accept list lets a type through. No list accepts the event's own type. RFC
/// 6665 4.1.2.1, RFC 3261 20.1
bool accepts(std::string_view list, std::string_view type) {
    if (trim(list).empty()) return true;
    return std::ranges::any_of(split(list, ','), [&](std::string_view range) {
        const auto wanted = trim(split_first(range, ';'));
        return iequals(wanted, type) || wanted == "*/*" || iequals(wanted, "application/*");
    });
}

/// The group of that name; nothing when this deployment has none.
std::optional<inband::provision_group> group_of(std::string_view name, const settings& s) {
    if (name == "ServerConfiguration") return inband::to_group(s.server);
    if (name == "ucPolicy") return inband::to_group(s.calls);
    if (name == "userSetting") return inband::to_group(s.user);
    if (name == "locationPolicy") return inband::to_group(s.location);
    if (name == "mediaConfiguration") return inband::to_group(s.media);
    if (name == "persistentChatConfiguration") return inband::to_group(s.chat);
    return std::nullopt;
}

std::expected<document, refusal> settings_of(const request& r, const settings& s) {
    if (!r.content_type.empty() && !iequals(r.content_type, inband::content_type)) {
        return std::unexpected(diagnostics::refuse(id::content_type_unexpected));
    }
    const auto wanted = inband::parse_request(r.body);
    if (!wanted)
        return std::unexpected(diagnostics::refuse(id::xml_parse)); // assumed: digest MS-SIPREGE 12
    inband::provision out;
    for (const auto& w : wanted->groups) {
        auto group = group_of(w.name, s);
        const auto given = std::ranges::find(out.groups, w.name, &inband::provision_group::name);
        if (group && given == out.groups.end()) out.groups.push_back(*std::move(group));
    }
    return document{std::string(inband::content_type), inband::serialise(out)};
}

} // namespace

std::expected<document, refusal>
answer(const request& r, const people::user& u, const settings& s) {
    const bool legacy = iequals(r.event, inband::legacy::event);
    if (!legacy && !iequals(r.event, inband::event)) {
        return std::unexpected(refusal{489, id::default_user_services});
    }
    const auto type = legacy ? inband::legacy::content_type : inband::content_type;
    if (!accepts(r.accept, type)) return std::unexpected(refusal{406, id::content_type_unexpected});
    // A delegate asks for the delegator with p-session-on-behalf-of. Nobody has delegates yet.
    if (r.from != r.to || r.to != u.aor)
        return std::unexpected(diagnostics::refuse(id::from_not_allowed));
    if (!legacy) return settings_of(r, s);
    // A line would be one that a CSTA server controls; there is no such server.
    return document{std::string(type),
                    inband::legacy::serialise({.user_uri = u.aor.text(), .controlled = {}})};
}

} // namespace lyceum::roles::provisioning
