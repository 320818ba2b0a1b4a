#include "credentials/builtin/verifier.h"

#include "base/check.h"
#include "base/log/log.h"
#include "base/text.h"
#include "credentials/builtin/throttle.h"
#include "protocol/ntlm/server.h"

#include <algorithm>
#include <mutex>

namespace lyceum::credentials::builtin {
namespace {

constexpr std::size_t max_login = 128;

/// As claimed, for the log: not longer than reasonable, and never half a character.
std::string claimed(const ntlm::authenticate_message& m) {
    std::string out = m.domain.empty() ? m.user : m.domain + '\\' + m.user;
    if (out.size() <= max_login) return out;
    auto end = max_login;
    while (end > 0 && (static_cast<std::uint8_t>(out[end]) & 0xC0U) == 0x80U)
        --end;
    out.resize(end);
    return out;
}

/// The guesses at the passwords of one kind of login.
struct guesses {
    throttle by_user;
    throttle by_peer;

    explicit guesses(const settings& s)
        : by_user({s.failures, s.first_pause, s.longest_user_pause, s.forget, s.max_remembered}),
          by_peer({s.failures, s.first_pause, s.longest_pause, s.forget, s.max_remembered}) {}
};

class builtin_verifier final : public verifier {
public:
    builtin_verifier(store::users& users,
                     const crypto::seal_key& key,
                     const environment& world,
                     const settings& s)
        : users_(users), key_(key), world_(world), real_(s), nobodys_(s),
          nobody_(sip::aor::from("sip:nobody@invalid").value_or(sip::aor())) {
        // A fixed nonce: it is always the same text that is sealed, and it is no secret.
        nobodys_secret_ =
            crypto::seal(key_, crypto::seal_nonce{}, as_bytes(nobody_.text()), ntlm::octets16{});
        nobodys_secret_.insert(nobodys_secret_.begin(), crypto::seal_nonce{}.size(), 0);
        nobodys_secret_.insert(nobodys_secret_.begin(), 1);
    }

    verdict verify(const ntlm_proof& proof) override {
        const auto m = ntlm::parse_authenticate(proof.authenticate);
        if (!m) return refused{refused::why::malformed, {}};
        const auto login = claimed(*m);
        auto found = find(*m);
        if (!found) return std::move(found).error();
        const auto& user = *found;

        // The same steps for a login of nobody, with the secret of nobody.
        auto asked = users_.secret(user ? user->aor : nobody_);
        if (!asked) return std::move(asked).error();
        const auto& sealed = *asked;
        const bool has_secret = user && sealed;
        const auto hash = has_secret ? open_nt_hash(key_, user->aor, *sealed)
                                     : open_nt_hash(key_, nobody_, nobodys_secret_);
        if (!hash) {
            return unavailable{"the secret of " + (user ? user->aor.text() : nobody_.text()) +
                               " cannot be opened with this deployment's key"};
        }

        const auto name = user ? user->aor.text() : to_lower(login);
        if (!charge(user.has_value(), name, proof.peer))
            return refused{refused::why::throttled, login};
        const auto agreed = ntlm::check(*m, proof.challenge, *hash);
        if (!user) return refused{refused::why::unknown_user, login};
        if (!agreed) return why_not(agreed.error(), login);
        if (!has_secret) return refused{refused::why::wrong_password, login};
        forgive(name, proof.peer);
        if (!user->enabled) return refused{refused::why::disabled, login};
        return proven{*user, agreed->key, agreed->flags};
    }

private:
    /// alice@contoso.test without a domain is first looked for as an AOR, then as a login in a
    /// domain.
    store::stored<std::optional<people::user>> find(const ntlm::authenticate_message& m) {
        const auto at = m.domain.empty() ? m.user.rfind('@') : std::string::npos;
        if (at == std::string::npos) return users_.find_login(m.user, m.domain);
        if (const auto aor = sip::aor::from("sip:" + m.user)) {
            auto found = users_.find(*aor);
            if (!found || found->has_value()) return found;
        }
        return users_.find_login(m.user.substr(0, at), m.user.substr(at + 1));
    }

    /// Counts the attempt as a failure before it is looked at: who asks in parallel gets no more
    /// guesses than who asks in turn. False: not now.
    bool charge(bool real, const std::string& name, const std::string& peer) {
        const auto now = world_.now();
        const auto pair = name + '\n' + peer;
        const std::scoped_lock lock(mutex_);
        auto& g = real ? real_ : nobodys_;
        if (g.by_user.refuses(name, now) || g.by_peer.refuses(pair, now)) return false;
        g.by_user.failed(name, now);
        g.by_peer.failed(pair, now);
        return true;
    }
    void forgive(const std::string& name, const std::string& peer) {
        const auto pair = name + '\n' + peer;
        const std::scoped_lock lock(mutex_);
        real_.by_user.succeeded(name);
        real_.by_peer.succeeded(pair);
    }

    static verdict why_not(ntlm::refusal r, const std::string& login) {
        if (r == ntlm::refusal::wrong_password) return refused{refused::why::wrong_password, login};
        // A client that is set up to speak NTLMv1 only: somebody has to change its policy.
        log::write(log::level::info,
                   "credentials",
                   "ntlm_not_accepted",
                   {{"login", login}, {"why", ntlm::name(r)}});
        return refused{refused::why::malformed, login};
    }

    store::users& users_;
    crypto::seal_key key_;
    const environment& world_;
    std::mutex mutex_; ///< of the two below
    guesses real_;
    guesses nobodys_; ///< apart, so that invented logins cannot push real ones out
    sip::aor nobody_;
    store::sealed_secret nobodys_secret_;
};

} // namespace

std::unique_ptr<verifier> make_verifier(store::users& users,
                                        const crypto::seal_key& key,
                                        const environment& world,
                                        const settings& s) {
    LYCEUM_CHECK(s.failures >= 1 && s.max_remembered >= 1);
    return std::make_unique<builtin_verifier>(users, key, world, s);
}

} // namespace lyceum::credentials::builtin
