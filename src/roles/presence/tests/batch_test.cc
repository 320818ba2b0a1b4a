#include "protocol/pres/names.h"
#include "protocol/pres/subscribe.h"
#include "roles/presence/batch.h"

#include <gtest/gtest.h>

namespace lyceum::roles::presence {
namespace {

using b = batch;

const settings defaults;
const sip::aor alice = *sip::aor::from("sip:alice@contoso.test");
const sip::aor bob = *sip::aor::from("sip:bob@contoso.test");
const sip::aor carol = *sip::aor::from("sip:carol@contoso.test");
constexpr instant t0 = instant{} + 1h;

template <class T>
std::vector<T> all_of(const std::vector<b::action>& actions) {
    std::vector<T> out;
    for (const auto& a : actions) {
        if (const auto* t = std::get_if<T>(&a)) out.push_back(*t);
    }
    return out;
}

template <class T>
T only(const std::vector<b::action>& actions) {
    auto found = all_of<T>(actions);
    EXPECT_EQ(found.size(), 1u);
    return found.empty() ? T{} : found.front();
}

b::subscribed
subscribes(std::vector<std::string> uris, std::uint64_t request = 1, bool subscribe = true) {
    pres::subscribe_action a{
        .subscribe = subscribe, .id = 63792024, .resources = {}, .categories = {"state", "note"}};
    for (auto& u : uris)
        a.resources.push_back({std::move(u), false});
    return {request_id{request},
            alice,
            pres::serialise(pres::batch_subscribe{alice.text(), {std::move(a)}})};
}

std::string document_of(const sip::aor& who) {
    return pres::serialise(pres::categories{who.text(), {}});
}

struct read_answer {
    pres::rlmi_list list;
    std::vector<mime::part> parts; ///< behind the list
};

read_answer read(const std::string& content_type, const std::string& body) {
    const auto type = mime::parse_content_type(content_type);
    EXPECT_TRUE(type) << content_type;
    EXPECT_EQ(type->type, "multipart/related");
    EXPECT_EQ(type->get("type"), pres::type::rlmi);
    auto parts = mime::parse_multipart(body, type->get("boundary").value_or(""));
    EXPECT_TRUE(parts) << body;
    EXPECT_EQ(parts->front().type.type, pres::type::rlmi);
    EXPECT_EQ(parts->front().get("Content-ID"), type->get("start"));
    auto list = pres::parse_rlmi(parts->front().body);
    EXPECT_TRUE(list) << body;
    parts->erase(parts->begin());
    return {*std::move(list), *std::move(parts)};
}

TEST(Batch, TheFirstAnswerHasEverybody) {
    b alices(alice, defaults);
    const auto asked = all_of<b::watch>(
        alices.on(subscribes({"sip:Bob@contoso.test", "sip:carol@contoso.test"}), t0));
    ASSERT_EQ(asked.size(), 2u);
    EXPECT_EQ(asked[0].who, bob);
    EXPECT_EQ(asked[0].categories, (std::vector<std::string>{"state", "note"}));
    EXPECT_TRUE(alices.on(b::seen{carol, document_of(carol)}, t0).empty());
    const auto a = only<b::accept>(alices.on(b::seen{bob, document_of(bob)}, t0));
    EXPECT_EQ(a.request, request_id{1});
    EXPECT_EQ(alices.deadline(), std::nullopt);

    const auto got = read(a.content_type, a.body);
    EXPECT_EQ(got.list.uri, alice.text());
    EXPECT_EQ(got.list.version, 0u);
    EXPECT_TRUE(got.list.full_state);
    ASSERT_EQ(got.list.resources.size(), 2u);
    EXPECT_EQ(got.list.resources[0].uri, "sip:Bob@contoso.test"); // as it was asked for
    ASSERT_EQ(got.parts.size(), 2u);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(got.list.resources[i].cid, got.parts[i].get("Content-ID"));
        EXPECT_EQ(got.parts[i].type.type, pres::type::categories);
    }
    EXPECT_EQ(got.parts[0].body, document_of(bob) + "\r\n"); // an empty line before the boundary
}

TEST(Batch, LaterNewsComeOneByOne) {
    b alices(alice, defaults);
    (void)alices.on(subscribes({bob.text()}), t0);
    (void)alices.on(b::seen{bob, document_of(bob)}, t0);
    const auto n = only<b::notify>(alices.on(b::seen{bob, "<later/>"}, t0));
    EXPECT_EQ(n.content_type, pres::type::categories);
    EXPECT_EQ(n.body, "<later/>");
    const auto gone = only<b::notify>(alices.on(b::unseen{bob}, t0));
    const auto got = read(gone.content_type, gone.body);
    EXPECT_EQ(got.list.version, 1u);
    EXPECT_FALSE(got.list.full_state);
    EXPECT_EQ(got.list.resources.front().state, pres::instance_state::terminated);
}

TEST(Batch, SaysWhoIsNot) {
    b alices(alice, defaults);
    (void)alices.on(subscribes({"sip:nobody@contoso.test", "tel:+15550100"}), t0);
    const auto a =
        only<b::accept>(alices.on(b::unseen{*sip::aor::from("sip:nobody@contoso.test")}, t0));
    const auto got = read(a.content_type, a.body);
    EXPECT_TRUE(got.parts.empty());
    ASSERT_EQ(got.list.resources.size(), 2u);
    for (const auto& r : got.list.resources)
        EXPECT_EQ(r.state, pres::instance_state::terminated) << r.uri;
}

TEST(Batch, DoesNotWaitForEverForOne) {
    b alices(alice, defaults);
    (void)alices.on(subscribes({bob.text(), carol.text()}), t0);
    (void)alices.on(b::seen{bob, document_of(bob)}, t0);
    EXPECT_EQ(alices.deadline(), t0 + defaults.batch_patience);
    EXPECT_TRUE(alices.on(b::tick{}, t0 + defaults.batch_patience - 1ns).empty());
    const auto a = only<b::accept>(alices.on(b::tick{}, t0 + defaults.batch_patience));
    EXPECT_FALSE(read(a.content_type, a.body).list.full_state);
    EXPECT_EQ(read(a.content_type, a.body).parts.size(), 1u);
    EXPECT_EQ(only<b::notify>(alices.on(b::seen{carol, document_of(carol)}, t0 + 5s)).body,
              document_of(carol));
}

TEST(Batch, WhatChangesWhileOthersAreWaitedForIsNotLost) {
    b alices(alice, defaults);
    (void)alices.on(subscribes({bob.text(), carol.text()}), t0);
    (void)alices.on(b::seen{bob, document_of(bob)}, t0);
    EXPECT_TRUE(alices.on(b::seen{bob, "<later/>"}, t0).empty());
    const auto out = alices.on(b::seen{carol, document_of(carol)}, t0);
    EXPECT_EQ(read(only<b::accept>(out).content_type, only<b::accept>(out).body).parts[0].body,
              document_of(bob) + "\r\n");
    EXPECT_EQ(only<b::notify>(out).body, "<later/>");
}

TEST(Batch, MoreMayBeAddedAndTakenAwayInTheDialog) {
    b alices(alice, defaults);
    (void)alices.on(subscribes({bob.text()}), t0);
    (void)alices.on(b::seen{bob, document_of(bob)}, t0);
    EXPECT_EQ(all_of<b::watch>(alices.on(subscribes({carol.text()}, 2), t0)).size(), 2u);
    (void)alices.on(b::seen{bob, document_of(bob)}, t0);
    const auto a = only<b::accept>(alices.on(b::seen{carol, document_of(carol)}, t0));
    EXPECT_EQ(a.request, request_id{2});
    EXPECT_EQ(read(a.content_type, a.body).list.version, 1u);

    const auto out = alices.on(subscribes({bob.text()}, 3, false), t0);
    EXPECT_EQ(only<b::unwatch>(out).who, bob);
    EXPECT_EQ(only<b::watch>(out).who, carol);
    EXPECT_TRUE(alices.on(b::seen{bob, "<late/>"}, t0).empty());
    EXPECT_EQ(only<b::accept>(alices.on(b::seen{carol, document_of(carol)}, t0)).request,
              request_id{3});
}

TEST(Batch, ARefreshAsksForEverythingAgain) {
    b alices(alice, defaults);
    (void)alices.on(subscribes({bob.text()}), t0);
    (void)alices.on(b::seen{bob, document_of(bob)}, t0);
    EXPECT_EQ(only<b::watch>(alices.on(b::subscribed{request_id{2}, alice, ""}, t0)).who, bob);
    EXPECT_EQ(only<b::accept>(alices.on(b::seen{bob, document_of(bob)}, t0)).request,
              request_id{2});
}

TEST(Batch, EndsWithAllItsWatches) {
    b alices(alice, defaults);
    (void)alices.on(subscribes({bob.text(), carol.text()}), t0);
    EXPECT_EQ(all_of<b::unwatch>(alices.on(b::ended{}, t0)).size(), 2u);
    EXPECT_EQ(alices.deadline(), std::nullopt);
    EXPECT_TRUE(alices.on(b::seen{bob, document_of(bob)}, t0).empty());
}

TEST(Batch, AnEmptyListIsAnsweredAtOnce) {
    b alices(alice, defaults);
    const auto a = only<b::accept>(alices.on(subscribes({}), t0));
    EXPECT_TRUE(read(a.content_type, a.body).list.resources.empty());
}

TEST(Batch, Refuses) {
    using diagnostics::id;
    settings s;
    s.max_watched = 1;
    const auto body = subscribes({bob.text()}).body;
    auto others = body;
    others.replace(others.find("alice"), 5, "carol");
    const struct {
        std::string_view why;
        b::subscribed request;
        id want;
    } rows[] = {
        {"from", {request_id{1}, bob, body}, id::from_not_allowed},
        {"uri", {request_id{1}, alice, others}, id::from_not_allowed},
        {"body", {request_id{1}, alice, "<x/>"}, id::xml_parse},
        {"no body", {request_id{1}, alice, ""}, id::xml_parse},
        {"too many", subscribes({bob.text(), carol.text()}), id::category_subscription_limit},
    };
    for (const auto& row : rows) {
        b alices(alice, s);
        EXPECT_EQ(only<b::refuse>(alices.on(row.request, t0)).why.id, row.want) << row.why;
        EXPECT_EQ(alices.deadline(), std::nullopt) << row.why;
    }
    b alices(alice, defaults);
    (void)alices.on(subscribes({bob.text()}), t0);
    EXPECT_EQ(only<b::refuse>(alices.on(subscribes({carol.text()}, 2), t0)).why.status, 491);
}

} // namespace
} // namespace lyceum::roles::presence
