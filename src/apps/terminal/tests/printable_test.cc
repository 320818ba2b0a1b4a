#include "apps/terminal/printable.h"

#include <gtest/gtest.h>

namespace lyceum::apps::terminal {
namespace {

TEST(printable, moves_no_cursor) {
    const struct {
        std::string_view text;
        std::string_view want;
    } rows[] = {
        {"", ""},
        {"two lines\r\n\tand a tab", "two lines\n\tand a tab"},
        {"\x1b[2Jgone\x07\x7f", "[2Jgone"},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xc2\x9b"
         "2J\xc2\xa0x",
         "2J\xc2\xa0x"},              // U+009B starts an escape, U+00A0 is a blank
        {"\x9b[2J \xff x", "[2J  x"}, // no UTF-8
        {"\xe2\x9b[2J", "[2J"},       // begun, and not ended
        {"x\xc3", "x"},
        {"\xe0\x82\x9b"
         "2J",
         "2J"}, // U+009B in a longer form
        {"\xf0\x80\x82\x9b.\xed\xa0\x80.\xf4\x90\x80\x80", ".."},
        {"\xe0\xa0\x80\xed\x9f\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
         "\xe0\xa0\x80\xed\x9f\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(printable(row.text), row.want) << row.text;
}

} // namespace
} // namespace lyceum::apps::terminal
