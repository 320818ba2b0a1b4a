#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace lyceum::apps::console {

/// OpenSSL's objects, freed at the end of their scope.
template <auto Free>
struct freed {
    template <class T>
    void operator()(T* p) const {
        Free(p);
    }
};
using bio = std::unique_ptr<BIO, freed<BIO_free_all>>;
using digest_context = std::unique_ptr<EVP_MD_CTX, freed<EVP_MD_CTX_free>>;
using private_key = std::unique_ptr<EVP_PKEY, freed<EVP_PKEY_free>>;
using x509 = std::unique_ptr<X509, freed<X509_free>>;
using x509_extension = std::unique_ptr<X509_EXTENSION, freed<X509_EXTENSION_free>>;
using x509_store = std::unique_ptr<X509_STORE, freed<X509_STORE_free>>;
using x509_store_ctx = std::unique_ptr<X509_STORE_CTX, freed<X509_STORE_CTX_free>>;
using general_names = std::unique_ptr<GENERAL_NAMES, freed<GENERAL_NAMES_free>>;

} // namespace lyceum::apps::console
