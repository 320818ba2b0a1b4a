#include "net/asio/tls_context.h"

#include "base/ip_endpoint.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <system_error>

namespace lyceum::net::asio {
namespace {

/// What OpenSSL says, in words for somebody who has the files before them.
std::string last_error() {
    const auto code = ERR_peek_error(); // the first one: what follows is what came of it
    const char* reason = ERR_reason_error_string(code);
    std::string text = "OpenSSL gives no reason";
    if (ERR_SYSTEM_ERROR(code)) {
        text = std::generic_category().message(ERR_GET_REASON(code));
    } else if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE) {
        text = "it is no PEM file of that kind";
    } else if (ERR_GET_LIB(code) == ERR_LIB_PEM &&
               (ERR_GET_REASON(code) == PEM_R_BAD_PASSWORD_READ ||
                ERR_GET_REASON(code) == PEM_R_BAD_DECRYPT)) {
        text = "it is encrypted; a server's key has to stand there without a password";
    } else if (reason != nullptr) {
        text = reason;
    }
    ERR_clear_error();
    return text;
}

std::unexpected<std::string> refuse(std::string what) {
    return std::unexpected(std::move(what) + ": " + last_error());
}

std::optional<int> version_of(const std::string& name) {
    if (name == "1.0") return TLS1_VERSION;
    if (name == "1.1") return TLS1_1_VERSION;
    if (name == "1.2") return TLS1_2_VERSION;
    if (name == "1.3") return TLS1_3_VERSION;
    return std::nullopt;
}

std::expected<tls_context, std::string> make(const SSL_METHOD* method, const tls_files& files) {
    tls_context ctx(SSL_CTX_new(method));
    if (!ctx) return refuse("cannot make a TLS context");
    const auto version = version_of(files.min_version);
    if (!version) return std::unexpected("unknown TLS version " + files.min_version);
    SSL_CTX_set_min_proto_version(ctx.get(), *version);
    if (*version < TLS1_2_VERSION)
        SSL_CTX_set_security_level(ctx.get(), 0); // old versions need SHA-1
    SSL_CTX_set_options(ctx.get(),
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                            SSL_OP_CIPHER_SERVER_PREFERENCE);
    // An idle connection owns no record buffers; writes may be cut and their buffer may move.
    SSL_CTX_set_mode(ctx.get(),
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                         SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // A record is read in one system call, not its five octets of header first.
    SSL_CTX_set_read_ahead(ctx.get(), 1);
    SSL_CTX_set_session_cache_mode(ctx.get(), SSL_SESS_CACHE_OFF);
    if (!files.certificate.empty()) {
        if (SSL_CTX_use_certificate_chain_file(ctx.get(), files.certificate.c_str()) != 1) {
            return refuse("cannot read the certificate " + files.certificate);
        }
        if (SSL_CTX_use_PrivateKey_file(ctx.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
            return refuse("cannot read the key " + files.key);
        }
        if (SSL_CTX_check_private_key(ctx.get()) != 1) {
            ERR_clear_error();
            return std::unexpected(files.key + " is not the key of " + files.certificate +
                                   "; `lyceum certificate renew` makes both anew");
        }
    }
    if (!files.ca.empty() &&
        SSL_CTX_load_verify_locations(ctx.get(), files.ca.c_str(), nullptr) != 1) {
        return refuse("cannot read the CA certificates " + files.ca);
    }
    return ctx;
}

} // namespace

std::expected<tls_context, std::string> make_server_context(const tls_files& files,
                                                            bool ask_for_certificate) {
    auto ctx = make(TLS_server_method(), files);
    if (!ctx) return ctx;
    // One ticket instead of two: a client resumes once after a restart, and the handshake is
    // cheaper.
    SSL_CTX_set_num_tickets(ctx->get(), 1);
    static constexpr unsigned char name[] = "lyceum";
    SSL_CTX_set_session_id_context(ctx->get(), name, sizeof name - 1);
    if (ask_for_certificate) {
        SSL_CTX_set_verify(ctx->get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    return ctx;
}

std::expected<tls_context, std::string> make_client_context(const tls_files& files) {
    auto ctx = make(TLS_client_method(), files);
    if (!ctx) return ctx;
    if (files.ca.empty()) SSL_CTX_set_default_verify_paths(ctx->get());
    SSL_CTX_set_verify(ctx->get(), SSL_VERIFY_PEER, nullptr);
    return ctx;
}

std::int64_t end_of_certificate(const SSL_CTX& context) {
    const X509* certificate = SSL_CTX_get0_certificate(&context);
    std::tm parts{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1)
        return 0;
    return ::timegm(&parts);
}

std::vector<std::string> peer_names(const SSL* ssl) {
    std::vector<std::string> out;
    X509* certificate = SSL_get0_peer_certificate(ssl);
    if (certificate == nullptr || SSL_get_verify_result(ssl) != X509_V_OK) return out;
    auto* names = static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* n = sk_GENERAL_NAME_value(names, i);
        if (n->type == GEN_DNS) {
            out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(n->d.dNSName)),
                             static_cast<std::size_t>(ASN1_STRING_length(n->d.dNSName)));
        } else if (n->type == GEN_IPADD) {
            const auto size = ASN1_STRING_length(n->d.iPAddress);
            const auto* octets = ASN1_STRING_get0_data(n->d.iPAddress);
            std::array<std::uint8_t, 16> address{};
            if (size == 4) {
                address[10] = address[11] = 0xFF;
                std::copy_n(octets, 4, address.begin() + 12);
            } else if (size == 16) {
                std::copy_n(octets, 16, address.begin());
            } else {
                continue;
            }
            out.push_back(ip_address(address).text());
        }
    }
    GENERAL_NAMES_free(names);
    return out;
}

void expect_peer(SSL* ssl, const std::string& name) {
    if (ip_address::parse(name)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    } else {
        SSL_set1_host(ssl, name.c_str());
        SSL_set_tlsext_host_name(ssl, name.c_str());
    }
}

} // namespace lyceum::net::asio
