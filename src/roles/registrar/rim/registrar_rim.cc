#include "roles/registrar/rim/registrar_rim.h"

#include "base/log/log.h"
#include "base/text.h"
#include "protocol/sip/address.h"
#include "roles/registrar/register_request.h"

namespace lyceum::roles::registrar {
namespace {

using sip::header;

way way_of(const sipstack::path& p) {
    return {p.flow.value, static_cast<std::uint8_t>(p.kind), p.peer};
}

/// UAC;hop-hop=yes: CRLFs on this connection. digest MS-CONMGMT 3.2
bool wants_keep_alive(std::string_view value) {
    if (!iequals(trim(split_first(value, ';')), "UAC")) return false;
    while (!value.empty()) {
        auto parameter = split_first(value, ';');
        const auto name = trim(split_first(parameter, '='));
        if (iequals(name, "hop-hop") && iequals(trim(parameter), "yes")) return true;
    }
    return false;
}

sipstack::path path_of(const way& w) {
    return {static_cast<net::transport>(w.transport), {w.flow}, w.peer};
}

sipstack::account account_of(const sponsor& s) {
    return {s.host, static_cast<net::transport>(s.transport)};
}

} // namespace

registrar_rim::registrar_rim(
    sipstack::stack& s, sipstack::dispatch& d, const settings& set, publisher p, neighbours n)
    : stack_(s), dispatch_(d), settings_(set), publish_(std::move(p)), neighbours_(std::move(n)),
      registrations_(
          s.shard().metrics().make_gauge("lyceum_registrar_registrations", "Live endpoints")),
      registered_(s.shard().metrics().make_counter("lyceum_registrar_accepted_total",
                                                   "REGISTERs answered 200")),
      refused_(
          s.shard().metrics().make_counter("lyceum_registrar_refused_total", "REGISTERs refused")) {
    d.on_method(sip::method::register_,
                [this](sipstack::incoming&& in) { on_register(std::move(in)); });
    s.on_timer(timer_kind, [this](std::uint64_t id, instant now) {
        const auto it = by_timer_.find(id);
        if (it == by_timer_.end()) return;
        const auto [aor, when] = std::move(it->second);
        by_timer_.erase(it);
        const auto found = users_.find(aor);
        // An earlier timer took the place of this one: that one looks further.
        if (found == users_.end() || found->second.armed != when) return;
        found->second.armed.reset();
        carry_out(found->second, found->second.machine.on(endpoints::tick{}, now), nullptr, now);
        tidy(aor);
    });
}

void registrar_rim::on_register(sipstack::incoming&& in) {
    const auto now = stack_.shard().clock().now();
    const auto& aor = in.about;
    // The directory may have changed while this was on its way here, and a phone has no connection
    // that would have closed.
    if (!stack_.gate_keeper().may_be_here(aor)) {
        refused_.add();
        stack_.respond(in.transaction,
                       stack_.refusal_for(in.message, {403, diagnostics::id::user_disabled}));
        return;
    }
    observed seen;
    seen.where = way_of(in.from);
    seen.transport = net::name(in.from.kind);
    seen.cid = sipstack::cid_of(in.from.flow);
    seen.is_client = in.user != nullptr;
    if (in.trusted) {
        seen.by = {in.trusted->host, seen.where.transport};
        // The list may have changed while this was on its way here.
        if (!stack_.gate_keeper().honours(account_of(seen.by), true)) {
            refused_.add();
            stack_.respond(
                in.transaction,
                stack_.refusal_for(in.message, {403, diagnostics::id::from_not_allowed}));
            return;
        }
    }
    const auto known = users_.find(aor);
    std::span<const binding> there;
    if (known != users_.end()) there = known->second.machine.live();
    auto asked = read_register(in.message, aor, seen, there);
    if (!asked) {
        refused_.add();
        stack_.respond(in.transaction, stack_.refusal_for(in.message, asked.error()));
        return;
    }
    auto& u = known != users_.end()
                  ? known->second
                  : users_.emplace(aor, user{aor, endpoints(settings_)}).first->second;
    carry_out(u, u.machine.update(asked->events, now), &in, now);
    tidy(aor);
}

void registrar_rim::carry_out(user& u,
                              std::vector<endpoints::action>&& actions,
                              const sipstack::incoming* asked,
                              instant now) {
    const endpoints::accept* accepted = nullptr;
    int refused = 0;
    bool changed = false;
    for (const auto& a : actions) {
        std::visit(overloaded{
                       [&](const endpoints::accept& x) {
                           accepted = &x;
                           // A refresh is no news for an operator.
                           if (x.what == endpoints::effect::refreshed) {
                               log::write(log::level::debug,
                                          "registrar",
                                          "endpoint_refreshed",
                                          {{"user", u.aor.text()}, {"epid", x.epid}});
                           }
                       },
                       [&](const endpoints::started& x) {
                           log::write(log::level::info,
                                      "registrar",
                                      "endpoint_added",
                                      {{"user", u.aor.text()},
                                       {"epid", x.live.epid},
                                       {"agent", x.live.user_agent}});
                           neighbours_.started(u.aor, x.live);
                       },
                       [&](const endpoints::refuse_too_brief&) { refused = 423; },
                       [&](const endpoints::refuse_out_of_order&) { refused = 500; },
                       [&](const endpoints::publish&) { changed = true; },
                       [&](const endpoints::notify& n) { notify(u.aor, n); },
                       [&](const endpoints::ended& e) {
                           log::write(log::level::info,
                                      "registrar",
                                      "endpoint_ended",
                                      {{"user", u.aor.text()}, {"epid", e.gone.epid}});
                           neighbours_.ended(u.aor, e.gone);
                       },
                   },
                   a);
    }
    if (changed) {
        auto table = std::make_shared<sipstack::reachable_endpoints>();
        for (const auto& b : u.machine.live()) {
            const auto whose = account_of(b.by);
            table->push_back({b.epid, b.instance, b.contact, path_of(b.where), whose, b.q});
        }
        publish_(u.aor, std::move(table));
    }
    if (asked == nullptr) return;
    if (refused == 0) {
        registered_.add();
        answer(*asked, u, accepted, now);
        return;
    }
    refused_.add();
    auto response = stack_.response_for(asked->message, refused);
    if (refused == 423)
        response.append(header::min_expires, std::to_string(settings_.min_expires.count()));
    stack_.respond(asked->transaction, std::move(response));
}

void registrar_rim::answer(const sipstack::incoming& in,
                           const user& u,
                           const endpoints::accept* accepted,
                           instant now) {
    auto r = stack_.response_for(in.message, 200);
    for (const auto& b : u.machine.live())
        append_contact(r, b, now);
    // seen: pidgin-sipe 1.25 ignores a 200 without the header Expires.
    r.append(header::expires, std::to_string(accepted != nullptr ? accepted->expires.count() : 0));
    if (in.user == nullptr) // RFC 3261 10.3 step 8; clients got theirs with the challenge
        r.append(header::date, date_.at(stack_.shard().clock().wall_now()));
    if (accepted != nullptr && in.user != nullptr) {
        r.append(header::presence_state,
                 accepted->what == endpoints::effect::added ? "register-action=\"added\""
                                                            : "register-action=\"refreshed\"");
        // Option tags one to a line, events without blanks. digest MS-SIPREGE 3.2
        const bool presence = dispatch_.allowed_events().contains("vnd-microsoft-roaming-self");
        if (presence) {
            r.append(header::supported, "adhoclist");
            r.append(header::supported, "msrtc-event-categories");
        }
        if (const auto& events = dispatch_.allowed_events(); !events.empty())
            r.append(header::allow_events, events);
    }
    // Only to who registers and asks for it. digest MS-CONMGMT 4 rules 5 and 6
    if (accepted != nullptr && wants_keep_alive(in.message.value(header::ms_keep_alive))) {
        r.append_joined(header::ms_keep_alive,
                        {"UAS; tcp=no; hop-hop=yes; end-end=no; timeout=",
                         std::to_string(stack_.settings().transport.keep_alive.count())});
    }
    stack_.respond(in.transaction, std::move(r));
}

void registrar_rim::notify(const sip::aor& whose, const endpoints::notify& n) {
    if (!n.gone.wants_notices) return;
    // [MS-SIPREGE] 2.2.1.13: unsolicited, in the dialog of the REGISTER's Call-ID.
    auto m = sip::message::request("NOTIFY", n.gone.contact);
    m.append(header::max_forwards, "70");
    m.append(header::from, "<" + whose.text() + ">;tag=" + stack_.shard().random().hex(8));
    std::string to = "<" + whose.text() + ">";
    if (!n.gone.from_tag.empty()) to += ";tag=" + n.gone.from_tag;
    if (!n.gone.epid.empty()) to += ";epid=" + n.gone.epid;
    m.append(header::to, to);
    m.append(header::call_id, n.gone.call_id);
    m.append(header::cseq, "1 NOTIFY");
    m.append(header::event, "registration-notify");
    m.append(header::subscription_state, "terminated;expires=0");
    const auto because =
        n.reason == "unregistered" ? diagnostics::id::endpoint_quota : expelled_because_;
    m.append(header::ms_diagnostics_public, diagnostics::public_value(because));
    m.set_body("text/registration-event", "deregistered;event=" + n.reason);
    stack_.send(std::move(m), path_of(n.gone.where), nullptr, 0);
}

void registrar_rim::tidy(const sip::aor& aor) {
    const auto it = users_.find(aor);
    if (it == users_.end()) return;
    auto& u = it->second;
    const auto live = u.machine.live().size();
    registrations_.add(static_cast<std::int64_t>(live) - static_cast<std::int64_t>(u.counted));
    u.counted = live;
    if (const auto when = u.machine.deadline(); !when) {
        // Who comes and goes all the time has one timer nevertheless: it is the last to go.
        if (!u.armed) users_.erase(it);
    } else if (!u.armed || *when < *u.armed) {
        u.armed = when;
        const auto id = next_timer_++;
        by_timer_.emplace(id, timer{aor, *when});
        stack_.deadlines().arm({timer_kind, id}, *when);
    }
}

void registrar_rim::on_flow_closed(const sip::aor& aor, net::flow_id flow) {
    const auto it = users_.find(aor);
    if (it == users_.end()) return;
    const auto now = stack_.shard().clock().now();
    carry_out(
        it->second, it->second.machine.on(endpoints::way_closed{flow.value}, now), nullptr, now);
    tidy(aor);
}

void registrar_rim::expel(const sip::aor& aor, const std::string& reason, diagnostics::id because) {
    const auto it = users_.find(aor);
    if (it == users_.end()) return;
    expelled_because_ = because;
    const auto now = stack_.shard().clock().now();
    carry_out(it->second, it->second.machine.on(endpoints::expelled{reason}, now), nullptr, now);
    tidy(aor);
}

void registrar_rim::on_trusted_changed() {
    std::vector<std::pair<sip::aor, sponsor>> gone;
    for (const auto& [aor, u] : users_) {
        for (const auto& b : u.machine.live()) {
            const bool stands =
                b.by.host.empty() || stack_.gate_keeper().honours(account_of(b.by), true);
            if (!stands) gone.emplace_back(aor, b.by);
        }
    }
    const auto now = stack_.shard().clock().now();
    for (const auto& [aor, who] : gone) {
        const auto it = users_.find(aor);
        if (it == users_.end()) continue; // both of its phones went with the first
        carry_out(
            it->second, it->second.machine.on(endpoints::sponsor_gone{who}, now), nullptr, now);
        tidy(aor);
    }
}

const std::vector<binding>* registrar_rim::live(const sip::aor& aor) const {
    const auto it = users_.find(aor);
    return it == users_.end() ? nullptr : &it->second.machine.live();
}

} // namespace lyceum::roles::registrar
