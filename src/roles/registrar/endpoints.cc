#include "roles/registrar/endpoints.h"

namespace lyceum::roles::registrar {
namespace {

/// The same endpoint: identical epid and instance. [MS-SIPREGE] 3.1.2.5.1
/// Plain SIP user agents have neither and are told apart by their contact. RFC 3261 10.3
bool same_endpoint(const binding& a, const binding& b) {
    if (a.instance || b.instance) return a.instance == b.instance && a.epid == b.epid;
    return a.contact == b.contact;
}

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

void endpoints::on_registered(const registered& r, instant now, std::vector<action>& out) {
    const bool is_client = r.wanted.instance.has_value();
    const auto expires = is_client
                             ? settings_->expires
                             : std::min(r.asked.value_or(settings_->expires), settings_->expires);
    if (!is_client && expires < settings_->min_expires) {
        out.emplace_back(refuse_too_brief{});
        return;
    }
    binding* known = find(r.wanted);
    if (known != nullptr && known->where == r.wanted.where && known->call_id == r.wanted.call_id &&
        r.wanted.cseq <= known->cseq) {
        out.emplace_back(refuse_out_of_order{});
        return;
    }
    const auto what = known != nullptr ? effect::refreshed : effect::added;
    // Over a new connection the endpoint is the same one: requests go to the newest flow.
    const bool moved =
        known == nullptr || known->where != r.wanted.where || known->contact != r.wanted.contact;
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
    known->expires = now + expires;
    out.emplace_back(accept{what, *known, expires});
    if (moved) out.emplace_back(publish{});
}

std::vector<endpoints::action> endpoints::on(const event& e, instant now) {
    std::vector<action> out;
    std::visit(
        overloaded{
            [&](const registered& r) { on_registered(r, now, out); },
            [&](const unregistered& u) {
                end(
                    [&](const binding& b) {
                        if (u.contact == "*")
                            return b.instance ? b.where == u.where : b.where.flow == 0;
                        if (u.instance || b.instance)
                            return b.instance == u.instance && b.epid == u.epid;
                        return b.contact == u.contact;
                    },
                    out);
            },
            [&](const way_closed& c) {
                end([&](const binding& b) { return b.where.flow != 0 && b.where.flow == c.flow; },
                    out);
            },
            [&](const expelled& x) {
                for (const auto& b : live_)
                    out.emplace_back(notify{b, x.reason});
                end([](const binding&) { return true; }, out);
            },
            [&](const tick&) { end([&](const binding& b) { return b.expires <= now; }, out); },
        },
        e);
    return out;
}

std::optional<instant> endpoints::deadline() const {
    if (live_.empty()) return std::nullopt;
    return std::ranges::min_element(live_, {}, &binding::expires)->expires;
}

} // namespace lyceum::roles::registrar
