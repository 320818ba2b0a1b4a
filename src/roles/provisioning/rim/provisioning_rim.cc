#include "roles/provisioning/rim/provisioning_rim.h"

#include "base/text.h"

namespace lyceum::roles::provisioning {

using sip::header;

provisioning_rim::provisioning_rim(sipstack::stack& s,
                                   sipstack::dispatch& d,
                                   sipstack::subscriptions& subs,
                                   const directory::snapshot& people,
                                   const settings& set)
    : stack_(s), subscriptions_(subs), people_(people), settings_(set) {
    for (const char* event : {"vnd-microsoft-provisioning-v2", "vnd-microsoft-provisioning"}) {
        d.on_event(event, [this](sipstack::incoming&& in) { on_subscribe(in); });
    }
}

void provisioning_rim::on_subscribe(const sipstack::incoming& in) {
    const auto& m = in.message;
    const auto user = people_.find(in.about);
    if (!user) {
        stack_.respond(in.transaction, stack_.refusal_for(m, {404, diagnostics::id::user_unknown}));
        return;
    }
    std::string accept;
    for (const auto value : m.values(header::accept))
        accept += (accept.empty() ? "" : ",") + std::string(value);
    auto event = m.value(header::event);
    auto type = m.value(header::content_type);
    request asked;
    asked.event = trim(split_first(event, ';'));
    asked.accept = accept;
    asked.content_type = trim(split_first(type, ';'));
    asked.body = m.body();
    asked.from = in.user ? in.user->aor : sip::aor{};
    asked.to = in.about;
    asked.on_behalf_of = m.value("p-session-on-behalf-of");
    const auto found = answer(asked, *user, settings_);
    if (!found) {
        stack_.respond(in.transaction, stack_.refusal_for(m, found.error()));
        return;
    }
    subscriptions_.accept(in, subscription::document{found->content_type, found->body}, {});
}

} // namespace lyceum::roles::provisioning
