#include "base/text.h"
#include "credentials/builtin/verifier.h"
#include "protocol/ntlm/client.h"
#include "protocol/ntlm/keys.h"
#include "store/logins.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

namespace lyceum::credentials::builtin {
namespace {

sip::aor aor(std::string_view name) {
    return *sip::aor::from("sip:" + std::string(name));
}

/// The people of a small deployment, in memory.
class few_users final : public store::users {
public:
    store::stored<std::vector<people::user>> all() override { return people_; }
    store::stored<std::vector<people::user>> page(const sip::aor&, std::size_t) override {
        return people_;
    }
    store::stored<std::optional<people::user>> find(const sip::aor& a) override {
        if (!reachable) return std::unexpected(unavailable{"gone"});
        const auto at = std::ranges::find(people_, a, &people::user::aor);
        return at == people_.end() ? std::nullopt : std::optional(*at);
    }
    store::stored<std::optional<people::user>> find_login(const std::string& login,
                                                          const std::string& domain) override {
        if (!reachable) return std::unexpected(unavailable{"gone"});
        std::vector<people::user> same;
        std::ranges::copy_if(people_, std::back_inserter(same), [&](const auto& u) {
            return iequals(u.login, login);
        });
        return store::pick_login(same, domain);
    }
    store::stored<std::optional<store::sealed_secret>> secret(const sip::aor& a) override {
        ++secrets_read;
        const auto at = secrets_.find(a);
        return at == secrets_.end() ? std::nullopt : std::optional(at->second);
    }
    store::stored<outcome> add(const people::user& u, const store::sealed_secret& s) override {
        people_.push_back(u);
        secrets_[u.aor] = s;
        return outcome::done;
    }
    store::stored<std::optional<std::size_t>> add_all(const std::vector<newcomer>& all) override {
        for (const auto& n : all)
            (void)add(n.who, n.secret);
        return std::nullopt;
    }
    store::stored<outcome> change(const people::user& u) override {
        const auto at = std::ranges::find(people_, u.aor, &people::user::aor);
        if (at == people_.end()) return outcome::unknown;
        *at = u;
        return outcome::done;
    }
    store::stored<outcome> set_secret(const sip::aor& a, const store::sealed_secret& s) override {
        secrets_[a] = s;
        return outcome::done;
    }
    store::stored<outcome> remove(const sip::aor& a) override {
        secrets_.erase(a);
        return outcome::done;
    }

    bool reachable = true;
    std::atomic<int> secrets_read = 0;

private:
    std::vector<people::user> people_;
    std::map<sip::aor, store::sealed_secret> secrets_;
};

class set_clock final : public environment {
public:
    instant time = instant() + 1h;
    [[nodiscard]] instant now() const override { return time; }
    [[nodiscard]] wall_instant wall_now() const override { return {}; }
};

struct deployment {
    crypto::seal_key key{1, 2, 3};
    random::seeded random{5};
    few_users users;
    set_clock clock;
    std::unique_ptr<verifier> v = make_verifier(users, key, clock);

    void add(std::string_view address,
             std::string_view domain,
             std::string_view password,
             bool enabled = true) {
        people::user u;
        u.aor = aor(address);
        u.login = std::string(u.aor.user());
        u.domain = domain;
        u.enabled = enabled;
        ASSERT_TRUE(users.add(u, *seal_nt_hash(key, u.aor, password, random)));
    }
    deployment() {
        add("alice@contoso.test", "CONTOSO", "Pa$$word");
        add("bob@contoso.test", "CONTOSO", "bobs");
        add("alice@fabrikam.test", "FABRIKAM", "other alice's");
        add("dora@contoso.test", "CONTOSO", "doras", false);
    }

    static ntlm_proof proof(std::string_view user,
                            std::string_view domain,
                            std::string_view password,
                            std::string_view peer = "192.0.2.1") {
        ntlm::challenge_message asked;
        asked.server_challenge = {1, 2, 3, 4, 5, 6, 7, 8};
        ntlm::freshness fresh;
        fresh.session_key.fill(0x55);
        const auto a = ntlm::answer_challenge(
            asked, {std::string(user), std::string(domain), "PC", *ntlm::nt_hash(password)}, fresh);
        ntlm_proof out{asked.server_challenge, {}, std::string(peer)};
        byte_writer w(out.authenticate);
        serialise(a->message, w);
        return out;
    }

    /// The AOR that is proven, or why not.
    std::string outcome(const ntlm_proof& p) {
        const auto got = v->verify(p);
        if (const auto* yes = std::get_if<proven>(&got)) {
            EXPECT_EQ(yes->session_key[0], 0x55);
            EXPECT_NE(yes->flags, 0u);
            return yes->user.aor.text();
        }
        if (std::holds_alternative<unavailable>(got)) return "unavailable";
        return name(std::get<refused>(got).reason);
    }
};

TEST(verifier, rows) {
    const struct {
        std::string_view user, domain, password, outcome;
    } rows[] = {
        {"alice", "CONTOSO", "Pa$$word", "sip:alice@contoso.test"},
        {"ALICE", "contoso", "Pa$$word", "sip:alice@contoso.test"},
        {"alice", "FABRIKAM", "other alice's", "sip:alice@fabrikam.test"},
        {"alice", "FABRIKAM", "Pa$$word", "wrong_password"},
        {"alice", "", "Pa$$word", "unknown_user"}, // there are two
        {"alice@contoso.test", "", "Pa$$word", "sip:alice@contoso.test"},
        {"Alice@Contoso.TEST", "", "Pa$$word", "sip:alice@contoso.test"},
        {"alice@fabrikam.test", "", "other alice's", "sip:alice@fabrikam.test"},
        {"alice@FABRIKAM", "", "other alice's", "sip:alice@fabrikam.test"}, // login in a domain
        {"bob", "", "bobs", "sip:bob@contoso.test"},
        {"bob", "WORKGROUP", "bobs", "sip:bob@contoso.test"},
        {"bob@elsewhere.test", "", "bobs", "sip:bob@contoso.test"},
        {"bob", "", "Bobs", "wrong_password"},
        {"bob", "", "", "wrong_password"},
        {"dora", "", "doras", "disabled"},
        {"dora", "", "wrong", "wrong_password"},
        {"nobody", "CONTOSO", "Pa$$word", "unknown_user"},
        {"", "", "", "unknown_user"},
        {"@", "", "x", "unknown_user"},
        {"nobody@invalid", "", "", "unknown_user"},
    };
    for (const auto& row : rows) {
        deployment d;
        EXPECT_EQ(d.outcome(deployment::proof(row.user, row.domain, row.password)), row.outcome)
            << row.domain << '\\' << row.user;
        EXPECT_EQ(d.users.secrets_read, 1); // the same work for everybody
    }
}

TEST(verifier, what_is_no_ntlmv2) {
    deployment d;
    auto p = deployment::proof("bob", "", "bobs");
    p.authenticate.resize(40);
    EXPECT_EQ(d.outcome(p), "malformed");
    auto m = *ntlm::parse_authenticate(deployment::proof("bob", "", "bobs").authenticate);
    for (const std::size_t size : {0U, 24U, 30U}) {
        m.nt_response.resize(size);
        p.authenticate.clear();
        byte_writer w(p.authenticate);
        serialise(m, w);
        EXPECT_EQ(d.outcome(p), "malformed") << size;
    }
    p = deployment::proof("bob", "", "bobs");
    p.challenge[0] ^= 1U; // answered to another challenge
    EXPECT_EQ(d.outcome(p), "wrong_password");
}

TEST(verifier, login_is_told_but_bounded) {
    deployment d;
    std::string longest(127, 'x');
    longest += "äöü";
    const auto got = d.v->verify(deployment::proof(longest, "", "x"));
    EXPECT_EQ(std::get<refused>(got).login, std::string(127, 'x'));
    EXPECT_EQ(std::get<refused>(d.v->verify(deployment::proof("carol", "CONTOSO", "x"))).login,
              "CONTOSO\\carol");
}

TEST(verifier, store_and_key_failures) {
    deployment d;
    d.users.reachable = false;
    EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs")), "unavailable");
    EXPECT_EQ(d.outcome(deployment::proof("bob@contoso.test", "", "bobs")), "unavailable");
    d.users.reachable = true;
    EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs")), "sip:bob@contoso.test");
    // Somebody swapped rows of the store.
    ASSERT_TRUE(
        d.users.set_secret(aor("bob@contoso.test"), **d.users.secret(aor("alice@contoso.test"))));
    EXPECT_EQ(d.outcome(deployment::proof("bob", "", "Pa$$word")), "unavailable");
    // A user without a secret has no password, not even that of nobody.
    ASSERT_TRUE(d.users.remove(aor("bob@contoso.test")));
    EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs")), "wrong_password");
}

TEST(verifier, guesses_from_one_address) {
    for (const std::string_view who : {"bob", "nobody"}) { // both look the same from outside
        deployment d;
        const auto wrong = who == "bob" ? "wrong_password" : "unknown_user";
        for (int i = 0; i < 5; ++i)
            EXPECT_EQ(d.outcome(deployment::proof(who, "", "guess")), wrong);
        EXPECT_EQ(d.outcome(deployment::proof(who, "", "bobs")), "throttled");
        d.clock.time += 1s;
        EXPECT_EQ(d.outcome(deployment::proof(who, "", "guess")), wrong);
        d.clock.time += 1s;
        EXPECT_EQ(d.outcome(deployment::proof(who, "", "bobs")), "throttled");
        d.clock.time += 1s;
        EXPECT_EQ(d.outcome(deployment::proof(who, "", "guess")), wrong);
    }
}

TEST(verifier, guesses_under_every_spelling) {
    deployment d;
    const std::pair<std::string_view, std::string_view> spellings[] = {
        {"bob", ""}, {"BOB", "CONTOSO"}, {"bob@contoso.test", ""}, {"bob", "x"}, {"Bob@y", ""}};
    for (const auto& [user, domain] : spellings) {
        EXPECT_EQ(d.outcome(deployment::proof(user, domain, "guess")), "wrong_password");
    }
    EXPECT_EQ(d.outcome(deployment::proof("boB", "", "bobs")), "throttled");
    EXPECT_EQ(d.outcome(deployment::proof("alice", "CONTOSO", "Pa$$word")),
              "sip:alice@contoso.test");
}

// Nobody is locked out for longer than half a minute by strangers; the stranger is.
TEST(verifier, guesses_from_everywhere) {
    deployment d;
    for (int i = 0; i < 40; ++i) {
        d.clock.time += 30s;
        EXPECT_EQ(d.outcome(deployment::proof("bob", "", "guess", "10.0.0." + std::to_string(i))),
                  "wrong_password");
    }
    EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs", "192.0.2.9")), "throttled");
    d.clock.time += 30s;
    EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs", "192.0.2.9")), "sip:bob@contoso.test");
    // After a good one the user is forgiven, but an address that guessed is not.
    for (int i = 0; i < 12; ++i) {
        d.clock.time += 300s;
        EXPECT_EQ(d.outcome(deployment::proof("bob", "", "guess", "10.0.0.1")), "wrong_password");
    }
    d.clock.time += 30s;
    EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs", "192.0.2.9")), "sip:bob@contoso.test");
    EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs", "10.0.0.1")), "throttled");
}

TEST(verifier, good_passwords_are_never_throttled) {
    deployment d;
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs")), "sip:bob@contoso.test");
    }
    for (int i = 0; i < 50; ++i) { // now and then a wrong one
        for (int k = 0; k < 4; ++k)
            EXPECT_EQ(d.outcome(deployment::proof("bob", "", "guess")), "wrong_password");
        EXPECT_EQ(d.outcome(deployment::proof("bob", "", "bobs")), "sip:bob@contoso.test");
    }
}

TEST(verifier, from_several_threads) {
    deployment d;
    std::vector<std::thread> threads;
    std::array<int, 4> good{};
    for (std::size_t t = 0; t < good.size(); ++t) {
        threads.emplace_back([&d, &mine = good[t], t] {
            for (int i = 0; i < 200; ++i) {
                const auto name = "user" + std::to_string(t) + std::to_string(i);
                const auto got = d.v->verify(deployment::proof(name, "", "x", std::to_string(t)));
                if (std::holds_alternative<refused>(got)) ++mine;
            }
        });
    }
    for (auto& t : threads)
        t.join();
    for (const auto n : good)
        EXPECT_EQ(n, 200);
}

TEST(secret, bound_to_key_and_user) {
    random::seeded random(9);
    const crypto::seal_key key{7};
    const auto sealed = seal_nt_hash(key, aor("alice@contoso.test"), "Pa$$word", random);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->size(), 45u);
    EXPECT_EQ(sealed->front(), 1);
    const auto hash = open_nt_hash(key, aor("Alice@contoso.test"), *sealed);
    ASSERT_TRUE(hash);
    EXPECT_EQ(to_hex(*hash), "1a4b1757588cab6298e29e91c06df58d"); // digest MS-SIPAE 9.1
    EXPECT_EQ(open_nt_hash(key, aor("bob@contoso.test"), *sealed), std::nullopt);
    EXPECT_EQ(open_nt_hash({8}, aor("alice@contoso.test"), *sealed), std::nullopt);
    for (std::size_t i = 0; i < sealed->size(); ++i) {
        auto damaged = *sealed;
        damaged[i] ^= 2U;
        EXPECT_EQ(open_nt_hash(key, aor("alice@contoso.test"), damaged), std::nullopt) << i;
        damaged.resize(i);
        EXPECT_EQ(open_nt_hash(key, aor("alice@contoso.test"), damaged), std::nullopt) << i;
    }
    for (const std::string& bad : {std::string(), std::string(257, 'x'), std::string("\xff")}) {
        const auto no = seal_nt_hash(key, aor("alice@contoso.test"), bad, random);
        ASSERT_FALSE(no);
        EXPECT_FALSE(no.error().empty());
    }
}

} // namespace
} // namespace lyceum::credentials::builtin
