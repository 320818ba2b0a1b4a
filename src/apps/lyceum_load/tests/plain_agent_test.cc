#include "apps/lyceum_load/pace.h"
#include "apps/lyceum_load/plain_agent.h"
#include "base/text.h"
#include "protocol/sip/framer.h"

#include <gtest/gtest.h>

namespace lyceum::apps::load {
namespace {

using sip::header;

std::vector<sip::message> messages_of(const std::string& octets) {
    std::vector<sip::message> out;
    sip::framer f;
    f.feed(octets);
    for (;;) {
        auto next = f.next();
        EXPECT_TRUE(next);
        if (!next || !*next) return out;
        auto m = sip::message::parse(**std::move(next));
        EXPECT_TRUE(m);
        if (m) out.push_back(*std::move(m));
    }
}

plain_agent agent(std::size_t number, bool answers = true) {
    plain_agent a({"sip:u" + std::to_string(number) + "@contoso.test", number, answers});
    a.connected(net::transport::tls, {*ip_address::parse("127.0.0.1"), 40000});
    return a;
}

std::vector<plain_agent::outcome>
exchange(plain_agent& from, plain_agent& to, std::string octets, std::vector<std::string>& seen) {
    std::vector<plain_agent::outcome> ends;
    auto* sender = &from;
    auto* receiver = &to;
    while (!octets.empty()) {
        std::string back;
        for (const auto& m : messages_of(octets)) {
            seen.push_back(m.is_request() ? std::string(m.method_name())
                                          : std::to_string(m.status()));
            const auto o = receiver->take(m, back);
            if (o.over) ends.push_back(o);
        }
        octets = std::move(back);
        std::swap(sender, receiver);
    }
    return ends;
}

TEST(plain_agent, pages_and_calls_and_answers) {
    auto a = agent(1);
    auto b = agent(2);
    std::string out;
    std::vector<std::string> seen;
    a.page(b.aor(), out);
    const auto paged = exchange(a, b, out, seen);
    ASSERT_EQ(paged.size(), 1u);
    EXPECT_EQ(paged[0].refused, 0);
    EXPECT_EQ(seen, (std::vector<std::string>{"MESSAGE", "200"}));

    for (int i = 0; i < 2; ++i) { // an agent that is done can do it again
        seen.clear();
        out.clear();
        a.call(b.aor(), out);
        const auto called = exchange(a, b, out, seen);
        ASSERT_EQ(called.size(), 1u);
        EXPECT_EQ(called[0].refused, 0);
        EXPECT_EQ(seen, (std::vector<std::string>{"INVITE", "180", "200", "ACK", "BYE", "200"}));
    }
}

TEST(plain_agent, follows_the_recorded_route_and_uses_no_branch_twice) {
    auto a = agent(1);
    auto b = agent(2);
    std::string out;
    a.call(b.aor(), out);
    auto invite = messages_of(out).at(0);
    invite.prepend(header::record_route, "<sip:p1;lr>");
    invite.prepend(header::record_route, "<sip:p2;lr>");
    std::string answers;
    b.take(invite, answers);
    std::string next;
    for (const auto& m : messages_of(answers))
        EXPECT_FALSE(a.take(m, next).over);
    const auto sent = messages_of(next);
    ASSERT_EQ(sent.size(), 2u);
    std::set<std::string> branches{std::string(invite.first(header::via))};
    for (const auto& m : sent) {
        const auto routes = m.values(header::route);
        ASSERT_EQ(routes.size(), 2u);
        EXPECT_EQ(routes[0], "<sip:p1;lr>");
        EXPECT_EQ(routes[1], "<sip:p2;lr>");
        EXPECT_EQ(m.call_id(), invite.call_id());
        EXPECT_FALSE(m.to_tag().empty());
        EXPECT_TRUE(branches.insert(std::string(m.first(header::via))).second);
    }
}

TEST(plain_agent, rings_until_it_is_cancelled) {
    auto a = agent(1);
    auto b = agent(2, false);
    std::string out;
    a.call(b.aor(), out);
    const auto invite = messages_of(out).at(0);
    std::string answers;
    b.take(invite, answers);
    ASSERT_EQ(messages_of(answers).size(), 1u);
    EXPECT_EQ(messages_of(answers)[0].status(), 180);
    auto cancel = sip::message::request("CANCEL", invite.uri());
    for (const auto h : {header::via, header::from, header::to, header::call_id})
        cancel.append(h, invite.value(h));
    cancel.append(header::cseq, "1 CANCEL");
    answers.clear();
    b.take(cancel, answers);
    const auto said = messages_of(answers);
    ASSERT_EQ(said.size(), 2u);
    EXPECT_EQ(said[0].status(), 200);
    EXPECT_EQ(said[1].status(), 487);
    EXPECT_EQ(said[1].cseq_method(), "INVITE");

    // The caller acknowledges in the INVITE's transaction, and its call is over.
    std::string ack;
    const auto o = a.take(said[1], ack);
    EXPECT_TRUE(o.over);
    EXPECT_EQ(o.refused, 487);
    ASSERT_EQ(messages_of(ack).size(), 1u);
    EXPECT_EQ(messages_of(ack)[0].first(header::via), invite.first(header::via));
}

TEST(plain_agent, takes_the_name_that_the_registrar_gave_it) {
    auto a = agent(17);
    std::string out;
    a.enrol(out);
    const auto asked = messages_of(out).at(0);
    auto r = sip::message::response(200);
    for (const auto h : {header::via, header::from, header::to, header::call_id, header::cseq})
        r.append(h, asked.value(h));
    r.append(header::contact,
             "<sip:other@127.0.0.1>;+sip.instance=\"<urn:uuid:00000000-0000-"
             "4000-8000-000000000018>\";gruu=\"sip:other;gruu\"");
    r.append(header::contact, std::string(asked.value(header::contact)) + ";gruu=\"sip:own;gruu\"");
    EXPECT_TRUE(a.take(r, out).over);
    out.clear();
    a.call("sip:u2@contoso.test", out);
    EXPECT_EQ(messages_of(out).at(0).value(header::contact), "<sip:own;gruu>");
}

TEST(pace, starts_what_is_due_and_counts) {
    const instant t0{};
    pace p;
    for (pace::seat s = 0; s < 3; ++s)
        p.enrol(s);
    std::vector<pace::seat> begun;
    p.begin_once(t0, 10, [&](pace::seat s, instant) { begun.push_back(s); });
    p.start_due(t0);
    EXPECT_EQ(begun, (std::vector<pace::seat>{0}));
    p.start_due(t0 + 100ms);
    EXPECT_EQ(begun.size(), 2u);
    p.start_due(t0 + 10s);
    EXPECT_EQ(begun.size(), 3u);
    for (pace::seat s = 0; s < 3; ++s)
        EXPECT_TRUE(p.finish(s, t0 + 10s));
    EXPECT_FALSE(p.finish(0, t0 + 10s)) << "nothing was under way";
    EXPECT_TRUE(p.is_over(t0 + 10s));
    EXPECT_EQ(p.result(t0 + 10s).done, 3u);

    p.retire(2);
    begun.clear();
    p.begin(t0, 10, 1s, [&](pace::seat s, instant) { begun.push_back(s); });
    p.start_due(t0 + 500ms); // six are due, two endpoints are there
    EXPECT_EQ(begun, (std::vector<pace::seat>{0, 1}));
    EXPECT_EQ(p.result(t0 + 500ms).not_started, 4u);
    EXPECT_EQ(p.result(t0 + 500ms).errors.at("unanswered"), 2u);
    p.finish(0, t0 + 600ms);
    p.fail(1, "480");
    p.start_due(t0 + 2s);
    EXPECT_EQ(begun.size(), 2u) << "after its end";
    EXPECT_TRUE(p.is_over(t0 + 2s));
    EXPECT_EQ(p.result(t0 + 2s).errors, (std::map<std::string, std::uint64_t>{{"480", 1}}));

    begun.clear(); // as fast as answers come
    p.begin(t0, 0, 1s, [&](pace::seat s, instant) { begun.push_back(s); });
    p.start_due(t0);
    EXPECT_EQ(begun.size(), 2u);
    p.finish(0, t0 + 1ms);
    EXPECT_EQ(begun.size(), 3u);
}

} // namespace
} // namespace lyceum::apps::load
