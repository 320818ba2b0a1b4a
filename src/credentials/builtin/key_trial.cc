#include "credentials/builtin/key_trial.h"

#include "credentials/builtin/secret.h"

namespace lyceum::credentials::builtin {
namespace {

constexpr std::size_t tried = 16;

} // namespace

std::string key_trial::advice(const std::string& file) const {
    if (!first_refused) return {};
    const auto whose = file + " does not open the password of " + first_refused->text();
    if (is_wrong()) return whose + ": put the right key back, or set every password anew";
    return whose + ", but those of others: set the password of whoever cannot sign in anew";
}

store::stored<key_trial> try_key(const crypto::seal_key& key, store::users& users) {
    const auto some = users.page({}, tried);
    if (!some) return std::unexpected(some.error());
    key_trial out;
    for (const auto& u : *some) {
        const auto read = users.secret(u.aor);
        if (!read) return std::unexpected(read.error());
        const auto& sealed = *read;
        if (sealed && open_nt_hash(key, u.aor, *sealed)) {
            ++out.opened;
            continue;
        }
        ++out.refused;
        if (!out.first_refused) out.first_refused = u.aor;
    }
    return out;
}

} // namespace lyceum::credentials::builtin
