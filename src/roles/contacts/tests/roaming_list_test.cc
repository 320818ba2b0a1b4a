#include "protocol/conmgmt/contact_delta.h"
#include "protocol/conmgmt/contact_list.h"
#include "protocol/conmgmt/edit.h"
#include "roles/contacts/roaming_list.h"

#include <gtest/gtest.h>

namespace lyceum::roles::contacts {
namespace {

using people::contact_list;
using people::contact_outcome;
using kind = contact_outcome::kind;
using m = roaming_list;

const sip::aor alice = *sip::aor::from("sip:alice@contoso.test");
const sip::aor bob = *sip::aor::from("sip:bob@contoso.test");

contact_list list_at(std::uint32_t delta) {
    return {.delta_num = delta, .groups = {{1, "~", ""}}, .contacts = {}};
}

contact_list with_bob(std::uint32_t delta) {
    auto out = list_at(delta);
    out.contacts.push_back({"bob@contoso.test", "Bob", {1}, true, "", ""});
    return out;
}

m::soap_received
soap(std::uint64_t request, const people::contact_change& change, std::uint32_t delta) {
    return {request_id{request}, alice, conmgmt::serialise(conmgmt::edit{change, delta})};
}

const people::set_contact add_bob{{"bob@contoso.test", "Bob", {}, true, "", ""}};

/// The only action, which must be of that kind.
template <class T>
T only(const std::vector<m::action>& actions) {
    EXPECT_EQ(actions.size(), 1u);
    const auto* a = actions.empty() ? nullptr : std::get_if<T>(&actions[0]);
    EXPECT_NE(a, nullptr);
    return a == nullptr ? T{} : *a;
}

TEST(RoamingList, AnswersASubscriptionFromTheStore) {
    const settings s;
    m list(alice, s);
    only<m::load_contacts>(list.on(m::subscribed{request_id{1}, alice}));
    EXPECT_FALSE(list.idle());
    const auto a = only<m::accept>(list.on(m::loaded{with_bob(7)}));
    EXPECT_EQ(a.request, request_id{1});
    EXPECT_EQ(conmgmt::parse_contact_list(a.body), with_bob(7));
    EXPECT_TRUE(list.idle());
}

TEST(RoamingList, IsForItsUserOnly) {
    const settings s;
    m list(alice, s);
    const diagnostics::refusal want{403, diagnostics::id::from_not_allowed};
    EXPECT_EQ(only<m::refuse>(list.on(m::subscribed{request_id{1}, bob})).why, want);
    EXPECT_EQ(
        only<m::refuse>(list.on(m::soap_received{request_id{2}, bob, soap(2, add_bob, 1).body}))
            .why,
        want);
    EXPECT_TRUE(list.idle());
}

TEST(RoamingList, AnEditIsAnsweredAndToldToAllEndpoints) {
    const settings s;
    m list(alice, s);
    (void)list.on(m::subscribed{request_id{1}, alice});
    (void)list.on(m::loaded{list_at(12)});

    const auto apply = only<m::apply_change>(list.on(soap(2, add_bob, 12)));
    EXPECT_EQ(apply.expected_delta, 12u);
    auto in_default_group = add_bob;
    in_default_group.contact.groups = {1};
    EXPECT_EQ(apply.change, people::contact_change(in_default_group));
    EXPECT_EQ(apply.limits, s.limits);

    const auto out = list.on(m::changed{{kind::done, 13, 0}, with_bob(13)});
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(std::get<m::reply>(out[0]).request, request_id{2});
    EXPECT_EQ(std::get<m::reply>(out[0]).body, "");
    const auto delta = conmgmt::parse_contact_delta(std::get<m::notify>(out[1]).body);
    ASSERT_TRUE(delta);
    EXPECT_EQ(delta->prev_delta_num, 12u);
    EXPECT_EQ(delta->delta_num, 13u);
    EXPECT_EQ(delta->added_contacts, with_bob(13).contacts);
}

TEST(RoamingList, ANewGroupIsAnsweredWithItsId) {
    const settings s;
    m list(alice, s);
    (void)list.on(soap(1, people::add_group{"Friends", ""}, 1));
    auto now = list_at(2);
    now.groups.push_back({2, "Friends", ""});
    const auto r = only<m::reply>(
        list.on(m::changed{{kind::done, 2, 2}, now})); // nobody has subscribed: no delta
    EXPECT_EQ(conmgmt::parse_add_group_reply(r.body), 2u);
}

TEST(RoamingList, RefusesWhatTheStoreRefuses) {
    const struct {
        kind what;
        diagnostics::refusal want;
    } rows[] = {
        {kind::stale, {409, diagnostics::id::default_user_services}},
        {kind::unknown_contact, {404, diagnostics::id::contact_unknown}},
        {kind::unknown_group, {404, diagnostics::id::group_unknown}},
        {kind::too_many_contacts, {413, diagnostics::id::contact_limit}},
        {kind::too_many_groups, {413, diagnostics::id::group_limit}},
        {kind::duplicate_group, {409, diagnostics::id::duplicate_group}},
    };
    for (const auto& row : rows) {
        const settings s;
        m list(alice, s);
        (void)list.on(m::subscribed{request_id{1}, alice});
        (void)list.on(m::loaded{list_at(5)});
        (void)list.on(soap(2, add_bob, 5));
        const auto r = only<m::refuse>(list.on(m::changed{{row.what, 5, 0}, list_at(5)}));
        EXPECT_EQ(r.request, request_id{2});
        EXPECT_EQ(r.why, row.want);
        EXPECT_TRUE(r.body.contains("faultstring")) << r.body;
    }
}

TEST(RoamingList, RefusesWhatItCannotRead) {
    const settings s{.max_name = 4, .max_external_uri = 4, .max_extension = 4};
    const conmgmt::set_ace ace{"USER", "sip:bob@contoso.test", "AA", 1};
    const struct {
        std::string body;
        diagnostics::refusal want;
    } rows[] = {
        {"<x", {400, diagnostics::id::xml_parse}},
        {"", {400, diagnostics::id::xml_parse}},
        {conmgmt::serialise(ace), {501, diagnostics::id::default_user_services}},
        {"<Envelope><Body><setPresence/></Body></Envelope>",
         {501, diagnostics::id::default_user_services}},
        {soap(1, people::add_group{"Friends", ""}, 1).body,
         {413, diagnostics::id::input_too_large}},
        {soap(1, people::modify_group{1, "a", "ldap:"}, 1).body,
         {413, diagnostics::id::input_too_large}},
        {soap(1, people::set_contact{{"b@c.d", "Robert", {}, true, "", ""}}, 1).body,
         {413, diagnostics::id::input_too_large}},
        {soap(1, people::set_contact{{"b@c.d", "", {}, true, "", "<a/><b/>"}}, 1).body,
         {413, diagnostics::id::contact_extension_too_large}},
    };
    for (const auto& row : rows) {
        m list(alice, s);
        EXPECT_EQ(only<m::refuse>(list.on(m::soap_received{request_id{1}, alice, row.body})).why,
                  row.want)
            << row.body;
        EXPECT_TRUE(list.idle());
    }
}

TEST(RoamingList, ServesOneRequestAfterTheOther) {
    const settings s;
    m list(alice, s);
    only<m::apply_change>(list.on(soap(1, add_bob, 1)));
    EXPECT_TRUE(list.on(soap(2, people::delete_contact{"bob@contoso.test"}, 2)).empty());
    EXPECT_TRUE(list.on(m::subscribed{request_id{3}, alice}).empty());
    EXPECT_TRUE(list.on(m::subscribed{request_id{4}, alice}).empty());

    auto out = list.on(m::changed{{kind::done, 2, 0}, with_bob(2)});
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(std::get<m::reply>(out[0]).request, request_id{1});
    EXPECT_EQ(std::get<m::apply_change>(out[1]).expected_delta, 2u);

    out = list.on(m::changed{{kind::done, 3, 0}, list_at(3)});
    ASSERT_EQ(out.size(), 3u);
    EXPECT_EQ(std::get<m::reply>(out[0]).request, request_id{2});
    EXPECT_TRUE(std::holds_alternative<m::notify>(out[1]));
    EXPECT_TRUE(std::holds_alternative<m::load_contacts>(out[2]));

    out = list.on(m::loaded{list_at(3)});
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(std::get<m::accept>(out[0]).request, request_id{3});
    EXPECT_EQ(std::get<m::accept>(out[1]).request, request_id{4});
    EXPECT_TRUE(list.idle());
}

TEST(RoamingList, AFailingStoreIsSaidAndForgotten) {
    const settings s;
    m list(alice, s);
    (void)list.on(m::subscribed{request_id{1}, alice});
    (void)list.on(soap(2, add_bob, 1));
    const auto out = list.on(m::store_failed{{"disk", std::chrono::seconds(9)}});
    ASSERT_EQ(out.size(), 2u);
    const auto& r = std::get<m::refuse>(out[0]);
    EXPECT_EQ(r.request, request_id{1});
    EXPECT_EQ(r.why, (diagnostics::refusal{503, diagnostics::id::service_unavailable}));
    EXPECT_EQ(r.retry_after, std::chrono::seconds(9));
    EXPECT_TRUE(std::holds_alternative<m::apply_change>(out[1]));
    (void)list.on(m::store_failed{{"disk"}});
    EXPECT_TRUE(list.idle());
}

TEST(RoamingList, DoesNotGrowWithoutBound) {
    const settings s{.max_waiting = 2};
    m list(alice, s);
    (void)list.on(soap(1, add_bob, 1));
    (void)list.on(soap(2, add_bob, 2));
    EXPECT_EQ(only<m::refuse>(list.on(soap(3, add_bob, 3))).why.status, 503);
}

TEST(RoamingList, TellsWhatSomebodyElseChanged) {
    const settings s;
    m list(alice, s);
    (void)list.on(m::subscribed{request_id{1}, alice});
    (void)list.on(m::loaded{list_at(5)});
    (void)list.on(m::subscribed{request_id{2}, alice});
    const auto out = list.on(m::loaded{with_bob(8)});
    ASSERT_EQ(out.size(), 2u);
    EXPECT_EQ(conmgmt::parse_contact_delta(std::get<m::notify>(out[0]).body)->prev_delta_num, 5u);
    EXPECT_EQ(std::get<m::accept>(out[1]).request, request_id{2});
}

} // namespace
} // namespace lyceum::roles::contacts
