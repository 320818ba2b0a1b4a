#include "base/text.h"
#include "store/soci/tables.h"

#include <soci/soci.h>

namespace lyceum::store::soci {
namespace {

using ::soci::into;
using ::soci::session;
using ::soci::use;

bool delete_peer(session& s, const std::string& host, const std::string& transport) {
    int n = 0;
    s << "SELECT COUNT(*) FROM trusted_peers WHERE host = :host AND transport = :transport",
        into(n), use(host), use(transport);
    s << "DELETE FROM trusted_peers WHERE host = :host AND transport = :transport", use(host),
        use(transport);
    return n != 0;
}

class trusted_table final : public store::trusted {
public:
    explicit trusted_table(sessions& s) : sessions_(s) {}

    stored<std::vector<trusted_peer>> all() override {
        return sessions_.read("trusted.all", [](session& s) {
            trusted_peer peer;
            int may_register = 0;
            std::string domains;
            std::string ports;
            ::soci::statement st =
                (s.prepare << "SELECT host, transport, may_register, domains, ports "
                              "FROM trusted_peers ORDER BY host, transport",
                 into(peer.host),
                 into(peer.transport),
                 into(may_register),
                 into(domains),
                 into(ports));
            std::vector<trusted_peer> out;
            st.execute();
            while (st.fetch()) {
                peer.may_register = may_register != 0;
                peer.domains.clear();
                for (const auto d : split(domains, ' '))
                    peer.domains.emplace_back(d);
                peer.ports.clear();
                for (const auto p : split(ports, ' ')) {
                    if (const auto n = to_u32(p); n && *n <= 65535)
                        peer.ports.push_back(static_cast<std::uint16_t>(*n));
                }
                out.push_back(peer);
            }
            return out;
        });
    }

    stored<bool> put(const trusted_peer& peer) override {
        return sessions_.write("trusted.put", [&](session& s) {
            delete_peer(s, peer.host, peer.transport);
            std::string domains; // names have no blanks
            for (const auto& d : peer.domains)
                domains += (domains.empty() ? "" : " ") + d;
            std::string ports;
            for (const auto p : peer.ports)
                ports += (ports.empty() ? "" : " ") + std::to_string(p);
            const int may_register = peer.may_register ? 1 : 0;
            s << "INSERT INTO trusted_peers (host, transport, may_register, domains, ports) "
                 "VALUES (:host, :transport, :may_register, :domains, :ports)",
                use(peer.host), use(peer.transport), use(may_register), use(domains), use(ports);
            return true;
        });
    }

    stored<bool> remove(const std::string& host, const std::string& transport) override {
        return sessions_.write("trusted.remove",
                               [&](session& s) { return delete_peer(s, host, transport); });
    }

private:
    sessions& sessions_;
};

} // namespace

std::unique_ptr<store::trusted> make_trusted(sessions& s) {
    return std::make_unique<trusted_table>(s);
}

} // namespace lyceum::store::soci
