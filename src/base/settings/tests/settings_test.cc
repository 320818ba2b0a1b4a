#include "base/settings/catalogue.h"
#include "base/settings/units.h"

#include <gtest/gtest.h>

namespace lyceum::settings {
namespace {

using namespace std::chrono_literals;

struct sample {
    bool on = false;
    std::string mode = "off";
    std::vector<std::string> names{"a"};
    std::uint16_t port = 5061;
    std::size_t largest = 65536;
    std::chrono::seconds patience{15};
    std::chrono::milliseconds pause{250};
    void describe(section& s) {
        s.flag("on", on, "Whether it is on.");
        s.text("mode", mode, "How.").one_of({"off", "trusted", "clients"}).needs_restart();
        s.list("names", names, "Names.").between(1, 3);
        s.number("port", port, "Where.").between(1, 65535);
        s.octets("largest", largest, "Largest | message.").between(1024, 1 << 20);
        s.duration("patience", patience, "How long.").between(1s, 1h);
        s.duration("pause", pause, "Between two.");
    }
};

std::string read(sample& s, std::string_view text) {
    catalogue c;
    c.add("sip", "Sample.", s);
    const auto done = c.read(text);
    return done ? "" : to_text(done.error(), "x.toml");
}

TEST(settings, reads_every_type) {
    sample s;
    EXPECT_EQ(read(s,
                   "[sip]\non = true\nmode = 'clients'\nnames = ['x', \"y\"]\nport = 1\nlargest = "
                   "'1 MiB'\n"
                   "patience = \"2 min\"\npause = '5ms'\n"),
              "");
    EXPECT_TRUE(s.on);
    EXPECT_EQ(s.mode, "clients");
    EXPECT_EQ(s.names, (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ(s.port, 1);
    EXPECT_EQ(s.largest, 1048576U);
    EXPECT_EQ(s.patience, 120s);
    EXPECT_EQ(s.pause, 5ms);
}

// What toml++ would have died of.
TEST(settings, letters_where_none_belong) {
    for (const auto* text : {"[sip]\np\u00f6rt = 5", "2\u0112\u070c", "\u2f00", "a = 1'\u019a"}) {
        sample s;
        EXPECT_NE(read(s, text), "") << text;
    }
    sample s;
    EXPECT_EQ(read(s, "# \u00f6\n[sip]\nnames = ['\u00f6', \"\u2f00\"]"), "");
    EXPECT_EQ(s.names, (std::vector<std::string>{"\u00f6", "\u2f00"}));
}

TEST(settings, tells_what_is_wrong_and_where) {
    const struct {
        std::string_view text;
        std::string_view why;
    } rows[] = {
        {"[~sip]", "x.toml: is not TOML: something else stands where a name has to"},
        {"[sip]\nprot = 5", "x.toml:2: sip.prot: unknown; did you mean sip.port?"},
        {"[sip]\nelephants = 5", "x.toml:2: sip.elephants: unknown"},
        {"\n[spi]\nport = 5", "x.toml:2: spi: unknown; did you mean sip?"},
        {"sip = 4", "x.toml:1: sip: must be a table: [sip]"},
        {"[sip]\non = 1", "x.toml:2: sip.on: must be true or false"},
        {"[sip]\nmode = 'on'", "x.toml:2: sip.mode: \"on\" is not one of: off, trusted, clients"},
        {"[sip]\nmode = 3", "x.toml:2: sip.mode: must be a text in quotes"},
        {"[sip]\nnames = []", "x.toml:2: sip.names: needs at least 1"},
        {"[sip]\nnames = ['a','b','c','d']", "x.toml:2: sip.names: has more than 3"},
        {"[sip]\nnames = [1]", "x.toml:2: sip.names: must be a list of texts: [\"a\", \"b\"]"},
        {"[sip]\nport = 65536", "x.toml:2: sip.port: 65536 is not between 1 and 65535"},
        {"[sip]\nport = 0", "x.toml:2: sip.port: 0 is not between 1 and 65535"},
        {"[sip]\nport = '5'", "x.toml:2: sip.port: must be a whole number"},
        {"[sip]\nlargest = '1 GiB'", "x.toml:2: sip.largest: 1 GiB is not between 1 KiB and 1 MiB"},
        {"[sip]\npatience = 15",
         "x.toml:2: sip.patience: must be a duration with its unit, such as \"15 s\" (ns, us, ms, "
         "s, min, h, d)"},
        {"[sip]\npatience = '2 h'", "x.toml:2: sip.patience: 2 h is not between 1 s and 1 h"},
        {"[sip]\nport = 0\nmode = 'x'\nwhat = 1",
         "x.toml:2: sip.port: 0 is not between 1 and 65535\n"
         "x.toml:3: sip.mode: \"x\" is not one of: off, trusted, clients\n"
         "x.toml:4: sip.what: unknown; did you mean sip.on?"},
    };
    for (const auto& row : rows) {
        sample s;
        if (row.text.find("what") != std::string_view::npos) {
            EXPECT_TRUE(read(s, row.text).starts_with(row.why.substr(0, row.why.rfind(':'))))
                << read(s, row.text);
            continue;
        }
        EXPECT_EQ(read(s, row.text), row.why);
    }
    sample s;
    EXPECT_TRUE(read(s, "[sip]\nport = = 3").starts_with("x.toml:2: "))
        << read(s, "[sip]\nport = = 3");
}

TEST(settings, what_is_written_reads_back) {
    sample s;
    s.on = true;
    s.mode = "trusted";
    s.names = {"q\"uote", "back\\slash", "line\nend"};
    s.largest = 4096;
    s.patience = 90s;
    catalogue c;
    c.add("sip", "Sample.", s);
    const auto text = c.to_toml("Head.");
    sample again;
    EXPECT_EQ(read(again, text), "") << text;
    EXPECT_EQ(again.names, s.names);
    EXPECT_EQ(again.largest, 4096U);
    EXPECT_EQ(again.patience, 90s);
    EXPECT_EQ(again.mode, "trusted");
    EXPECT_NE(text.find("patience = \"90 s\""), std::string::npos) << text;
    EXPECT_NE(text.find("# How long. (1 s to 1 h)"), std::string::npos) << text;
}

TEST(settings, the_page_names_every_field) {
    sample s;
    catalogue c;
    c.add("sip", "Sample.", s);
    const auto page = c.to_markdown("# Settings\n");
    EXPECT_NE(page.find("| `mode` | `\"off\"` | one of off, trusted, clients | yes | How. |"),
              std::string::npos)
        << page;
    EXPECT_NE(page.find("Largest \\| message."), std::string::npos) << page;
}

TEST(settings, check_sees_values_that_code_set) {
    sample s;
    s.mode = "never";
    catalogue c;
    c.add("sip", "Sample.", s);
    ASSERT_EQ(c.check().size(), 1U);
    EXPECT_EQ(c.check()[0].key, "sip.mode");
}

TEST(settings, durations_and_sizes) {
    const struct {
        std::string_view text;
        std::optional<std::int64_t> value;
    } durations[] = {
        {"15 s", 15'000'000'000},
        {"15s", 15'000'000'000},
        {"0 s", 0},
        {"1 d", 86'400'000'000'000},
        {"5", std::nullopt},
        {"s", std::nullopt},
        {"", std::nullopt},
        {"-1 s", std::nullopt},
        {"1.5 s", std::nullopt},
        {"9223372036854775807 d", std::nullopt},
        {"1 fortnight", std::nullopt},
    };
    for (const auto& row : durations)
        EXPECT_EQ(parse_duration(row.text), row.value) << row.text;
    EXPECT_EQ(duration_text(0), "0 s");
    EXPECT_EQ(duration_text(1'500'000'000), "1500 ms");
    EXPECT_EQ(octets_text(1536), "1536 B");
    EXPECT_EQ(parse_octets("8796093022208 MiB"), std::nullopt);
}

} // namespace
} // namespace lyceum::settings
