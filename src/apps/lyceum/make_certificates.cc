#include "apps/lyceum/certificates.h"
#include "apps/lyceum/openssl.h"
#include "base/ip_endpoint.h"
#include "base/text.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace lyceum::apps::console {
namespace {

constexpr long day = 86400;

/// OpenSSL fails only for want of memory or by our mistake; the first error ends the making.
void must(bool done) {
    if (done) return;
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    const std::string text = reason != nullptr ? reason : "OpenSSL gives no reason";
    ERR_clear_error();
    throw std::runtime_error(text);
}

std::string pem_text(BIO* b) {
    char* at = nullptr;
    const auto n = BIO_get_mem_data(b, &at);
    return {at, static_cast<std::size_t>(n)};
}

std::string to_pem(X509* c) {
    const bio b(BIO_new(BIO_s_mem()));
    must(b != nullptr && PEM_write_bio_X509(b.get(), c) == 1);
    return pem_text(b.get());
}

std::string to_pem(EVP_PKEY* k) {
    const bio b(BIO_new(BIO_s_mem()));
    must(b != nullptr &&
         PEM_write_bio_PKCS8PrivateKey(b.get(), k, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return pem_text(b.get());
}

bio reader(const std::string& pem) {
    return bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

/// A fresh key and an unsigned certificate for it.
std::pair<x509, private_key> draft(const std::string& subject, long days) {
    private_key key(EVP_EC_gen("P-256"));
    x509 c(X509_new());
    must(key != nullptr && c != nullptr && X509_set_version(c.get(), X509_VERSION_3) == 1);

    const std::unique_ptr<BIGNUM, freed<BN_free>> serial(
        BN_new()); // RFC 5280 4.1.2.2: positive, at most 20 octets
    must(serial != nullptr && BN_rand(serial.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
    must(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(c.get())) != nullptr);

    // A day early: the clocks of phones are often behind.
    must(X509_gmtime_adj(X509_getm_notBefore(c.get()), -day) != nullptr);
    must(X509_gmtime_adj(X509_getm_notAfter(c.get()), (days - 1) * day) != nullptr);
    must(X509_set_pubkey(c.get(), key.get()) == 1);

    // RFC 5280 A.1: a common name has at most 64 characters. Nobody compares it where there are
    // other names.
    const std::string common = subject.size() <= 64 ? subject : "Lyceum";
    const auto* octets = reinterpret_cast<const unsigned char*>(common.c_str());
    must(X509_NAME_add_entry_by_txt(
             X509_get_subject_name(c.get()), "CN", MBSTRING_UTF8, octets, -1, -1, 0) == 1);
    return {std::move(c), std::move(key)};
}

void extend(X509* c, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, c, nullptr, nullptr, 0);
    const x509_extension e(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    must(e != nullptr && X509_add_ext(c, e.get(), -1) == 1);
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& n : names) {
        if (!out.empty()) out += ',';
        out += (ip_address::parse(n) ? "IP:" : "DNS:") + n;
    }
    return out;
}

} // namespace

std::expected<certificate_and_key, std::string> make_authority(const std::string& domain) {
    try {
        auto [c, key] = draft("Lyceum CA " + domain, 3653);
        must(X509_set_issuer_name(c.get(), X509_get_subject_name(c.get())) == 1);
        extend(c.get(), c.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
        extend(c.get(), c.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
        extend(c.get(), c.get(), NID_subject_key_identifier, "hash");
        must(X509_sign(c.get(), key.get(), EVP_sha256()) != 0);
        return certificate_and_key{to_pem(c.get()), to_pem(key.get())};
    } catch (const std::exception& e) {
        return std::unexpected(std::string("cannot make a certificate authority: ") + e.what());
    }
}

std::expected<certificate_and_key, std::string>
make_server_certificate(const certificate_and_key& authority,
                        const std::vector<std::string>& names) {
    try {
        const x509 ca(
            PEM_read_bio_X509(reader(authority.certificate).get(), nullptr, nullptr, nullptr));
        const private_key ca_key(
            PEM_read_bio_PrivateKey(reader(authority.key).get(), nullptr, nullptr, nullptr));
        const char* wrong = ca == nullptr       ? "ca.pem holds no certificate"
                            : ca_key == nullptr ? "ca.key holds no private key without a password"
                            : X509_check_private_key(ca.get(), ca_key.get()) != 1
                                ? "ca.key is not the key of ca.pem"
                                : nullptr;
        ERR_clear_error();
        if (wrong != nullptr)
            return std::unexpected(std::string("cannot make a server certificate: ") + wrong);
        auto [c, key] = draft(names.front(), 825);
        must(X509_set_issuer_name(c.get(), X509_get_subject_name(ca.get())) == 1);
        extend(c.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
        extend(c.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
        // Both: between servers whoever connects shows the same certificate.
        extend(c.get(), ca.get(), NID_ext_key_usage, "serverAuth,clientAuth");
        extend(c.get(), ca.get(), NID_subject_key_identifier, "hash");
        extend(c.get(), ca.get(), NID_authority_key_identifier, "keyid");
        extend(c.get(), ca.get(), NID_subject_alt_name, alternative_names(names));
        must(X509_sign(c.get(), ca_key.get(), EVP_sha256()) != 0);
        return certificate_and_key{to_pem(c.get()), to_pem(key.get())};
    } catch (const std::exception& e) {
        return std::unexpected(std::string("cannot make a server certificate: ") + e.what());
    }
}

std::vector<std::string> server_names(const std::vector<std::string>& domains,
                                      const std::string& fqdn) {
    std::vector<std::string> all{fqdn};
    for (const auto& d : domains) {
        for (const char* prefix :
             {"", "sip.", "sipinternal.", "lyncdiscover.", "lyncdiscoverinternal."}) {
            all.push_back(prefix + d);
        }
    }
    all.emplace_back("localhost");
    std::array<char, 256> host{};
    if (::gethostname(host.data(), host.size() - 1) == 0) {
        auto name = to_lower(host.data());
        const auto fine = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.'; };
        if (!name.empty() && std::ranges::all_of(name, fine)) all.push_back(std::move(name));
    }
    all.emplace_back("127.0.0.1");
    all.emplace_back("::1");
    std::vector<std::string> once;
    for (auto& n : all) {
        if (std::ranges::find(once, n) == once.end()) once.push_back(std::move(n));
    }
    return once;
}

} // namespace lyceum::apps::console
