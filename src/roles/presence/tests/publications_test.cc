#include "roles/presence/publications.h"

#include <gtest/gtest.h>

namespace lyceum::roles::presence {
namespace {

using pres::expire_type;
using pres::publication;

const settings defaults;
constexpr moment t0{instant{} + 1h, wall_instant{} + 24h};

moment later(std::chrono::seconds s) {
    return {t0.now + s, t0.wall + s};
}

std::expected<publications::touched, publications::refused>
put(publications& p,
    std::vector<publication> list,
    moment at = t0,
    const std::string& endpoint = "e1") {
    return p.apply({"sip:alice@contoso.test", std::move(list)}, endpoint, at, defaults);
}

publication note(std::uint32_t version, std::string text) {
    return {"note", 0, 200, version, expire_type::never, {}, std::move(text)};
}

TEST(Publications, VersionsCountUp) {
    publications p;
    for (std::uint32_t v = 0; v < 3; ++v) {
        const auto got = put(p, {note(v, "<n/>")}, later(std::chrono::seconds(v)));
        ASSERT_TRUE(got);
        EXPECT_EQ(*got, (publications::touched{{"note", 200}}));
    }
    ASSERT_EQ(p.all().size(), 1u);
    const auto& v = p.all().front().what;
    EXPECT_EQ(v.version, 3u);
    EXPECT_EQ(v.published, later(2s).wall);
}

TEST(Publications, AStaleVersionRefusesAllAndNamesEveryOne) {
    publications p;
    ASSERT_TRUE(put(p, {note(0, "<a/>")}));
    const auto got = put(p,
                         {note(0, "<b/>"),
                          {"device", 7, 2, 0, expire_type::endpoint, {}, "<d/>"},
                          {"note", 0, 300, 4, expire_type::never, {}, "<b/>"}});
    ASSERT_FALSE(got);
    EXPECT_EQ(std::get<pres::wrong_delta>(got.error()),
              (pres::wrong_delta{{{1, 0, 1}, {3, 4, 0}}}));
    ASSERT_EQ(p.all().size(), 1u);
    EXPECT_EQ(p.all().front().what.content, "<a/>");
}

TEST(Publications, Refuses) {
    using diagnostics::id;
    const std::string big(defaults.max_category_size + 1, 'x');
    const struct {
        std::string_view why;
        std::vector<publication> list;
        id want;
    } rows[] = {
        {"unknown name",
         {{"fortune", 0, 200, 0, expire_type::never, {}, ""}},
         id::default_user_services},
        {"the server's card",
         {{"contactCard", 0, 200, 0, expire_type::never, {}, ""}},
         id::read_only_publication},
        {"the aggregate",
         {{"state", 1, 200, 0, expire_type::never, {}, ""}},
         id::read_only_publication},
        {"the machine aggregate",
         {{"state", 0x10000000, 2, 0, expire_type::never, {}, ""}},
         id::read_only_publication},
        {"the static aggregate",
         {{"state", 0, 32000, 0, expire_type::never, {}, ""}},
         id::read_only_publication},
        {"properties",
         {{"userProperties", 0, 1, 0, expire_type::never, {}, ""}},
         id::read_only_publication},
        {"twice the same", {note(0, "<a/>"), note(0, "<b/>")}, id::default_user_services},
        {"too big", {note(0, big)}, id::category_size_limit},
        {"time without a time",
         {{"note", 0, 200, 0, expire_type::time, {}, ""}},
         id::default_user_services},
    };
    for (const auto& row : rows) {
        publications p;
        const auto got = put(p, row.list);
        ASSERT_FALSE(got) << row.why;
        EXPECT_EQ(std::get<diagnostics::refusal>(got.error()).id, row.want) << row.why;
        EXPECT_TRUE(p.all().empty()) << row.why;
    }
}

TEST(Publications, DoNotGrowWithoutBound) {
    settings s;
    s.max_publications = 1;
    s.further_categories = {"fortune"};
    publications p;
    ASSERT_TRUE(p.apply({"u", {{"fortune", 0, 200, 0, expire_type::never, {}, ""}}}, "e1", t0, s));
    EXPECT_FALSE(p.apply({"u", {note(0, "")}}, "e1", t0, s));
    EXPECT_TRUE(p.apply({"u", {{"fortune", 0, 200, 1, expire_type::never, {}, ""}}}, "e1", t0, s));
}

TEST(Publications, EndAsTheirTypeSays) {
    publications p;
    ASSERT_TRUE(put(p, {{"device", 1, 2, 0, expire_type::endpoint, {}, "<d/>"}}, t0, "e1"));
    ASSERT_TRUE(put(p, {{"device", 2, 2, 0, expire_type::endpoint, {}, "<d/>"}}, t0, "e2"));
    ASSERT_TRUE(put(p,
                    {{"alerts", 0, 1, 0, expire_type::user, {}, "<a/>"},
                     note(0, "<n/>"),
                     {"state", 0x24000000, 2, 0, expire_type::time, 60, "<s/>"}}));
    EXPECT_EQ(p.deadline(), t0.now + 60s);
    EXPECT_EQ(p.end_endpoint("e1"), (publications::touched{{"device", 2}}));
    EXPECT_TRUE(p.end_endpoint("e1").empty());
    EXPECT_TRUE(p.end_expired(t0.now + 60s - 1ns).empty());
    EXPECT_EQ(p.end_expired(t0.now + 60s), (publications::touched{{"state", 2}}));
    EXPECT_EQ(p.deadline(), std::nullopt);
    EXPECT_EQ(p.end_user_bound(), (publications::touched{{"alerts", 1}}));
    EXPECT_EQ(p.all().size(), 2u); // the other endpoint's device, and the note
}

TEST(Publications, ExpiresZeroDeletes) {
    publications p;
    ASSERT_TRUE(put(p, {note(0, "<n/>")}));
    const auto got = put(p, {{"note", 0, 200, 1, expire_type::never, 0, ""}});
    ASSERT_TRUE(got);
    EXPECT_EQ(*got, (publications::touched{{"note", 200}}));
    EXPECT_TRUE(p.all().empty());
    ASSERT_TRUE(put(p, {note(0, "<n/>")})); // the count starts anew
    EXPECT_EQ(p.all().front().what.version, 1u);
}

TEST(Publications, TheServersChangeOnlyWhenTheirContentDoes) {
    publications p;
    const publications::key k{"state", 2, 1};
    EXPECT_EQ(p.set_by_server(k, expire_type::never, shared_text("<a/>"), t0),
              (publications::touched{{"state", 2}}));
    EXPECT_TRUE(p.set_by_server(k, expire_type::never, shared_text("<a/>"), later(5s)).empty());
    EXPECT_EQ(p.find(k)->published, t0.wall);
    EXPECT_EQ(p.set_by_server(k, expire_type::never, shared_text("<b/>"), later(5s)).size(), 1u);
    EXPECT_EQ(p.find(k)->version, 2u);
    EXPECT_EQ(p.set_by_server(k, expire_type::never, shared_text(), later(6s)).size(), 1u);
    EXPECT_TRUE(p.set_by_server(k, expire_type::never, shared_text(), later(7s)).empty());
    EXPECT_TRUE(p.all().empty());
}

} // namespace
} // namespace lyceum::roles::presence
