#include "admin/user_file.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace lyceum::admin {
namespace {

/// The lines of a text, and what is read of them: "1 user=a password=b|", a bad one "2! why|".
std::string told(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty())
        lines.emplace_back(split_first(text, '\n'));
    const auto read = read_user_file(lines);
    std::string out;
    for (const auto& u : read.users) {
        out += std::to_string(u.line);
        for (const auto& [name, value] : u.what.texts)
            out.append(" ").append(name).append("=").append(value);
        out += "|";
    }
    for (const auto& b : read.bad)
        out += std::to_string(b.line) + "! " + b.why + "|";
    return out;
}

TEST(user_file, lines_of_text) {
    const struct {
        std::string_view text;
        std::string_view told;
    } rows[] = {
        {"", ""},
        {"a@b secret", "1 password=secret user=a@b|"},
        {"\xEF\xBB\xBF# people\r\n\r\n  a@b \t two words \r\nc@d x,y\"z\r\n",
         "3 password=two words user=a@b|4 password=x,y\"z user=c@d|"},
        {"a@b\nc@d x",
         "2 password=x user=c@d|1! has no password; a line is ADDRESS PASSWORD, or the first one "
         "names columns: user,password,display_name|"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(told(row.text), row.told) << row.text;
}

TEST(user_file, columns) {
    const struct {
        std::string_view text;
        std::string_view told;
    } rows[] = {
        {"user,password\na@b,x", "2 password=x user=a@b|"},
        {"password,user,display_name\n\"x,\"\"y\"\" z\",a@b,\"B, A\"\nq,c@d,\n",
         "2 display_name=B, A password=x,\"y\" z user=a@b|3 password=q user=c@d|"},
        {"user,password\na@b,x,y\nc@d\ne@f,\n,x\ng@h,\"x\ni@j,x\"y\nk@l,\"x\"y\n",
         "2! has 3 fields for 2 columns|3! has 1 fields for 2 columns|4! has no password|"
         "5! has no user|6! has quotes that do not fit|7! has quotes that do not fit|"
         "8! has quotes that do not fit|"},
        {"user,passwort\na@b,x",
         "1! column \"passwort\" is none of user, display_name, login, domain, line_uri, mail, "
         "password|"},
        {"# people\npassword,user\n#1,a@b\n", "3 password=#1 user=a@b|"},
        {"user,mail\na@b,x", "1! the columns user and password are needed|"},
        {"user,password,user\na@b,x,y", "1! column user stands twice|"},
        {" User , Display Name,PASSWORD \n a@b , A B , x y \n c@d ,\" C \" , \" z \" \n",
         "2 display_name=A B password=x y user=a@b|3 display_name= C  password= z  user=c@d|"},
        {"user;password\na@b;\"x;y\"\nc@d;u,v\n",
         "2 password=x;y user=a@b|3 password=u,v user=c@d|"},
        {"Password\tUser\tmail\r\nx y\ta@b\t\r\nz\tc@d\tm\n",
         "2 password=x y user=a@b|3 mail=m password=z user=c@d|"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(told(row.text), row.told) << row.text;
}

TEST(user_file, control_characters) {
    const std::string cr = "has a carriage return inside; lines end with LF or CR LF|";
    const struct {
        std::string text;
        std::string told;
    } rows[] = {
        {"a@b x\rc@d y\r", "1! " + cr},
        {"user,password\ra@b,x\rc@d,y", "1! " + cr},
        {"# people\ra@b x", "1! " + cr},
        {std::string("a@b x\0y\nc@d z", 13),
         "2 password=z user=c@d|1! has a control character, 0x00|"},
        {"a@b x\x7F", "1! has a control character, 0x7F|"},
        {"a@b x\ty", "1! has a tab in its password|"},
        {"user,password\na@b,\"x\ty\"", "2! has a tab in its password|"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(told(row.text), row.told) << row.text;
}

TEST(user_file, a_hundred_wrong_lines_are_told) {
    std::map<std::size_t, std::string> all{{7, "x"}};
    EXPECT_EQ(wrong_lines(all),
              (failure{"refused", "1 line is wrong; nobody was added", {{7, "x"}}, 0}));
    for (std::size_t n = 1; n <= 103; ++n)
        all[n] = "y";
    const auto told = wrong_lines(all);
    EXPECT_EQ(told.message, "103 lines are wrong; nobody was added");
    ASSERT_EQ(told.lines.size(), 100U);
    EXPECT_EQ(told.lines.back(), (failure::bad_line{100, "y"}));
    EXPECT_EQ(told.more_lines, 3U);
}

} // namespace
} // namespace lyceum::admin
