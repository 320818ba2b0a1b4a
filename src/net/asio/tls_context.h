#pragma once

#include "net/asio/engine.h"

#include <openssl/ssl.h>

namespace lyceum::net::asio {

struct ssl_ctx_free {
    void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
};
struct ssl_free {
    void operator()(SSL* p) const { SSL_free(p); }
};
using tls_context = std::unique_ptr<SSL_CTX, ssl_ctx_free>;
using tls_session = std::unique_ptr<SSL, ssl_free>;

/// For accepting; ask_for_certificate makes the peer's certificate mandatory.
[[nodiscard]] std::expected<tls_context, std::string> make_server_context(const tls_files&,
                                                                          bool ask_for_certificate);
/// For connecting: the peer is always verified; our own certificate is shown when asked for.
[[nodiscard]] std::expected<tls_context, std::string> make_client_context(const tls_files&);

/// When the certificate that is shown ends: seconds since 1970, as the certificate counts them.
[[nodiscard]] std::int64_t end_of_certificate(const SSL_CTX&);

/// DNS names and addresses that the peer's verified certificate holds; empty when it showed none.
[[nodiscard]] std::vector<std::string> peer_names(const SSL*);
/// Sets whom the peer must be: a DNS name or an address.
void expect_peer(SSL*, const std::string& name);

} // namespace lyceum::net::asio
