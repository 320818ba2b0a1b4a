#include "base/overloaded.h"
#include "machines/user_agent/endpoint.h"

namespace lyceum::user_agent {

using sip::header;

// ---- requests of any kind

void endpoint::ask(wish::ask&& a, instant now, actions& out) {
    if (!sign_in_.is_in()) {
        out.emplace_back(notice::answered{a.id, 503, "not signed in", {}, {}});
        return;
    }
    auto m = self_.request(a.method, a.to);
    for (const auto& [name, value] : a.more)
        m.append(name, value);
    self_.finish(m);
    if (!a.body.empty()) m.set_body(a.content_type, a.body);
    transactions_.ask(std::move(m), {.whose = purpose::of::request, .im = a.id}, now, out);
}

void endpoint::on_request_answered(const transactions::answered& a, actions& out) {
    notice::answered n{a.of.im, a.status, "nobody answered", {}, {}};
    if (a.response) {
        n.why = explanation(*a.response);
        n.content_type = a.response->value(header::content_type);
        n.body = a.response->body();
    }
    out.emplace_back(std::move(n));
}

// ---- subscriptions

void endpoint::subscribe(wish::subscribe&& s, instant now, actions& out) {
    if (!sign_in_.is_in()) {
        out.emplace_back(notice::subscription_ended{s.id, 503, "not signed in"});
        return;
    }
    const auto id = ++last_watch_;
    auto& w = watches_.emplace(id, watch(self_, std::move(s))).first->second;
    carry_out(id, w.begin(), now, out);
}

void endpoint::unsubscribe(std::uint64_t named, instant now, actions& out) {
    for (auto& [id, w] : watches_) {
        if (w.id() != named || w.is_over()) continue;
        carry_out(id, w.leave(), now, out);
        return;
    }
}

void endpoint::on_watch_answered(const transactions::answered& a, instant now, actions& out) {
    const auto it = watches_.find(a.of.session);
    if (it == watches_.end()) return;
    carry_out(it->first,
              it->second.on_answered(a.request, a.status, a.response ? &*a.response : nullptr, now),
              now,
              out);
}

bool endpoint::notify_watch(const transactions::asked& a, instant now, actions& out) {
    const auto name = dialog::id_of_received(a.request);
    for (auto& [id, w] : watches_) {
        if (!w.has(name) || w.is_over()) continue;
        carry_out(id, w.on_notified(a, now), now, out);
        return true;
    }
    return false;
}

void endpoint::tick_watches(instant now, actions& out) {
    for (auto& [id, w] : watches_)
        carry_out(id, w.on_tick(now), now, out);
}

void endpoint::end_watches(const std::string& why, actions& out) {
    for (const auto& [id, w] : std::exchange(watches_, {})) {
        if (!w.is_over()) out.emplace_back(notice::subscription_ended{w.id(), 0, why});
    }
}

void endpoint::carry_out(std::uint64_t of, watch::todo&& todo, instant now, actions& out) {
    for (auto& a : todo) {
        std::visit(overloaded{
                       [&](watch::ask& x) {
                           transactions_.ask(std::move(x.request),
                                             {.whose = purpose::of::subscription, .session = of},
                                             now,
                                             out);
                       },
                       [&](watch::respond& x) {
                           transactions_.respond(x.id, std::move(x.response), now, out);
                       },
                       [&](watch::tell& x) { out.push_back(std::move(x.what)); },
                   },
                   a);
    }
}

} // namespace lyceum::user_agent
