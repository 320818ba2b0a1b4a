#pragma once

#include "base/ip_endpoint.h"
#include "domain/people/user.h"
#include "store/trusted.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lyceum::directory {

/// The people and trusted peers of this deployment as one shard knows them: filled at start, kept
/// true by messages, read without a lock or a query on every request.
class snapshot {
public:
    /// nullptr when there is no such user. Disabled users are found too.
    [[nodiscard]] std::shared_ptr<const people::user> find(const sip::aor& aor) const {
        const auto it = users_.find(aor);
        return it == users_.end() ? nullptr : it->second;
    }
    void put(std::shared_ptr<const people::user> user) { users_.insert_or_assign(user->aor, user); }
    void remove(const sip::aor& aor) { users_.erase(aor); }
    [[nodiscard]] std::size_t size() const { return users_.size(); }

    using peer = std::shared_ptr<const store::trusted_peer>;
    /// The peer that lets somebody of this name or address in over this transport (udp, tcp, tls);
    /// nullptr if none. Asked for every message: one look-up.
    [[nodiscard]] peer trusted(std::string_view host, std::string_view transport) const;
    [[nodiscard]] peer trusted(const ip_address&, std::string_view transport) const;
    /// Whether clients may have requests sent to that name or address, at that port (0: one that
    /// its own DNS records name).
    [[nodiscard]] bool
    open_to_clients(std::string_view host, std::string_view transport, std::uint16_t port) const;
    /// Whether some entry has that name or address, whatever the transport.
    [[nodiscard]] bool lists(std::string_view host) const { return by_host_.contains(host); }
    /// Whether some entry is an address.
    [[nodiscard]] bool lists_addresses() const { return !by_address_.empty(); }
    void set_trusted(std::vector<store::trusted_peer> peers);

private:
    struct host_less { ///< names without regard to case
        using is_transparent = void;
        [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const;
    };
    using entries = std::vector<peer>; ///< of one host: one for each transport, or for any
    [[nodiscard]] const entries& entries_of(std::string_view host) const;

    std::unordered_map<sip::aor, std::shared_ptr<const people::user>, sip::aor_hash> users_;
    std::map<std::string, entries, host_less>
        by_host_; ///< names, and addresses as they are written
    std::map<ip_address, entries> by_address_;
};

} // namespace lyceum::directory
