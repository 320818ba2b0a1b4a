#include "apps/command_line/wrong_line.h"

#include <gtest/gtest.h>

namespace lyceum::apps::command_line {
namespace {

TEST(wrong_line, in_our_words) { // seen: CLI11 2.1.2
    const struct {
        std::string_view kind, text, want;
    } rows[] = {
        {"ExtrasError",
         "The following argument was not expected: --foo",
         "there is no such option or argument: --foo"},
        {"ExtrasError",
         "The following arguments were not expected: b a",
         "there is no such option or argument: b a"},
        {"list",
         "The following argument was not expected: --foo",
         "there is no such option or argument: --foo"},
        {"RequiredError", "A subcommand is required", "a command is missing"},
        {"RequiredError", "peer is required", "peer is missing"},
        {"ValidationError",
         "--transport: ftp not in {tls,tcp,udp}",
         "--transport cannot be ftp: tls, tcp or udp"},
        {"ValidationError",
         "--connections: Value 0 not in range 1 to 10",
         "--connections cannot be 0: from 1 to 10"},
        {"ValidationError", "page: x not in {a}", "page cannot be x: a"},
        {"ValidationError", "something else", "something else"},
        {"ConversionError", "Could not convert: --rate = fast", "--rate cannot be \"fast\""},
        {"ArgumentMismatch",
         "--server: 1 required HOST[:PORT] missing",
         "--server wants a value: HOST[:PORT]"},
        {"ExcludesError",
         "--unsigned excludes --signed",
         "--unsigned and --signed exclude each other"},
        {"HorribleError", "as it is", "as it is"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(wrong_line(row.kind, row.text), row.want) << row.text;
}

} // namespace
} // namespace lyceum::apps::command_line
