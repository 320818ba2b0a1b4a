#pragma once

#include "base/instant.h"

#include <expected>
#include <string>
#include <vector>

namespace lyceum::apps::console {

/// A certificate and its private key, as PEM.
struct certificate_and_key {
    std::string certificate;
    std::string key; ///< PKCS #8, not encrypted: the file must be 0600
};

/// A new authority: EC P-256, good for ten years. The error is one line.
[[nodiscard]] std::expected<certificate_and_key, std::string>
make_authority(const std::string& domain);

/// A server's certificate of that authority: EC P-256, 825 days, for TLS servers and clients. Names
/// that are addresses become IP entries, the others DNS entries; the first one is the subject.
[[nodiscard]] std::expected<certificate_and_key, std::string>
make_server_certificate(const certificate_and_key& authority,
                        const std::vector<std::string>& names);

/// The names that a deployment's server certificate bears: [architecture] domain, sip.,
/// sipinternal., lyncdiscover., lyncdiscoverinternal., localhost, this host, loopback addresses;
/// fqdn first.
[[nodiscard]] std::vector<std::string> server_names(const std::vector<std::string>& domains,
                                                    const std::string& fqdn);

/// What `lyceum check` wants to know of a certificate file.
struct certificate_facts {
    std::string subject;
    std::vector<std::string> names; ///< DNS names and addresses
    wall_instant not_before;
    wall_instant not_after;
    bool key_fits = false; ///< the private key is this certificate's
    bool trusted = false;  ///< an authority of the CA file has signed it (its dates aside)
};
[[nodiscard]] std::expected<certificate_facts, std::string> read_certificate(
    const std::string& certificate_pem, const std::string& key_pem, const std::string& ca_pem);

/// Whether one of the names matches the host; *.domain matches one label.
[[nodiscard]] bool covers(const std::vector<std::string>& names, std::string_view host);

} // namespace lyceum::apps::console
