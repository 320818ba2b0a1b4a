#include "net/sim/sim_resolver.h"

#include <stdexcept>

namespace lyceum::net::sim {

void sim_resolver::add_naptr(const std::string& name, naptr_record r, std::chrono::seconds ttl) {
    auto& a = table_[{dns_record::naptr, name}];
    a.outcome = lookup::found;
    a.pointers.push_back(std::move(r));
    a.ttl = ttl;
}

void sim_resolver::add_srv(const std::string& name, srv_record r, std::chrono::seconds ttl) {
    auto& a = table_[{dns_record::srv, name}];
    a.outcome = lookup::found;
    a.services.push_back(std::move(r));
    a.ttl = ttl;
}

void sim_resolver::add_host(const std::string& name,
                            std::string_view address,
                            std::chrono::seconds ttl) {
    const auto parsed = ip_address::parse(address);
    if (!parsed) throw std::invalid_argument(std::string(address)); // a mistake in a test
    auto& a = table_[{parsed->is_v4() ? dns_record::a : dns_record::aaaa, name}];
    a.outcome = lookup::found;
    a.addresses.push_back(*parsed);
    a.ttl = ttl;
}

void sim_resolver::ask(dns_question q, callback then) {
    asked_.push_back(q);
    if (mood_ == mood::is_silent || q.kind == ignored_) return;
    dns_answer a;
    if (mood_ == mood::answers) {
        const auto it = table_.find(q);
        if (it == table_.end()) {
            a.outcome = lookup::none;
        } else {
            a = it->second;
        }
    }
    world_.at(world_.now() + world_.delay(),
              [a = std::move(a), then = std::move(then)]() mutable { then(a); });
}

} // namespace lyceum::net::sim
