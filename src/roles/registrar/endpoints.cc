#include "roles/registrar/endpoints.h"

#include "protocol/sip/uri.h"

namespace lyceum::roles::registrar {
namespace {

/// Contacts of plain SIP user agents are compared as URIs. RFC 3261 10.3 step 7, 19.1.4
bool same_contact(const std::string& a, const std::string& b) {
    if (a == b) return true;
    const auto left = sip::parse_uri(a);
    const auto right = sip::parse_uri(b);
    return left && right && sip::equivalent(*left, *right);
}

/// The same endpoint: identical epid and instance. [MS-SIPREGE] 3.1.2.5.1
/// Plain SIP user agents have neither and are told apart by their contact. RFC 3261 10.3
bool same_endpoint(const binding& a, const binding& b) {
    if (a.instance || b.instance) return a.instance == b.instance && a.epid == b.epid;
    return same_contact(a.contact, b.contact);
}

/// Whether a REGISTER is older than what it would change, or the very one that made it. Over a new
/// connection a client may count from the start again: what comes there is newer than what came
/// before. RFC 3261 10.3 step 7
bool is_out_of_order(const binding& b,
                     const way& where,
                     std::string_view call_id,
                     std::uint32_t cseq) {
    const bool same_way = !b.instance || b.where == where;
    return same_way && b.call_id == call_id && cseq <= b.cseq;
}

/// Longer intervals may not be refused as too brief, whatever is configured. RFC 3261 10.3 step 7
constexpr auto never_too_brief = 1h;

} // namespace

binding* endpoints::find(const binding& like) {
    const auto it =
        std::ranges::find_if(live_, [&](const auto& b) { return same_endpoint(b, like); });
    return it == live_.end() ? nullptr : &*it;
}

template <class Predicate>
void endpoints::end(Predicate which, std::vector<action>& out) {
    bool any = false;
    for (auto& b : live_) {
        if (!which(b)) continue;
        out.emplace_back(ended{b});
        any = true;
    }
    std::erase_if(live_, which);
    if (any) out.emplace_back(publish{});
}

std::optional<std::chrono::seconds>
endpoints::granted(bool is_client, std::optional<std::chrono::seconds> asked) const {
    if (is_client) return settings_->expires;
    const auto expires = std::min(asked.value_or(settings_->expires), settings_->expires);
    if (expires < settings_->min_expires && expires < never_too_brief) return std::nullopt;
    return expires;
}

void endpoints::on_renewed(const renewed& r, instant now, std::vector<action>& out) {
    auto& known = live_[r.which];
    const auto expires = granted(!r.is_plain && known.instance.has_value(), r.asked);
    if (!expires) {
        out.emplace_back(refuse_too_brief{});
        return;
    }
    known.call_id = r.call_id;
    known.from_tag = r.from_tag;
    known.cseq = r.cseq;
    known.user_agent = r.user_agent;
    known.expires = now + *expires;
    out.emplace_back(accept{effect::refreshed, known.epid, *expires});
}

void endpoints::on_registered(const registered& r, instant now, std::vector<action>& out) {
    const bool is_client = !r.is_plain && r.wanted.instance.has_value();
    const auto expires = granted(is_client, r.asked);
    if (!expires) {
        out.emplace_back(refuse_too_brief{});
        return;
    }
    binding* known = find(r.wanted);
    const auto what = known != nullptr ? effect::refreshed : effect::added;
    // Over a new connection the endpoint is the same one: requests go to the newest flow.
    const bool moved = known == nullptr || known->where != r.wanted.where ||
                       known->contact != r.wanted.contact || known->by != r.wanted.by ||
                       known->q != r.wanted.q;
    if (known == nullptr) {
        if (live_.size() >= settings_->max_endpoints) {
            out.emplace_back(ended{live_.front()});
            out.emplace_back(notify{live_.front(), "unregistered"});
            live_.erase(live_.begin());
        }
        known = &live_.emplace_back(r.wanted);
        known->registered = now;
    } else {
        const auto since = known->registered;
        *known = r.wanted;
        known->registered = since;
    }
    known->expires = now + *expires;
    if (what == effect::added) out.emplace_back(started{*known});
    out.emplace_back(accept{what, known->epid, *expires});
    if (moved) out.emplace_back(publish{});
}

bool endpoints::is_meant(const unregistered& u, const binding& b) {
    if (u.contact == "*") return b.where.flow == 0 || (b.instance && b.where == u.where);
    if (u.instance || b.instance) return b.instance == u.instance && b.epid == u.epid;
    return same_contact(b.contact, u.contact);
}

bool endpoints::is_late(const event& e) {
    if (const auto* r = std::get_if<registered>(&e)) {
        const auto& w = r->wanted;
        const auto* known = find(w);
        return known != nullptr && is_out_of_order(*known, w.where, w.call_id, w.cseq);
    }
    if (const auto* r = std::get_if<renewed>(&e)) {
        const auto& known = live_[r->which];
        return is_out_of_order(known, known.where, r->call_id, r->cseq);
    }
    // One that may not go keeps all. RFC 3261 10.3 steps 6, 7
    const auto* u = std::get_if<unregistered>(&e);
    return u != nullptr && std::ranges::any_of(live_, [&](const binding& b) {
               return is_meant(*u, b) && is_out_of_order(b, u->where, u->call_id, u->cseq);
           });
}

std::vector<endpoints::action> endpoints::update(std::span<const event> all, instant now) {
    // Judged by what was there before: contacts of one REGISTER share its CSeq, and may be equal.
    if (std::ranges::any_of(all, [&](const event& e) { return is_late(e); }))
        return {refuse_out_of_order{}};
    const auto before = all.size() > 1 ? live_ : std::vector<binding>();
    std::vector<action> out;
    for (const auto& e : all) {
        carry_out(e, now, out);
        if (out.empty() || !std::holds_alternative<refuse_too_brief>(out.back())) continue;
        if (all.size() > 1) live_ = before;
        return {refuse_too_brief{}};
    }
    return out;
}

std::vector<endpoints::action> endpoints::on(const event& e, instant now) {
    return update({&e, 1}, now);
}

void endpoints::carry_out(const event& e, instant now, std::vector<action>& out) {
    std::visit(
        overloaded{
            [&](const registered& r) { on_registered(r, now, out); },
            [&](const renewed& r) { on_renewed(r, now, out); },
            [&](const unregistered& u) {
                end([&](const binding& b) { return is_meant(u, b); }, out);
            },
            [&](const way_closed& c) {
                end([&](const binding& b) { return b.where.flow != 0 && b.where.flow == c.flow; },
                    out);
            },
            [&](const sponsor_gone& s) {
                end([&](const binding& b) { return b.by == s.who; }, out);
            },
            [&](const expelled& x) {
                for (const auto& b : live_)
                    out.emplace_back(notify{b, x.reason});
                end([](const binding&) { return true; }, out);
            },
            [&](const tick&) { end([&](const binding& b) { return b.expires <= now; }, out); },
        },
        e);
}

std::optional<instant> endpoints::deadline() const {
    if (live_.empty()) return std::nullopt;
    return std::ranges::min_element(live_, {}, &binding::expires)->expires;
}

} // namespace lyceum::roles::registrar
