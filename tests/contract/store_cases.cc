#include "store_cases.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace lyceum::tests {
namespace {

using store::contact_outcome;
using outcome = store::users::outcome;
using kind = contact_outcome::kind;

const store::sealed_secret secret_a{0, 1, 2, 255, 39, 34};
const store::sealed_secret secret_b{7};
constexpr store::contact_limits limits{.max_contacts = 3, .max_groups = 3};

people::contact contact(std::string uri, std::vector<std::uint32_t> groups = {1}) {
    return {.uri = std::move(uri),
            .name = "N",
            .groups = std::move(groups),
            .external_uri = {},
            .extension = {}};
}

void people_come_and_go(stores& s) {
    EXPECT_TRUE(s.users->all()->empty());
    EXPECT_EQ(*s.users->find(aor("sip:alice@contoso.test")), std::nullopt);

    auto alice = person("sip:alice@contoso.test", "alice", "CONTOSO");
    alice.display_name = "Alice O'Hara; \"A\" \xC3\xA9";
    alice.line_uri = "tel:+4930123";
    alice.mail = "alice@contoso.test";
    EXPECT_EQ(s.users->add(alice, secret_a), outcome::done);
    EXPECT_EQ(s.users->add(alice, secret_b), outcome::exists);
    EXPECT_EQ(*s.users->find(alice.aor), alice);
    EXPECT_EQ(*s.users->secret(alice.aor), secret_a);

    const auto bob = person("sip:bob@contoso.test", "bob");
    EXPECT_EQ(s.users->add(bob, {}), outcome::done);
    EXPECT_EQ(*s.users->secret(bob.aor), store::sealed_secret{});
    EXPECT_EQ(*s.users->all(), (std::vector<people::user>{alice, bob})); // by AOR

    alice.enabled = false;
    alice.display_name = "";
    EXPECT_EQ(s.users->change(alice), outcome::done);
    EXPECT_EQ(*s.users->find(alice.aor), alice);
    EXPECT_EQ(*s.users->secret(alice.aor), secret_a); // a change leaves the password
    EXPECT_EQ(s.users->set_secret(alice.aor, secret_b), outcome::done);
    EXPECT_EQ(*s.users->secret(alice.aor), secret_b);

    EXPECT_EQ(s.users->remove(alice.aor), outcome::done);
    EXPECT_EQ(s.users->remove(alice.aor), outcome::unknown);
    EXPECT_EQ(s.users->change(alice), outcome::unknown);
    EXPECT_EQ(s.users->set_secret(alice.aor, secret_a), outcome::unknown);
    EXPECT_EQ(*s.users->secret(alice.aor), std::nullopt);
    EXPECT_EQ(*s.users->all(), (std::vector<people::user>{bob}));
}

void people_are_told_page_by_page(stores& s) {
    EXPECT_TRUE(s.users->page({}, 10)->empty());
    std::vector<people::user> all;
    for (const char* uri : {"sip:a@a.test", "sip:a@b.test", "sip:b-1@a.test", "sip:b@a.test"})
        all.push_back(person(uri));
    for (const auto which : {2U, 0U, 3U, 1U})
        ASSERT_EQ(s.users->add(all[which], secret_a), outcome::done);
    ASSERT_EQ(*s.users->all(), all);
    for (const std::size_t most : {1U, 2U, 3U, 4U, 9U}) {
        std::vector<people::user> seen;
        for (sip::aor behind;;) {
            const auto page = *s.users->page(behind, most);
            EXPECT_LE(page.size(), most);
            if (page.empty()) break;
            seen.insert(seen.end(), page.begin(), page.end());
            behind = page.back().aor;
        }
        EXPECT_EQ(seen, all) << most;
    }
    EXPECT_TRUE(s.users->page({}, 0)->empty());
    // Somebody who is not there has a place all the same.
    EXPECT_EQ(*s.users->page(aor("sip:a@aa.test"), 1), (std::vector<people::user>{all[1]}));
}

void many_are_added_all_or_none(stores& s) {
    const auto a = person("sip:a@a.test", "a");
    const auto b = person("sip:b@a.test", "B");
    const auto c = person("sip:c@a.test", "c");
    const auto other_b = person("sip:d@a.test", "b");
    EXPECT_EQ(*s.users->add_all({}), std::nullopt);
    EXPECT_EQ(*s.users->add_all({{a, secret_a}, {b, secret_b}}), std::nullopt);
    EXPECT_EQ(*s.users->secret(b.aor), secret_b);
    EXPECT_EQ(s.users->all()->size(), 2U);
    EXPECT_EQ(*s.users->add_all({{c, secret_a}, {a, secret_b}}), 1U);       // the address
    EXPECT_EQ(*s.users->add_all({{c, secret_a}, {other_b, secret_b}}), 1U); // the login
    EXPECT_EQ(*s.users->add_all({{c, secret_a}, {c, secret_a}}), 1U);       // among themselves
    EXPECT_EQ(s.users->all()->size(), 2U);
    EXPECT_EQ(*s.users->secret(a.aor), secret_a);
    EXPECT_EQ(*s.users->find(c.aor), std::nullopt);
    EXPECT_EQ(s.users->add(c, secret_a), outcome::done); // and the store goes on
}

void logins_are_found(stores& s) {
    const auto a = person("sip:alice@a.test", "alice", "A");
    const auto b = person("sip:alice@b.test", "alice", "b.test");
    const auto c = person("sip:carol@a.test", "carol", "A");
    for (const auto& u : {a, b, c})
        ASSERT_EQ(s.users->add(u, secret_a), outcome::done);
    const struct {
        std::string login;
        std::string domain;
        std::optional<people::user> who;
    } rows[] = {
        {"alice", "A", a},
        {"ALICE", "a", a},
        {"alice", "B.TEST", b},
        {"alice", "", std::nullopt}, // two of them
        {"alice", "C", std::nullopt},
        {"carol", "", c},
        {"Carol", "elsewhere", c},
        {"carol", "A", c},
        {"dave", "A", std::nullopt},
        {"", "", std::nullopt},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(*s.users->find_login(row.login, row.domain), row.who)
            << row.domain << "\\" << row.login;
    }
}

void a_login_of_a_domain_is_one_persons(stores& s) {
    ASSERT_EQ(s.users->add(person("sip:alice@a.test", "alice", "A"), {}), outcome::done);
    EXPECT_EQ(s.users->add(person("sip:other@a.test", "Alice", "a"), {}), outcome::exists);
    auto carol = person("sip:carol@a.test", "carol", "A");
    ASSERT_EQ(s.users->add(carol, {}), outcome::done);
    carol.login = "alice";
    EXPECT_EQ(s.users->change(carol), outcome::exists);
    EXPECT_EQ((*s.users->find(carol.aor))->login, "carol");
}

void the_first_list_is_the_default_group(stores& s) {
    const people::contact_list first{.delta_num = 1, .groups = {{1, "~", ""}}, .contacts = {}};
    EXPECT_EQ(*s.contacts->load(aor("sip:new@a.test")), first);
    EXPECT_EQ(s.contacts->apply(aor("sip:new@a.test"), 1, store::delete_contact{"x@a.test"}, limits)
                  ->what,
              kind::unknown_contact);
    EXPECT_EQ(*s.contacts->load(aor("sip:new@a.test")), first);
}

void lists_change(stores& s) {
    const auto me = aor("sip:alice@a.test");
    const auto bob = contact("bob@a.test", {2, 1, 2});
    auto rich = contact("Carol@A.test", {2});
    rich.name = "Carol 'C'";
    rich.subscribed = false;
    rich.external_uri = "ext";
    rich.extension = "<contactExtension><x a=\"1\"/></contactExtension>";
    const struct {
        store::contact_change change;
        std::uint32_t expected;
        kind what;
        std::uint32_t delta;
        std::uint32_t group;
    } rows[] = {
        {store::add_group{"Friends", "dl"}, 1, kind::done, 2, 2},
        {store::add_group{"friends", ""}, 2, kind::duplicate_group, 2, 0},
        {store::add_group{"Work", ""}, 1, kind::stale, 2, 0},
        {store::add_group{"Work", ""}, 3, kind::stale, 2, 0},
        {store::set_contact{bob}, 0, kind::done, 3, 0}, // 0 skips the check
        {store::set_contact{contact("x@a.test", {9})}, 3, kind::unknown_group, 3, 0},
        {store::set_contact{rich}, 3, kind::done, 4, 0},
        {store::delete_contact{"nobody@a.test"}, 4, kind::unknown_contact, 4, 0},
        {store::modify_group{9, "X", ""}, 4, kind::unknown_group, 4, 0},
        {store::modify_group{1, "X", ""}, 4, kind::unknown_group, 4, 0},
        {store::delete_group{1}, 4, kind::unknown_group, 4, 0},
        {store::add_group{"Work", ""}, 4, kind::done, 5, 3},
        {store::modify_group{3, "FRIENDS", ""}, 5, kind::duplicate_group, 5, 0},
        {store::modify_group{3, "work", "w"}, 5, kind::done, 6, 0},
        {store::add_group{"Fourth", ""}, 6, kind::too_many_groups, 6, 0},
        {store::set_contact{contact("dave@a.test", {})}, 6, kind::done, 7, 0},
        {store::set_contact{contact("eve@a.test")}, 7, kind::too_many_contacts, 7, 0},
        {store::set_contact{contact("dave@a.test", {3})},
         7,
         kind::done,
         8,
         0}, // replacing is no growth
        {store::delete_group{2}, 8, kind::done, 9, 0},
        {store::delete_contact{"DAVE@a.test"}, 9, kind::done, 10, 0},
        {store::add_group{"Again", ""}, 10, kind::done, 11, 2}, // the id is free again
    };
    for (const auto& row : rows) {
        const auto out = s.contacts->apply(me, row.expected, row.change, limits);
        ASSERT_TRUE(out) << out.error().what;
        const auto n = &row - rows;
        EXPECT_EQ(out->what, row.what) << n;
        EXPECT_EQ(out->delta_num, row.delta) << n;
        EXPECT_EQ(out->group_id, row.group) << n;
    }
    rich.uri = "carol@a.test";
    rich.groups = {1}; // its only group went
    const people::contact_list is{
        .delta_num = 11,
        .groups = {{1, "~", ""}, {2, "Again", ""}, {3, "work", "w"}},
        .contacts = {contact("bob@a.test", {1}), rich},
    };
    EXPECT_EQ(*s.contacts->load(me), is);
    EXPECT_EQ(s.contacts->load(aor("sip:bob@a.test"))->delta_num, 1U); // nobody else's
}

void what_is_a_persons_goes_with_them(stores& s) {
    const auto alice = person("sip:alice@a.test");
    ASSERT_EQ(s.users->add(alice, secret_a), outcome::done);
    ASSERT_EQ(
        s.contacts->apply(alice.aor, 0, store::set_contact{contact("b@a.test")}, limits)->what,
        kind::done);
    ASSERT_EQ(s.users->remove(alice.aor), outcome::done);
    EXPECT_EQ(s.contacts->load(alice.aor)->delta_num, 1U);
    // A change that was under way comes in after all; the next person of that name must not inherit
    // it.
    ASSERT_EQ(
        s.contacts->apply(alice.aor, 0, store::set_contact{contact("b@a.test")}, limits)->what,
        kind::done);
    ASSERT_EQ(s.users->add(alice, secret_a), outcome::done);
    EXPECT_EQ(s.contacts->load(alice.aor)->delta_num, 1U);
    EXPECT_TRUE(s.contacts->load(alice.aor)->contacts.empty());
}

void peers_are_trusted(stores& s) {
    const store::trusted_peer any{"192.0.2.1", "", false, {}};
    const store::trusted_peer tls{"gw.a.test", "tls", true, {"a.test", "b.test"}, {5061, 65535}};
    auto udp = store::trusted_peer{"192.0.2.1", "udp", false, {}};
    EXPECT_TRUE(*s.trusted->put(udp));
    EXPECT_TRUE(*s.trusted->put(tls));
    EXPECT_TRUE(*s.trusted->put(any));
    EXPECT_EQ(*s.trusted->all(),
              (std::vector<store::trusted_peer>{any, udp, tls})); // by host and transport
    udp.may_register = true;
    EXPECT_TRUE(*s.trusted->put(udp)); // replaces
    EXPECT_EQ(*s.trusted->all(), (std::vector<store::trusted_peer>{any, udp, tls}));
    EXPECT_TRUE(*s.trusted->remove("192.0.2.1", ""));
    EXPECT_FALSE(*s.trusted->remove("192.0.2.1", ""));
    EXPECT_EQ(*s.trusted->all(), (std::vector<store::trusted_peer>{udp, tls}));
}

/// Every accepted change counts exactly once, however many threads change.
void threads_do_not_lose_changes(stores& s) {
    const auto me = aor("sip:alice@a.test");
    constexpr store::contact_limits wide{.max_contacts = 1000, .max_groups = 64};
    std::atomic<std::uint32_t> done{0};
    std::atomic<std::uint32_t> stale{0};
    std::vector<std::thread> threads;
    threads.reserve(6);
    for (int t = 0; t < 6; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 15; ++i) {
                const auto delta = s.contacts->load(me)->delta_num;
                const auto name = std::to_string(t) + "-" + std::to_string(i) + "@a.test";
                const auto out =
                    s.contacts->apply(me, delta, store::set_contact{contact(name)}, wide);
                if (!out) continue;
                ++(out->what == kind::done ? done : stale);
            }
        });
    }
    for (auto& t : threads)
        t.join();
    const auto list = s.contacts->load(me);
    ASSERT_TRUE(list);
    EXPECT_EQ(done + stale, 90U);
    EXPECT_GT(done, 0U);
    EXPECT_EQ(list->contacts.size(), done);
    EXPECT_EQ(list->delta_num, done + 1);
}

constexpr store_case cases[] = {
    {"people_come_and_go", people_come_and_go},
    {"people_are_told_page_by_page", people_are_told_page_by_page},
    {"many_are_added_all_or_none", many_are_added_all_or_none},
    {"logins_are_found", logins_are_found},
    {"a_login_of_a_domain_is_one_persons", a_login_of_a_domain_is_one_persons},
    {"the_first_list_is_the_default_group", the_first_list_is_the_default_group},
    {"lists_change", lists_change},
    {"what_is_a_persons_goes_with_them", what_is_a_persons_goes_with_them},
    {"peers_are_trusted", peers_are_trusted},
    {"threads_do_not_lose_changes", threads_do_not_lose_changes},
};

} // namespace

std::span<const store_case> store_cases() {
    return cases;
}

sip::aor aor(std::string_view uri) {
    return sip::aor::from(uri).value();
}

people::user person(std::string_view uri, std::string_view login, std::string_view domain) {
    people::user u;
    u.aor = aor(uri);
    u.login = login.empty() ? std::string(uri) : std::string(login);
    u.domain = domain;
    return u;
}

} // namespace lyceum::tests
