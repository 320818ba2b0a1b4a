#include "directory/snapshot.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::directory {
namespace {

bool is_meant(const store::trusted_peer& peer, std::string_view transport) {
    return peer.transport.empty() || iequals(peer.transport, transport);
}

snapshot::peer first_of(const std::vector<snapshot::peer>& all, std::string_view transport) {
    const auto it =
        std::ranges::find_if(all, [&](const auto& p) { return is_meant(*p, transport); });
    return it == all.end() ? nullptr : *it;
}

} // namespace

bool snapshot::host_less::operator()(std::string_view a, std::string_view b) const {
    return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

void snapshot::set_trusted(std::vector<store::trusted_peer> peers) {
    by_host_.clear();
    by_address_.clear();
    for (auto& p : peers) {
        const auto shared = std::make_shared<const store::trusted_peer>(std::move(p));
        by_host_[shared->host].push_back(shared);
        if (const auto address = ip_address::parse(shared->host))
            by_address_[*address].push_back(shared);
    }
}

const snapshot::entries& snapshot::entries_of(std::string_view host) const {
    static const entries none;
    const auto it = by_host_.find(host);
    return it == by_host_.end() ? none : it->second;
}

snapshot::peer snapshot::trusted(std::string_view host, std::string_view transport) const {
    return first_of(entries_of(host), transport);
}

snapshot::peer snapshot::trusted(const ip_address& address, std::string_view transport) const {
    const auto it = by_address_.find(address);
    return it == by_address_.end() ? nullptr : first_of(it->second, transport);
}

bool snapshot::open_to_clients(std::string_view host,
                               std::string_view transport,
                               std::uint16_t port) const {
    return std::ranges::any_of(entries_of(host), [&](const peer& p) {
        if (!is_meant(*p, transport)) return false;
        if (port == 0) return true;
        if (!p->ports.empty()) return std::ranges::find(p->ports, port) != p->ports.end();
        // Phones register where they like; anything else speaks SIP where SIP is spoken.
        return p->may_register || port == (iequals(transport, "tls") ? 5061 : 5060);
    });
}

} // namespace lyceum::directory
