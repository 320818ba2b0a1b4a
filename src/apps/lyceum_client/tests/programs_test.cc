#include "apps/lyceum_client/input.h"
#include "apps/lyceum_client/plain_text.h"
#include "apps/lyceum_client/program.h"

#include <gtest/gtest.h>

namespace lyceum::apps::client {
namespace {

namespace notice = user_agent::notice;
namespace wish = user_agent::wish;

/// Remembers what a program does.
struct fake_stage final : stage, teller {
    std::vector<user_agent::event> wishes;
    std::vector<std::string> told;
    std::vector<std::pair<std::chrono::nanoseconds, std::uint64_t>> alarms;
    std::optional<exit_code> ended;
    sip::aor me = *sip::aor::from("sip:alice@contoso.test");

    void wish(user_agent::event e) override { wishes.push_back(std::move(e)); }
    void alarm(std::chrono::nanoseconds after, std::uint64_t id) override {
        alarms.emplace_back(after, id);
    }
    void finish(exit_code c) override {
        if (!ended) ended = c;
    }
    teller& out() override { return *this; }
    [[nodiscard]] const sip::aor& self() const override { return me; }
    void tell(const user_agent::action& a) override { told.push_back(name_of(a)); }
    void tell(const std::string& event,
              const std::vector<field>&,
              const std::string& /*what*/) override {
        told.push_back(event);
    }

    /// The texts that were said, "page:" before those by themselves.
    [[nodiscard]] std::vector<std::string> said() const {
        std::vector<std::string> out;
        for (const auto& w : wishes) {
            if (const auto* s = std::get_if<wish::say>(&w)) out.push_back(s->text);
            if (const auto* p = std::get_if<wish::page>(&w)) out.push_back("page:" + p->text);
        }
        return out;
    }
};

const sip::aor bob = *sip::aor::from("sip:bob@contoso.test");
using texts = std::vector<std::string>;

TEST(send, tells_by_its_exit_code) {
    for (const bool page : {false, true}) {
        for (const bool arrives : {false, true}) {
            fake_stage s;
            const auto p = make_send(bob, "hello", page);
            p->on_notice(s, notice::signed_in{});
            EXPECT_EQ(s.said(), texts{page ? "page:hello" : "hello"});
            p->on_notice(
                s, notice::signed_in{.anew = false, .expires = {}, .endpoints = {}}); // a refresh
            EXPECT_EQ(s.said().size(), 1u);
            EXPECT_FALSE(s.ended);
            if (arrives) {
                p->on_notice(s, notice::delivered{1, bob});
            } else {
                p->on_notice(s, notice::undelivered{1, bob, 480, "away"});
            }
            EXPECT_EQ(s.ended, arrives ? exit_code::ok : exit_code::undelivered);
        }
    }
}

TEST(chat, sends_lines) {
    fake_stage s;
    const auto p = make_chat(bob);
    EXPECT_TRUE(p->wants_lines());
    p->on_line(s, "early");
    EXPECT_TRUE(s.wishes.empty());
    p->on_notice(s, notice::signed_in{});
    for (const auto* line : {"one", "", "  ", "/unknown", "//slash"})
        p->on_line(s, line);
    EXPECT_EQ(s.said(), (texts{"early", "one", "/slash"}));
    p->on_line(s, " /quit ");
    EXPECT_EQ(s.ended, exit_code::ok);
}

TEST(chat, waits_for_answers_at_the_end_of_input) {
    for (const bool arrives : {false, true}) {
        fake_stage s;
        const auto p = make_chat(bob);
        p->on_line(s, "one");
        p->on_input_end(s);
        EXPECT_FALSE(s.ended);
        p->on_notice(s, notice::signed_in{});
        EXPECT_FALSE(s.ended);
        if (arrives) {
            p->on_notice(s, notice::delivered{1, bob});
        } else {
            p->on_notice(s, notice::undelivered{1, bob, 480, "away"});
        }
        EXPECT_EQ(s.ended, arrives ? exit_code::ok : exit_code::undelivered);
    }
}

TEST(script, does_one_thing_after_the_other) {
    fake_stage s;
    const auto p = make_script();
    p->on_line(s, R"({"do":"im","to":"bob","text":"one"})");
    p->on_line(s, R"({"do":"wait","seconds":1.5})");
    p->on_line(s, R"({"do":"page","to":"sip:bob@contoso.test","text":"two"})");
    p->on_line(s, R"({"do":"expect","event":"im_received","seconds":5})");
    p->on_line(s, R"({"do":"typing","to":"bob"})");
    p->on_input_end(s);
    EXPECT_TRUE(s.wishes.empty()); // not in yet
    p->on_notice(s, notice::signed_in{});
    EXPECT_EQ(s.said(), texts{"one"});
    EXPECT_EQ(std::get<wish::say>(s.wishes[0]).to, bob);
    ASSERT_EQ(s.alarms.size(), 1u);
    EXPECT_EQ(s.alarms[0].first, 1500ms);
    p->on_notice(s, notice::im_received{bob, "text/plain", "too early"});
    p->on_alarm(s, s.alarms[0].second);
    EXPECT_EQ(s.said(), (texts{"one", "page:two"}));
    EXPECT_EQ(s.wishes.size(), 2u); // the message before "page" does not count
    p->on_notice(s, notice::im_received{bob, "text/plain", "yes"});
    ASSERT_EQ(s.wishes.size(), 3u);
    EXPECT_TRUE(std::holds_alternative<wish::type>(s.wishes[2]));
    EXPECT_FALSE(s.ended);              // two texts are under way
    p->on_alarm(s, s.alarms[1].second); // too late to mean anything
    p->on_notice(s, notice::delivered{1, bob});
    p->on_notice(s, notice::delivered{2, bob});
    EXPECT_EQ(s.ended, exit_code::ok);
}

TEST(script, ends_when_it_waits_in_vain) {
    fake_stage s;
    const auto p = make_script();
    p->on_notice(s, notice::signed_in{});
    p->on_line(s, R"({"do":"expect","event":"im_received","seconds":5})");
    p->on_notice(s, notice::typing_received{bob, true});
    EXPECT_FALSE(s.ended);
    p->on_alarm(s, s.alarms.at(0).second);
    EXPECT_EQ(s.ended, exit_code::undelivered);
    EXPECT_EQ(s.told.back(), "not_seen");
}

TEST(script, refuses_what_it_does_not_know) {
    const char* rows[] = {
        "im",
        "[]",
        R"({"do":"dance"})",
        R"({})",
        R"({"do":"wait"})",
        R"({"do":"wait","seconds":-1})",
        R"({"do":"wait","seconds":"1"})",
        R"({"do":"expect","seconds":1})",
        R"({"do":"expect","event":"im_received"})",
        R"({"do":"im","text":"x"})",
        R"({"do":"im","to":"bob"})",
        R"({"do":"im","to":"@","text":"x"})",
        R"({"do":"im","to":"bob","text":7})",
    };
    for (const auto* line : rows) {
        fake_stage s;
        const auto p = make_script();
        p->on_notice(s, notice::signed_in{});
        p->on_line(s, line);
        EXPECT_EQ(s.ended, exit_code::usage) << line;
        EXPECT_EQ(s.told.back(), "bad_command") << line;
        EXPECT_TRUE(s.wishes.empty()) << line;
    }
}

TEST(script, knows_every_wish) {
    const struct {
        const char* line;
        std::size_t index;
    } rows[] = {
        {R"({"do":"refresh"})", user_agent::event(wish::refresh{}).index()},
        {R"({"do":"renew"})", user_agent::event(wish::renew{}).index()},
        {R"({"do":"leave","to":"bob"})", user_agent::event(wish::leave{}).index()},
        {R"({"do":"im","to":"bob","text":"<b>x</b>","content_type":"text/html"})",
         user_agent::event(wish::say{}).index()},
    };
    for (const auto& row : rows) {
        fake_stage s;
        const auto p = make_script();
        p->on_notice(s, notice::signed_in{});
        p->on_line(s, row.line);
        ASSERT_EQ(s.wishes.size(), 1u) << row.line;
        EXPECT_EQ(s.wishes[0].index(), row.index) << row.line;
    }
    fake_stage s;
    const auto p = make_script();
    p->on_notice(s, notice::signed_in{});
    p->on_line(s, R"({"do":"sign-out"})");
    EXPECT_EQ(s.ended, exit_code::ok);
}

TEST(line_cutter, cuts_whatever_the_chunks) {
    const std::string_view input = "one\r\n\ntwo\nthree";
    for (std::size_t size = 1; size <= input.size(); ++size) {
        line_cutter c;
        texts got;
        for (std::size_t at = 0; at < input.size(); at += size) {
            for (auto& l : c.feed(input.substr(at, size)))
                got.push_back(std::move(l));
        }
        EXPECT_EQ(got, (texts{"one", "", "two"})) << size;
        EXPECT_EQ(c.rest(), "three");
        EXPECT_EQ(c.rest(), "");
    }
}

TEST(plain_text, is_harmless) {
    const struct {
        std::string_view type;
        std::string_view text;
        std::string_view want;
    } rows[] = {
        {"text/plain", "a < b\r\n", "a < b"},
        {"text/plain", "caf\xc3\xa9", "caf\xc3\xa9"},
        {"text/plain", "\x1b[2Jgone\x07", "[2Jgone"},
        {"text/plain",
         "\xc2\x9b"
         "2J\xc2\xa0x",
         "2J\xc2\xa0x"}, // U+009B starts an escape, U+00A0 is a blank
        {"text/html; charset=UTF-8", "<p><b>bold</b> &lt;ok&gt; &amp;amp;</p>", "bold <ok> &amp;"},
        {"text/html", "one<br/>two", "one\ntwo"},
        {"text/html", "cut <b", "cut "},
        {"text/html", "&unknown; &", "&unknown; &"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(plain_text(row.type, row.text), row.want) << row.text;
}

} // namespace
} // namespace lyceum::apps::client
