#include "protocol/pres/contact_card.h"
#include "protocol/pres/names.h"
#include "protocol/pres/state.h"
#include "roles/presence/presentity.h"

#include <gtest/gtest.h>

namespace lyceum::roles::presence {
namespace {

using p = presentity;
using pres::expire_type;

const settings defaults;
const sip::aor alice = *sip::aor::from("sip:alice@contoso.test");
const sip::aor bob = *sip::aor::from("sip:bob@contoso.test");
constexpr moment t0{instant{} + 1h, wall_instant{} + 24h};
constexpr moment t1{t0.now + 60s, t0.wall + 60s};

template <class T>
std::vector<T> all_of(const std::vector<p::action>& actions) {
    std::vector<T> out;
    for (const auto& a : actions) {
        if (const auto* t = std::get_if<T>(&a)) out.push_back(*t);
    }
    return out;
}

template <class T>
T only(const std::vector<p::action>& actions) {
    auto found = all_of<T>(actions);
    EXPECT_EQ(found.size(), 1u);
    return found.empty() ? T{} : found.front();
}

std::string state_xml(pres::state_type type, std::uint32_t availability) {
    return pres::serialise(pres::state{.type = type, .availability = availability});
}

/// What pidgin-sipe publishes first: a device, machine and user states for containers 2 and 3.
std::string first_publish(std::uint32_t availability, std::uint32_t version = 0) {
    pres::publish r{.uri = alice.text(), .publications = {}};
    r.publications.push_back(
        {"device", 77, 2, version, expire_type::endpoint, {}, "<device xmlns=\"urn:d\"/>"});
    for (const auto c : {container_id::states, container_id::team_states}) {
        r.publications.push_back({"state",
                                  0x30000007,
                                  c,
                                  version,
                                  expire_type::endpoint,
                                  {},
                                  state_xml(pres::state_type::machine, availability)});
        r.publications.push_back({"state",
                                  0x20000000,
                                  c,
                                  version,
                                  expire_type::never,
                                  {},
                                  state_xml(pres::state_type::user, availability)});
    }
    return pres::serialise(r);
}

std::string note(std::uint32_t version, std::optional<std::uint32_t> expires = {}) {
    return pres::serialise(pres::publish{alice.text(),
                                         {{"note",
                                           0,
                                           200,
                                           version,
                                           expire_type::never,
                                           expires,
                                           expires ? "" : "<note xmlns=\"urn:n\">x</note>"}}});
}

p::published publishes(std::string body, std::string endpoint = "e1", std::uint64_t request = 100) {
    return {{request_id{request}, std::move(endpoint), alice, std::move(body)}};
}

p::members_set sets_members(std::vector<pres::container_change> changes) {
    return {{request_id{200}, "e1", alice, pres::serialise(changes)}};
}

p::self_subscribed follows(std::uint64_t n, std::string endpoint = "e1") {
    return {request_id{n},
            subscription_id{n},
            std::move(endpoint),
            alice,
            pres::serialise(pres::roaming_list{true, true, true, false})};
}

p::watched watches(std::uint64_t n) {
    return {.watch = watch_id{n},
            .who = {bob, network::same_enterprise},
            .display_name = "Bob",
            .categories = {"state", "note", "contactCard", "routing"}};
}

const std::vector<pres::container_change> bootstrap{
    {200, 0, {{true, {pres::member_type::same_enterprise}}}},
    {100, 0, {{true, {pres::member_type::federated}}}}};

p signed_in() {
    p out(alice, defaults);
    (void)out.on(p::introduced{{.aor = alice,
                                .display_name = "Alice",
                                .login = {},
                                .domain = {},
                                .line_uri = {},
                                .mail = "alice@contoso.test"}},
                 t0);
    (void)out.on(p::endpoint_started{"e1"}, t0);
    return out;
}

/// The availability that a categories document tells; nothing without a state.
std::optional<std::uint32_t> availability_in(const std::string& document) {
    const auto d = pres::parse_categories(document);
    EXPECT_TRUE(d) << document;
    for (const auto& c : d->entries) {
        EXPECT_EQ(c.container, std::nullopt); // never told to watchers
        EXPECT_EQ(c.version, std::nullopt);
        EXPECT_EQ(c.expires_with, std::nullopt);
        if (c.name == "state" && !c.content.empty())
            return pres::parse_state(c.content)->availability;
    }
    return std::nullopt;
}

const pres::category* find(const std::vector<pres::category>& list,
                           std::string_view name,
                           std::uint16_t container,
                           std::uint32_t instance) {
    for (const auto& c : list) {
        if (c.name == name && c.container == container && c.instance == instance) return &c;
    }
    return nullptr;
}

TEST(Presentity, ShowsItsUserWhatThereIs) {
    auto alices = signed_in();
    const auto a = only<p::accept>(alices.on(follows(1), t0));
    EXPECT_EQ(a.request, request_id{1});
    EXPECT_EQ(a.content_type, pres::type::self);
    const auto d = pres::parse_roaming_data(a.body);
    ASSERT_TRUE(d) << a.body;
    EXPECT_EQ(d->containers, std::vector<pres::container>{}); // there, and empty
    EXPECT_EQ(d->subscribers, std::vector<pres::subscriber>{});
    const auto* card = find(*d->categories, "contactCard", 200, 0);
    ASSERT_NE(card, nullptr);
    EXPECT_EQ(pres::parse_contact_card(card->content),
              (pres::contact_card{"Alice", "alice@contoso.test"}));
    EXPECT_EQ(card->version, 1u);
}

TEST(Presentity, AnswersAPublicationWithNewVersionsAndTheAggregate) {
    auto alices = signed_in();
    const auto a = only<p::accept>(alices.on(publishes(first_publish(3500)), t0));
    const auto d = pres::parse_roaming_data(a.body);
    ASSERT_TRUE(d) << a.body;
    for (const auto& [name, container, instance] :
         {std::tuple<std::string_view, std::uint16_t, std::uint32_t>{"device", 2, 77},
          {"state", 2, 0x30000007},
          {"state", 3, 0x30000007},
          {"state", 2, 0x20000000},
          {"state", 3, 0x20000000}}) {
        const auto* c = find(*d->categories, name, container, instance);
        ASSERT_NE(c, nullptr) << name << container;
        EXPECT_EQ(c->version, 1u);
        EXPECT_EQ(c->publish_time, t0.wall);
    }
    EXPECT_EQ(find(*d->categories, "device", 2, 77)->endpoint_id, "e1");
    for (const auto container : {container_id::states,
                                 container_id::team_states,
                                 container_id::outside,
                                 container_id::colleagues,
                                 container_id::team,
                                 container_id::friends}) {
        const auto* c = find(*d->categories, "state", container, 1);
        ASSERT_NE(c, nullptr) << container;
        EXPECT_EQ(pres::parse_state(c->content)->availability, 3500u);
    }
    EXPECT_NE(find(*d->categories, "state", 2, 0x10000000), nullptr);
}

TEST(Presentity, AStalePublicationIsAConflict) {
    auto alices = signed_in();
    (void)alices.on(publishes(note(0)), t0);
    const auto r = only<p::refuse>(alices.on(publishes(note(0)), t0));
    EXPECT_EQ(r.why.status, 409);
    EXPECT_EQ(r.content_type, pres::type::fault);
    EXPECT_EQ(pres::parse_wrong_delta(r.body), (pres::wrong_delta{{{1, 0, 1}}}));
}

TEST(Presentity, IsForItsUserOnly) {
    using diagnostics::id;
    auto alices = signed_in();
    const auto why = [&](const p::event& e) { return only<p::refuse>(alices.on(e, t0)).why.id; };
    auto f = follows(1);
    f.from = bob;
    EXPECT_EQ(why(f), id::subscriber_not_authorised);
    EXPECT_EQ(why(p::acl_subscribed{request_id{2}, subscription_id{2}, "e1", bob}),
              id::subscriber_not_authorised);
    EXPECT_EQ(why(p::published{{request_id{3}, "e1", bob, note(0)}}), id::from_not_allowed);
    auto others = note(0);
    others.replace(others.find("alice"), 5, "carol");
    EXPECT_EQ(why(publishes(others)), id::from_not_allowed);
    EXPECT_EQ(why(p::members_set{{request_id{4}, "e1", bob, pres::serialise(bootstrap)}}),
              id::from_not_allowed);
    EXPECT_EQ(why(p::subscriber_acknowledged{
                  {request_id{5}, "e1", bob, pres::serialise(pres::set_subscribers{"x@y.z"})}}),
              id::from_not_allowed);
}

TEST(Presentity, RefusesWhatItCannotRead) {
    using diagnostics::id;
    auto alices = signed_in();
    const auto why = [&](const p::event& e) { return only<p::refuse>(alices.on(e, t0)).why.id; };
    EXPECT_EQ(why(p::self_subscribed{request_id{1}, subscription_id{1}, "e1", alice, "<x/>"}),
              id::xml_parse);
    EXPECT_EQ(why(p::self_subscribed{request_id{1}, subscription_id{1}, "e1", alice, ""}),
              id::xml_parse);
    EXPECT_EQ(why(publishes("<x")), id::xml_parse);
    EXPECT_EQ(why(publishes(note(0), "unheard of")), id::no_endpoint_identifier);
    EXPECT_EQ(why(p::members_set{{request_id{1}, "e1", alice, ""}}), id::xml_parse);
    EXPECT_EQ(why(p::subscriber_acknowledged{{request_id{1}, "e1", alice, ""}}), id::xml_parse);
    EXPECT_EQ(why(p::subscriber_acknowledged{
                  {request_id{1}, "e1", alice, pres::serialise(pres::set_subscribers{"x@y.z"})}}),
              id::prompted_subscriber_unknown);
}

TEST(Presentity, OtherEndpointsHearOfAPublication) {
    auto alices = signed_in();
    (void)alices.on(p::endpoint_started{"e2"}, t0);
    (void)alices.on(follows(1, "e1"), t0);
    (void)alices.on(follows(2, "e2"), t0);
    const auto out = alices.on(publishes(first_publish(3500), "e1"), t0);
    const auto answer = only<p::accept>(out);
    const auto n = only<p::notify>(out);
    EXPECT_EQ(n.to, std::vector{subscription_id{2}}); // the publisher has it in the answer
    EXPECT_EQ(n.body, answer.body);

    (void)alices.on(p::self_unsubscribed{subscription_id{2}}, t0);
    EXPECT_TRUE(all_of<p::notify>(alices.on(publishes(note(0)), t0)).empty());
}

TEST(Presentity, ARefreshNeedNotSayAgainWhatIsWanted) {
    auto alices = signed_in();
    const auto first = only<p::accept>(alices.on(follows(1), t0));
    EXPECT_EQ(
        only<p::accept>(
            alices.on(p::self_subscribed{request_id{9}, subscription_id{1}, "e1", alice, ""}, t0))
            .body,
        first.body);
}

TEST(Presentity, NobodySeesAFreshUser) {
    auto alices = signed_in();
    (void)alices.on(publishes(first_publish(3500)), t0);
    const auto s = only<p::show>(alices.on(watches(1), t0));
    EXPECT_EQ(availability_in(s.document), std::nullopt);
    EXPECT_TRUE(s.document.contains("contactCard")); // container 0
}

TEST(Presentity, ColleaguesSeeTheAggregateOnceTheyMay) {
    auto alices = signed_in();
    (void)alices.on(follows(1), t0);
    (void)alices.on(publishes(first_publish(3500)), t0);
    (void)alices.on(watches(1), t0);

    const auto out = alices.on(sets_members(bootstrap), t0);
    EXPECT_EQ(only<p::accept>(out).body, "");
    const auto told = pres::parse_roaming_data(only<p::notify>(out).body);
    EXPECT_EQ(told->containers->size(), 2u);
    EXPECT_EQ(told->categories, std::nullopt);
    EXPECT_EQ(availability_in(only<p::show>(out).document), 3500u);

    // Who comes now sees the same.
    EXPECT_EQ(availability_in(only<p::show>(alices.on(watches(2), t0)).document), 3500u);
    // A change goes to both in one document, and says only what changed.
    const auto s = only<p::show>(alices.on(publishes(first_publish(6500, 1)), t1));
    EXPECT_EQ(s.to, (std::vector{watch_id{1}, watch_id{2}}));
    EXPECT_EQ(availability_in(s.document), 6500u);
    EXPECT_FALSE(s.document.contains("contactCard"));
    // Who has gone hears nothing.
    (void)alices.on(p::unwatched{watch_id{1}}, t1);
    EXPECT_EQ(only<p::show>(alices.on(publishes(first_publish(3500, 2)), t1)).to,
              std::vector{watch_id{2}});
}

TEST(Presentity, TheEndOfTheLastEndpointIsOffline) {
    auto alices = signed_in();
    (void)alices.on(p::endpoint_started{"e2"}, t0);
    (void)alices.on(sets_members(bootstrap), t0);
    (void)alices.on(publishes(first_publish(3500)), t0);
    (void)alices.on(follows(1, "e1"), t0);
    (void)alices.on(follows(2, "e2"), t0);
    (void)alices.on(watches(1), t0);
    const auto out = alices.on(p::endpoint_ended{"e1"}, t1);
    EXPECT_EQ(availability_in(only<p::show>(out).document), 18500u);
    const auto n = only<p::notify>(out);
    EXPECT_EQ(n.to, std::vector{subscription_id{2}});
    const auto d = pres::parse_roaming_data(n.body);
    EXPECT_NE(find(*d->categories, "state", 2, 0x20000000), nullptr); // static: it stays
    EXPECT_EQ(find(*d->categories, "state", 2, 0x30000007), nullptr);
    bool gone = false;
    for (const auto& c : *d->categories)
        gone = gone || (c.name == "device" && c.container == 2 && !c.instance);
    EXPECT_TRUE(gone) << n.body;
    EXPECT_TRUE(alices.on(p::endpoint_ended{"e1"}, t1).empty());
}

TEST(Presentity, ABlockedWatcherSeesTheUserOffline) {
    auto alices = signed_in();
    (void)alices.on(sets_members(bootstrap), t0);
    (void)alices.on(publishes(first_publish(3500)), t0);
    (void)alices.on(publishes(note(0)), t0);
    (void)alices.on(watches(1), t0);
    const auto s = only<p::show>(alices.on(
        sets_members({{32000, 0, {{true, {pres::member_type::user, "bob@contoso.test"}}}}}), t1));
    EXPECT_EQ(availability_in(s.document), 18500u);
    EXPECT_FALSE(s.document.contains("contactCard\" instance")); // not even container 0
    EXPECT_TRUE(s.document.contains(R"(<category name="note"/>)")) << s.document;
    EXPECT_TRUE(all_of<p::show>(alices.on(publishes(first_publish(6500, 1)), t1)).empty());
}

TEST(Presentity, SaysWhenACategoryHasNoInstanceLeft) {
    auto alices = signed_in();
    (void)alices.on(follows(1), t0);
    (void)alices.on(p::endpoint_started{"e2"}, t0);
    (void)alices.on(sets_members(bootstrap), t0);
    (void)alices.on(publishes(note(0)), t0);
    (void)alices.on(watches(1), t0);
    const auto out = alices.on(publishes(note(1, 0), "e2"), t1);
    EXPECT_TRUE(only<p::show>(out).document.contains(R"(<category name="note"/>)"));
    EXPECT_TRUE(only<p::notify>(out).body.contains(R"(<category name="note" container="200"/>)"));
}

TEST(Presentity, TimeBoundPublicationsEnd) {
    auto alices = signed_in();
    (void)alices.on(sets_members(bootstrap), t0);
    (void)alices.on(publishes(first_publish(3500)), t0);
    (void)alices.on(watches(1), t0);
    const auto busy = pres::serialise(pres::publish{alice.text(),
                                                    {{"state",
                                                      0x24000000,
                                                      2,
                                                      0,
                                                      expire_type::time,
                                                      60,
                                                      state_xml(pres::state_type::user, 6500)}}});
    EXPECT_EQ(
        availability_in(only<p::show>(alices.on(publishes(busy), {t0.now, t0.wall + 1s})).document),
        6500u);
    EXPECT_EQ(alices.deadline(), t0.now + 60s);
    EXPECT_TRUE(alices.on(p::tick{}, {t0.now + 59s, t0.wall + 60s}).empty());
    EXPECT_EQ(availability_in(only<p::show>(alices.on(p::tick{}, t1)).document), 3500u);
    EXPECT_EQ(alices.deadline(), std::nullopt);
}

TEST(Presentity, PromptsForNewSubscribers) {
    auto alices = signed_in();
    (void)alices.on(follows(1), t0);
    auto w = watches(1);
    w.context = true;
    const auto n = only<p::notify>(alices.on(w, t0));
    EXPECT_EQ(pres::parse_roaming_data(n.body)->subscribers,
              (std::vector<pres::subscriber>{{"bob@contoso.test", "Bob", false}}));
    EXPECT_TRUE(all_of<p::notify>(alices.on(w, t0)).empty()); // once

    const p::subscriber_acknowledged ack{
        {request_id{7}, "e1", alice, pres::serialise(pres::set_subscribers{"bob@contoso.test"})}};
    const auto out = alices.on(ack, t0);
    EXPECT_EQ(only<p::accept>(out).request, request_id{7});
    EXPECT_TRUE(
        pres::parse_roaming_data(only<p::notify>(out).body)->subscribers->front().acknowledged);
    EXPECT_EQ(alices.on(ack, t0).size(), 1u);
}

TEST(Presentity, DoesNotPromptForThoseWhoAreKnown) {
    for (const bool is_contact : {true, false}) {
        auto alices = signed_in();
        (void)alices.on(follows(1), t0);
        if (!is_contact) {
            (void)alices.on(
                sets_members({{32000, 0, {{true, {pres::member_type::user, "bob@contoso.test"}}}}}),
                t0);
        }
        auto w = watches(1);
        w.context = true;
        w.is_contact = is_contact;
        EXPECT_TRUE(all_of<p::notify>(alices.on(w, t0)).empty());
    }
}

TEST(Presentity, OldClientsFollowTheAccessControlList) {
    auto alices = signed_in();
    const auto a = only<p::accept>(
        alices.on(p::acl_subscribed{request_id{1}, subscription_id{1}, "e1", alice}, t0));
    EXPECT_EQ(a.content_type, conmgmt::acl_content_type);
    EXPECT_EQ(conmgmt::parse_acl(a.body), conmgmt::acl{});
    const auto n = only<p::notify>(alices.on(
        sets_members({{32000, 0, {{true, {pres::member_type::user, "bob@contoso.test"}}}}}), t0));
    EXPECT_EQ(conmgmt::parse_acl(n.body)->entries.size(), 1u);
    EXPECT_EQ(conmgmt::parse_acl(n.body)->delta_num, 2u);
}

TEST(Presentity, DoesNotGrowWithoutBound) {
    settings s;
    s.max_self_subscriptions = 1;
    s.max_watchers = 1;
    p alices(alice, s);
    (void)alices.on(follows(1), t0);
    EXPECT_EQ(only<p::refuse>(alices.on(follows(2), t0)).why.id,
              diagnostics::id::delivery_context_limit);
    (void)alices.on(watches(1), t0);
    EXPECT_EQ(only<p::decline>(alices.on(watches(2), t0)).watch, watch_id{2});
    EXPECT_EQ(all_of<p::show>(alices.on(watches(1), t0)).size(), 1u);
}

TEST(Presentity, RoutingIsNotForWatchers) {
    auto alices = signed_in();
    (void)alices.on(sets_members(bootstrap), t0);
    (void)alices.on(watches(1), t0);
    const auto routing = pres::serialise(pres::publish{
        alice.text(), {{"routing", 0, 200, 0, expire_type::never, {}, "<r xmlns=\"urn:r\"/>"}}});
    EXPECT_TRUE(all_of<p::show>(alices.on(publishes(routing), t0)).empty());
    EXPECT_FALSE(only<p::show>(alices.on(watches(2), t0)).document.contains("routing"));
}

} // namespace
} // namespace lyceum::roles::presence
