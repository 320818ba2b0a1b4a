#include "credentials/builtin/secret.h"

#include "protocol/ntlm/keys.h"

#include <algorithm>

namespace lyceum::credentials::builtin {
namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t max_password = 256; // what Windows takes at most

} // namespace

store::sealed_secret seal_nt_hash(const crypto::seal_key& key,
                                  const sip::aor& user,
                                  const ntlm::octets16& nt_hash,
                                  random::source& random) {
    auto out = crypto::seal(key, random, as_bytes(user.text()), nt_hash);
    out.insert(out.begin(), format);
    return out;
}

std::expected<store::sealed_secret, std::string> seal_nt_hash(const crypto::seal_key& key,
                                                              const sip::aor& user,
                                                              std::string_view password,
                                                              random::source& random) {
    if (password.empty()) return std::unexpected("the password is empty");
    if (password.size() > max_password)
        return std::unexpected("the password is longer than 256 octets");
    const auto hash = ntlm::nt_hash(password);
    if (!hash) return std::unexpected("the password is not UTF-8");
    return seal_nt_hash(key, user, *hash, random);
}

std::optional<ntlm::octets16> open_nt_hash(const crypto::seal_key& key,
                                           const sip::aor& user,
                                           const store::sealed_secret& sealed) {
    ntlm::octets16 out{};
    if (sealed.empty() || sealed.front() != format) return std::nullopt;
    const auto plain = crypto::open(key, as_bytes(user.text()), byte_view(sealed).subspan(1));
    if (!plain || plain->size() != out.size()) return std::nullopt;
    std::ranges::copy(*plain, out.begin());
    return out;
}

} // namespace lyceum::credentials::builtin
