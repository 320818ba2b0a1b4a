#pragma once

#include "domain/people/user.h"
#include "store/trusted.h"

#include <memory>
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

    /// The peer that lets somebody of this name or address in over this transport (udp, tcp, tls);
    /// nullptr if none.
    [[nodiscard]] const store::trusted_peer* trusted(std::string_view host,
                                                     std::string_view transport) const;
    /// Whether clients may have requests sent to that name or address, at that port (0: one that
    /// its own DNS records name).
    [[nodiscard]] bool
    open_to_clients(std::string_view host, std::string_view transport, std::uint16_t port) const;
    [[nodiscard]] const std::vector<store::trusted_peer>& trusted_peers() const { return trusted_; }
    void set_trusted(std::vector<store::trusted_peer> peers) { trusted_ = std::move(peers); }

private:
    std::unordered_map<sip::aor, std::shared_ptr<const people::user>, sip::aor_hash> users_;
    std::vector<store::trusted_peer> trusted_;
};

} // namespace lyceum::directory
