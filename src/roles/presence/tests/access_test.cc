#include "roles/presence/access.h"

#include <gtest/gtest.h>

namespace lyceum::roles::presence {
namespace {

using pres::container_change;
using pres::member;
using pres::member_type;

const settings defaults;

watcher bob_from(network n) {
    return {*sip::aor::from("sip:bob@contoso.test"), n};
}

container_change adds(std::uint16_t id, std::uint32_t version, std::vector<member> who) {
    container_change out{.id = id, .version = version, .members = {}};
    for (auto& m : who)
        out.members.push_back({true, std::move(m)});
    return out;
}

TEST(Access, TheMostSpecificKindOfMemberDecides) {
    const member bob{member_type::user, "bob@contoso.test"};
    const member domain{member_type::domain, "contoso.test"};
    const member company{member_type::same_enterprise};
    const member everyone{member_type::everyone};
    const struct {
        std::string_view why;
        std::vector<container_change> changes;
        network from;
        std::uint16_t want;
    } rows[] = {
        {"a fresh user", {}, network::same_enterprise, 0},
        {"what clients make first",
         {adds(200, 0, {company}), adds(100, 0, {{member_type::federated}})},
         network::same_enterprise,
         200},
        {"likewise, from outside",
         {adds(200, 0, {company}), adds(100, 0, {{member_type::federated}})},
         network::federated,
         100},
        {"likewise, from the cloud",
         {adds(200, 0, {company}), adds(100, 0, {{member_type::federated}})},
         network::public_cloud,
         0},
        {"user before company",
         {adds(200, 0, {company}), adds(400, 0, {bob})},
         network::same_enterprise,
         400},
        {"domain before company",
         {adds(200, 0, {company}), adds(300, 0, {domain})},
         network::same_enterprise,
         300},
        {"user before domain",
         {adds(300, 0, {domain}), adds(100, 0, {bob})},
         network::same_enterprise,
         100},
        {"company before everyone",
         {adds(400, 0, {everyone}), adds(200, 0, {company})},
         network::same_enterprise,
         200},
        {"blocked before friends",
         {adds(400, 0, {bob}), adds(32000, 0, {bob})},
         network::same_enterprise,
         32000},
        {"friends before others",
         {adds(400, 0, {bob}), adds(1000, 0, {bob}), adds(100, 0, {bob})},
         network::same_enterprise,
         400},
        {"a container of one's own", {adds(1000, 0, {bob})}, network::same_enterprise, 1000},
    };
    for (const auto& row : rows) {
        access a;
        if (!row.changes.empty()) {
            ASSERT_TRUE(a.apply(row.changes, defaults)) << row.why;
        }
        EXPECT_EQ(a.container_for(bob_from(row.from)), row.want) << row.why;
    }
}

TEST(Access, VersionsCountUpAndAreChecked) {
    access a;
    const member company{member_type::same_enterprise};
    ASSERT_TRUE(a.apply({adds(200, 0, {company})}, defaults));
    EXPECT_EQ(a.all(), (std::vector<pres::container>{{200, 1, {company}}}));

    const auto stale = a.apply({adds(100, 0, {company}), adds(200, 0, {company})}, defaults);
    ASSERT_FALSE(stale);
    EXPECT_EQ(std::get<pres::wrong_delta>(stale.error()), (pres::wrong_delta{{{2, 0, 1}}}));
    EXPECT_EQ(a.all().size(), 1u);

    const auto moved = a.apply({{200, 1, {{false, company}}}, adds(400, 0, {company})}, defaults);
    ASSERT_TRUE(moved);
    EXPECT_EQ(*moved, (std::set<std::uint16_t>{200, 400}));
    EXPECT_EQ(a.all(), (std::vector<pres::container>{{200, 2, {}}, {400, 1, {company}}}));
    EXPECT_EQ(a.some({400}), (std::vector<pres::container>{{400, 1, {company}}}));
}

TEST(Access, Refuses) {
    const member company{member_type::same_enterprise};
    settings small;
    small.max_members = 1;
    const struct {
        std::vector<container_change> changes;
        diagnostics::id want;
    } rows[] = {
        {{{200, 0, {{true, company}, {false, company}}}}, diagnostics::id::default_user_services},
        {{adds(200, 0, {company}), adds(200, 1, {})}, diagnostics::id::default_user_services},
        {{adds(200, 0, {company, {member_type::everyone}})},
         diagnostics::id::container_member_limit},
    };
    for (const auto& row : rows) {
        access a;
        const auto got = a.apply(row.changes, small);
        ASSERT_FALSE(got);
        EXPECT_EQ(std::get<diagnostics::refusal>(got.error()).id, row.want);
        EXPECT_TRUE(a.all().empty());
    }
}

TEST(Access, ClientsOf2005SeeItAsAList) {
    access a;
    EXPECT_EQ(a.as_acl(), (conmgmt::acl{1, {}}));
    ASSERT_TRUE(a.apply(
        {adds(200, 0, {{member_type::same_enterprise}, {member_type::domain, "fabrikam.test"}}),
         adds(32000, 0, {{member_type::user, "bob@contoso.test"}})},
        defaults));
    EXPECT_EQ(a.as_acl(),
              (conmgmt::acl{2,
                            {{conmgmt::ace_type::domain,
                              "fabrikam.test",
                              conmgmt::view_right::allow,
                              conmgmt::reach_right::allow},
                             {conmgmt::ace_type::user,
                              "sip:bob@contoso.test",
                              conmgmt::view_right::block,
                              conmgmt::reach_right::deny}}}));
}

} // namespace
} // namespace lyceum::roles::presence
