#include "apps/lyceum/certificates.h"
#include "apps/lyceum/openssl.h"
#include "base/ip_endpoint.h"
#include "base/text.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace lyceum::apps::console {
namespace {

bio reader(const std::string& pem) {
    return bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

x509 read_one(BIO* b) {
    return x509(PEM_read_bio_X509(b, nullptr, nullptr, nullptr));
}

wall_instant time_of(const ASN1_TIME* t) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(t, &parts) != 1) return {};
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::from_time_t(::timegm(&parts)));
}

std::string name_of(const GENERAL_NAME& n) {
    if (n.type == GEN_DNS) {
        const auto* s = n.d.dNSName;
        const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(s)),
                                    static_cast<std::size_t>(ASN1_STRING_length(s)));
        return to_lower(text);
    }
    if (n.type != GEN_IPADD) return {};
    const byte_view octets(ASN1_STRING_get0_data(n.d.iPAddress),
                           static_cast<std::size_t>(ASN1_STRING_length(n.d.iPAddress)));
    std::array<std::uint8_t, 16> all{};
    if (octets.size() == 4) all[10] = all[11] = 0xFF; // as ip_address keeps IPv4
    if (octets.size() != 4 && octets.size() != 16) return {};
    std::ranges::copy(octets, all.end() - static_cast<std::ptrdiff_t>(octets.size()));
    return ip_address(all).text();
}

std::vector<std::string> names_of(const X509* c) {
    std::vector<std::string> out;
    const general_names names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(c, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        auto text = name_of(*sk_GENERAL_NAME_value(names.get(), i));
        if (!text.empty()) out.push_back(std::move(text));
    }
    return out;
}

bool is_trusted(X509* leaf, STACK_OF(X509) * chain, const std::string& ca_pem) {
    const x509_store roots(X509_STORE_new());
    const auto b = reader(ca_pem);
    while (const auto ca = read_one(b.get()))
        X509_STORE_add_cert(roots.get(), ca.get());
    ERR_clear_error(); // the end of the file is one
    const x509_store_ctx context(X509_STORE_CTX_new());
    if (X509_STORE_CTX_init(context.get(), roots.get(), leaf, chain) != 1) return false;
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_NO_CHECK_TIME);
    return X509_verify_cert(context.get()) == 1;
}

} // namespace

std::expected<certificate_facts, std::string> read_certificate(const std::string& certificate_pem,
                                                               const std::string& key_pem,
                                                               const std::string& ca_pem) {
    const auto b = reader(certificate_pem);
    const auto leaf = read_one(b.get());
    if (leaf == nullptr) return std::unexpected("is no certificate in PEM form");
    const std::unique_ptr<STACK_OF(X509),
                          decltype([](STACK_OF(X509) * s) { sk_X509_pop_free(s, X509_free); })>
        chain(sk_X509_new_null());
    while (auto next = read_one(b.get()))
        sk_X509_push(chain.get(), next.release());
    ERR_clear_error();

    certificate_facts f;
    std::array<char, 256> subject{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(leaf.get()),
                              NID_commonName,
                              subject.data(),
                              static_cast<int>(subject.size()));
    f.subject = subject.data();
    f.names = names_of(leaf.get());
    f.not_before = time_of(X509_get0_notBefore(leaf.get()));
    f.not_after = time_of(X509_get0_notAfter(leaf.get()));
    const private_key key(
        PEM_read_bio_PrivateKey(reader(key_pem).get(), nullptr, nullptr, nullptr));
    f.key_fits = key != nullptr && X509_check_private_key(leaf.get(), key.get()) == 1;
    f.trusted = is_trusted(leaf.get(), chain.get(), ca_pem);
    ERR_clear_error();
    return f;
}

bool covers(const std::vector<std::string>& names, std::string_view host) {
    return std::ranges::any_of(names, [&](const std::string& n) {
        if (iequals(n, host)) return true;
        if (!n.starts_with("*.")) return false;
        const auto dot = host.find('.'); // RFC 6125 6.4.3: the star stands for one whole label
        return dot != std::string_view::npos && dot != 0 &&
               iequals(host.substr(dot), std::string_view(n).substr(1));
    });
}

} // namespace lyceum::apps::console
