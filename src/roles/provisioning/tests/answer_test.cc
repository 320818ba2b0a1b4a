#include "protocol/inband/legacy.h"
#include "protocol/inband/request.h"
#include "roles/provisioning/answer.h"

#include <gtest/gtest.h>

namespace lyceum::roles::provisioning {
namespace {

const people::user alice{.aor = *sip::aor::from("sip:alice@contoso.test"),
                         .display_name = "Alice",
                         .login = "alice",
                         .domain = {},
                         .line_uri = "tel:+15550100",
                         .mail = {}};

request asks(std::string_view body) {
    return {.event = inband::event,
            .accept = inband::content_type,
            .content_type = inband::content_type,
            .body = body,
            .from = alice.aor,
            .to = alice.aor,
            .on_behalf_of = {}};
}

std::string for_groups(std::vector<std::string> names) {
    inband::request r;
    for (auto& n : names)
        r.groups.push_back({std::move(n), {}});
    return inband::serialise(r);
}

TEST(Answer, GivesTheGroupsThatAreAskedForAndExist) {
    const auto body = for_groups({"ServerConfiguration",
                                  "meetingPolicy",
                                  "persistentChatConfiguration",
                                  "ucPolicy",
                                  "ServerConfiguration",
                                  "unheardOf"});
    const auto got = answer(asks(body), alice, {});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->content_type, inband::content_type);
    const auto p = inband::parse_provision(got->body);
    ASSERT_TRUE(p);
    ASSERT_EQ(p->groups.size(), 3u);
    // No URI of a service that does not run.
    EXPECT_EQ(p->groups[0].name, "ServerConfiguration");
    EXPECT_EQ(p->groups[0].properties,
              (std::vector<inband::property>{{"ucPC2PCAVEncryption", "SupportEncryption"}}));
    EXPECT_EQ(p->groups[1].properties,
              (std::vector<inband::property>{{"EnablePersistentChat", "false"}}));
    for (const auto& property : p->groups[2].properties)
        EXPECT_EQ(property.value, "false") << property.name;
}

TEST(Answer, GivesEveryGroupItHas) {
    const auto got = answer(
        asks(for_groups({"userSetting", "locationPolicy", "mediaConfiguration"})), alice, {});
    ASSERT_TRUE(got);
    EXPECT_EQ(inband::parse_provision(got->body)->groups.size(), 3u);
}

TEST(Answer, Refuses) {
    const auto body = for_groups({"ucPolicy"});
    const auto bob = *sip::aor::from("sip:bob@contoso.test");
    const struct {
        std::string_view why;
        request asked;
        diagnostics::refusal want;
    } rows[] = {
        {"event",
         [&] {
             auto r = asks(body);
             r.event = "presence";
             return r;
         }(),
         {489, diagnostics::id::default_user_services}},
        {"accept",
         [&] {
             auto r = asks(body);
             r.accept = "text/plain, application/rlmi+xml";
             return r;
         }(),
         {406, diagnostics::id::content_type_unexpected}},
        {"type",
         [&] {
             auto r = asks(body);
             r.content_type = "text/plain";
             return r;
         }(),
         {415, diagnostics::id::content_type_unexpected}},
        {"body", asks("<x/>"), {400, diagnostics::id::xml_parse}},
        {"no body", asks(""), {400, diagnostics::id::xml_parse}},
        {"from",
         [&] {
             auto r = asks(body);
             r.from = bob;
             return r;
         }(),
         {403, diagnostics::id::from_not_allowed}},
        {"to",
         [&] {
             auto r = asks(body);
             r.from = bob;
             r.to = bob;
             return r;
         }(),
         {403, diagnostics::id::from_not_allowed}},
        {"delegate",
         [&] {
             auto r = asks(body);
             r.from = bob;
             r.on_behalf_of = "sip:alice@contoso.test";
             return r;
         }(),
         {403, diagnostics::id::from_not_allowed}},
    };
    for (const auto& row : rows) {
        const auto got = answer(row.asked, alice, {});
        ASSERT_FALSE(got) << row.why;
        EXPECT_EQ(got.error(), row.want) << row.why;
    }
}

TEST(Answer, AcceptMayBeWide) {
    for (const std::string_view accept :
         {"",
          " ",
          "*/*",
          "application/*;q=0.5",
          "text/plain, application/vnd-microsoft-roaming-provisioning-v2+xml;q=1"}) {
        const auto body = for_groups({"ucPolicy"});
        auto r = asks(body);
        r.accept = accept;
        EXPECT_TRUE(answer(r, alice, {})) << accept;
    }
}

TEST(Answer, ClientsOf2005HaveTheirOwnDocument) {
    auto r = asks("");
    r.event = inband::legacy::event;
    r.accept = inband::legacy::content_type;
    r.content_type = {};
    const auto got = answer(r, alice, {});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->content_type, inband::legacy::content_type);
    EXPECT_EQ(inband::legacy::parse(got->body),
              (inband::legacy::document{"sip:alice@contoso.test", {}}));
}

} // namespace
} // namespace lyceum::roles::provisioning
