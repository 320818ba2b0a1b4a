#include "base/crypto/seal.h"

#include "base/check.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace lyceum::crypto {
namespace {

constexpr std::size_t tag_size = 16;

struct free_context {
    void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, free_context>;

int size_of(byte_view b) {
    LYCEUM_CHECK(b.size() < (1U << 30U)); // secrets are short; EVP counts in int
    return static_cast<int>(b.size());
}

} // namespace

byte_vector seal(const seal_key& key, const seal_nonce& nonce, byte_view bound, byte_view plain) {
    const context c(EVP_CIPHER_CTX_new());
    byte_vector out(plain.size() + tag_size);
    int n = 0;
    LYCEUM_CHECK(c != nullptr);
    // The default nonce size of GCM is our 12 octets.
    LYCEUM_CHECK(
        EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1);
    LYCEUM_CHECK(EVP_EncryptUpdate(c.get(), nullptr, &n, bound.data(), size_of(bound)) == 1);
    LYCEUM_CHECK(EVP_EncryptUpdate(c.get(), out.data(), &n, plain.data(), size_of(plain)) == 1);
    LYCEUM_CHECK(EVP_EncryptFinal_ex(c.get(), out.data() + plain.size(), &n) == 1);
    LYCEUM_CHECK(EVP_CIPHER_CTX_ctrl(
                     c.get(), EVP_CTRL_GCM_GET_TAG, tag_size, out.data() + plain.size()) == 1);
    return out;
}

std::optional<byte_vector>
open(const seal_key& key, const seal_nonce& nonce, byte_view bound, byte_view sealed) {
    if (sealed.size() < tag_size) return std::nullopt;
    const auto cipher = sealed.first(sealed.size() - tag_size);
    std::array<std::uint8_t, tag_size> tag{};
    std::ranges::copy(sealed.last(tag_size), tag.begin());

    const context c(EVP_CIPHER_CTX_new());
    byte_vector out(cipher.size() + 1); // never empty: EVP takes a null pointer for associated data
    int n = 0;
    LYCEUM_CHECK(c != nullptr);
    LYCEUM_CHECK(
        EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) == 1);
    LYCEUM_CHECK(EVP_DecryptUpdate(c.get(), nullptr, &n, bound.data(), size_of(bound)) == 1);
    LYCEUM_CHECK(EVP_DecryptUpdate(c.get(), out.data(), &n, cipher.data(), size_of(cipher)) == 1);
    LYCEUM_CHECK(EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1);
    if (EVP_DecryptFinal_ex(c.get(), out.data() + cipher.size(), &n) != 1) return std::nullopt;
    out.resize(cipher.size());
    return out;
}

byte_vector seal(const seal_key& key, random::source& random, byte_view bound, byte_view plain) {
    seal_nonce nonce{};
    random.fill(nonce);
    auto sealed = seal(key, nonce, bound, plain);
    sealed.insert(sealed.begin(), nonce.begin(), nonce.end());
    return sealed;
}

std::optional<byte_vector> open(const seal_key& key, byte_view bound, byte_view nonce_and_sealed) {
    seal_nonce nonce{};
    if (nonce_and_sealed.size() < nonce.size()) return std::nullopt;
    std::ranges::copy(nonce_and_sealed.first(nonce.size()), nonce.begin());
    return open(key, nonce, bound, nonce_and_sealed.subspan(nonce.size()));
}

} // namespace lyceum::crypto
