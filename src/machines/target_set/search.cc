#include "machines/target_set/search.h"

#include "base/overloaded.h"
#include "base/text.h"

#include <algorithm>
#include <tuple>

namespace lyceum::target_set {
namespace {

/// The next number of the sequence that a handed-in one begins: a linear congruence, its good upper
/// bits.
std::uint64_t draw(std::uint64_t& state) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return state >> 33U;
}

/// RFC 3263 4.1: SIPS is TLS, which goes over TCP; SIP+D2T is not TLS.
std::optional<transport> transport_of_service(std::string_view service) {
    if (iequals(service, "SIPS+D2T")) return transport::tls;
    if (iequals(service, "SIP+D2T")) return transport::tcp;
    if (iequals(service, "SIP+D2U")) return transport::udp;
    return std::nullopt;
}

} // namespace

void order(std::vector<srv_record>& records, std::uint64_t random) {
    // Those of weight 0 stand first among their equals, so that they have a small chance only. Name
    // servers turn their records round: that must not make a difference.
    std::ranges::sort(records, {}, [](const srv_record& r) {
        return std::tuple(r.priority, r.weight, r.port, std::string_view(r.target));
    });
    for (auto at = records.begin(); at != records.end(); ++at) {
        const auto end = std::find_if(
            at, records.end(), [&](const srv_record& r) { return r.priority != at->priority; });
        std::uint64_t sum = 0;
        for (auto r = at; r != end; ++r)
            sum += r->weight;
        const auto pick = draw(random) % (sum + 1);
        std::uint64_t running = 0;
        auto chosen = at;
        for (auto r = at; r != end; ++r) {
            running += r->weight;
            if (running < pick) continue;
            chosen = r;
            break;
        }
        std::rotate(at, chosen, chosen + 1);
    }
}

void search::begin(actions& out) {
    if (plan_.numeric) {
        targets_.push_back(*plan_.numeric);
        done_ = true;
        out.emplace_back(found{});
        return;
    }
    // The names that there are without NAPTR records at once, too: most domains have none.
    naptr_pending_ = plan_.asks_naptr;
    if (naptr_pending_) out.emplace_back(lookup_naptr{plan_.domain});
    srv_.resize(plan_.srv.size());
    for (const auto& q : plan_.srv)
        out.emplace_back(lookup_srv{q.name});
    choose(out);
}

void search::on(event&& e, actions& out) {
    if (done_) return;
    const auto srv_of = [&](const std::string& name) -> srv_answer* {
        for (std::size_t i = 0; i < srv_.size(); ++i) {
            if (srv_[i].now == state::pending && iequals(plan_.srv[i].name, name)) return &srv_[i];
        }
        return nullptr;
    };
    const auto host_of = [&](const std::string& name) -> host_answer* {
        const auto it = hosts_.find(plain_name(name));
        return it != hosts_.end() && it->second.pending ? &it->second : nullptr;
    };
    std::visit(
        overloaded{
            [&](naptr_found&& f) {
                if (naptr_pending_ && f.name == plan_.domain) follow(std::move(f.records), out);
            },
            [&](naptr_failed&& f) {
                if (f.name == plan_.domain) naptr_pending_ = false;
            },
            [&](srv_found&& f) {
                auto* a = srv_of(f.name);
                if (a == nullptr) return;
                // RFC 2782: a single record for the root: the service is decidedly not there.
                const bool root = f.records.size() == 1 && plain_name(f.records[0].target).empty();
                a->now = root ? state::refused : f.records.empty() ? state::none : state::found;
                a->records = std::move(f.records);
            },
            [&](host_found&& f) {
                auto* h = host_of(f.name);
                if (h == nullptr) return;
                h->pending = false;
                h->addresses = std::move(f.addresses);
                h->addresses.resize(std::min(h->addresses.size(), max_addresses));
            },
            [&](lookup_failed&& f) {
                if (auto* a = srv_of(f.name)) {
                    a->now = state::none;
                } else if (auto* h = host_of(f.name)) {
                    h->pending = false;
                }
            },
        },
        std::move(e));
    if (!chosen_) choose(out);
    complete(out);
}

/// RFC 3263 4.1: services that are not spoken here are no use, and records by order, then by
/// preference.
void search::follow(std::vector<naptr_record> records, actions& out) {
    naptr_pending_ = false;
    std::ranges::sort(records, {}, [](const naptr_record& r) {
        return std::tuple(r.order, r.preference, std::string_view(r.replacement));
    });
    std::vector<srv_query> names;
    for (const auto& r : records) {
        const auto kind = transport_of_service(r.service);
        const auto name = plain_name(r.replacement);
        if (!kind || !iequals(r.flags, "s") || name.empty() || names.size() == max_pointers)
            continue;
        const bool spoken =
            std::ranges::find(plan_.srv, *kind, &srv_query::kind) != plan_.srv.end();
        const bool known = std::ranges::find(names, name, &srv_query::name) != names.end();
        if (spoken && !known) names.push_back({name, *kind});
    }
    if (names.empty()) return;
    std::vector<srv_answer> answers(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto asked = std::ranges::find(plan_.srv, names[i].name, &srv_query::name);
        if (asked != plan_.srv.end()) {
            answers[i] = srv_[static_cast<std::size_t>(asked - plan_.srv.begin())];
        } else {
            out.emplace_back(lookup_srv{names[i].name});
        }
    }
    plan_.srv = std::move(names);
    srv_ = std::move(answers);
}

/// Goes on to host names as soon as the answers of NAPTR and SRV allow.
void search::choose(actions& out) {
    if (chosen_ || naptr_pending_) return;
    for (std::size_t i = 0; i < srv_.size(); ++i) {
        if (srv_[i].now == state::pending) {
            use_.clear();
            return;
        }
        if (srv_[i].now != state::found) continue;
        use_.push_back(i);
        if (!plan_.exhaustive) break;
    }
    chosen_ = true;
    for (const auto& c : candidates_for(random_))
        want_host(c, out);
    complete(out);
}

std::vector<search::candidate> search::candidates_for(std::uint64_t random) const {
    std::vector<candidate> all;
    const auto add = [&](const std::string& host, std::uint16_t port, transport kind) {
        auto name = plain_name(host);
        if (!name.empty() && port != 0) all.push_back({std::move(name), port, kind});
    };
    for (const auto i : use_) {
        auto records = srv_[i].records;
        order(records, random + i);
        records.resize(std::min(records.size(), max_records));
        for (const auto& r : records)
            add(r.target, r.port, plan_.srv[i].kind);
    }
    if (!use_.empty() && !plan_.exhaustive) return all;
    for (const auto& h : plan_.hosts) {
        bool refused = false;
        for (std::size_t i = 0; i < srv_.size(); ++i) {
            refused = refused || (srv_[i].now == state::refused && plan_.srv[i].kind == h.kind);
        }
        if (!refused) add(h.host, h.port, h.kind);
    }
    return all;
}

void search::want_host(const candidate& c, actions& out) {
    const auto [it, added] = hosts_.try_emplace(c.host);
    if (!added) return;
    if (const auto address = ip_address::parse(c.host)) {
        it->second = {false, {*address}}; // not allowed in SRV, but clear
    } else {
        out.emplace_back(lookup_host{c.host});
    }
}

void search::complete(actions& out) {
    if (done_ || !chosen_) return;
    if (std::ranges::any_of(hosts_, [](const auto& h) { return h.second.pending; })) return;
    targets_ = targets_for(random_);
    done_ = true;
    out.emplace_back(found{});
}

std::vector<where> search::targets_for(std::uint64_t random) const {
    if (plan_.numeric) return {*plan_.numeric};
    std::vector<where> out;
    for (const auto& c : candidates_for(random)) {
        const auto host =
            hosts_.find(c.host); // of more records than are used others were asked for
        if (host == hosts_.end()) continue;
        for (const auto& address : host->second.addresses) {
            where w{c.kind, {address, c.port}, certificate_name(c.host)};
            if (std::ranges::find(out, w) == out.end()) out.push_back(std::move(w));
        }
    }
    return out;
}

/// The host connected to, as clients of this family expect, but only if it lies in the domain that
/// was asked for: else somebody who can forge DNS answers could lead us to a host of his own. RFC
/// 3263 4.1; "strict DNS naming" in digest MS-CONMGMT 3.1
std::string search::certificate_name(const std::string& host) const {
    const auto& d = plan_.domain;
    const bool within = host == d || (host.size() > d.size() && host.ends_with(d) &&
                                      host[host.size() - d.size() - 1] == '.');
    return within ? host : d;
}

std::optional<where> search::next() {
    if (tried_ == targets_.size()) return std::nullopt;
    return targets_[tried_++];
}

} // namespace lyceum::target_set
