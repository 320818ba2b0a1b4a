#include "net/caching_resolver.h"

#include "base/text.h"

namespace lyceum::net {

caching_resolver::caching_resolver(resolver& upstream, shard& s, const caching_settings& settings)
    : upstream_(upstream), shard_(s), settings_(settings), cache_(settings.keep),
      remembered_(s.metrics().make_counter("lyceum_net_dns_remembered_total",
                                           "Names that were answered from memory")),
      questions_(s.metrics().make_counter("lyceum_net_dns_questions_total",
                                          "Questions asked of name servers")),
      failed_(s.metrics().make_counter("lyceum_net_dns_failed_total",
                                       "Questions that no name server answered")),
      refused_(s.metrics().make_counter("lyceum_net_dns_refused_total",
                                        "Questions not asked: too many were under way")) {}

void caching_resolver::ask(dns_question q, callback then) {
    q.name = to_lower(q.name);
    if (q.name.ends_with('.')) q.name.pop_back();
    const auto now = shard_.clock().now();
    if (const auto known = cache_.find(q, now)) {
        remembered_.add();
        then(*known);
        return;
    }
    auto it = asked_.find(q);
    const bool fresh = it == asked_.end();
    if (waiting_ >= settings_.max_waiting || (fresh && asked_.size() >= settings_.max_questions)) {
        refused_.add();
        then(dns_answer{});
        return;
    }
    ++waiting_;
    if (!fresh && now < it->second.since + settings_.patience) {
        it->second.waiting.push_back(std::move(then));
        return;
    }
    // An answer that never came was lost between threads: those who waited for it wait for this
    // one.
    if (fresh) it = asked_.try_emplace(q).first;
    it->second.waiting.push_back(std::move(then));
    it->second.since = now;
    const auto number = it->second.number = next_++;
    questions_.add();
    upstream_.ask(q, [this, q, number](const dns_answer& a) { answered(q, number, a); });
}

void caching_resolver::answered(const dns_question& q, std::uint64_t number, const dns_answer& a) {
    const auto it = asked_.find(q);
    if (it == asked_.end() || it->second.number != number) return;
    if (a.outcome == lookup::failed) failed_.add();
    auto waiting = std::move(it->second.waiting);
    waiting_ -= waiting.size();
    asked_.erase(it);
    const auto answer = std::make_shared<const dns_answer>(a);
    cache_.put(q, answer, shard_.clock().now());
    for (auto& then : waiting)
        then(*answer);
}

} // namespace lyceum::net
