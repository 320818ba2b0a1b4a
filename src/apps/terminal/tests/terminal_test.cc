#include "apps/terminal/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace lyceum::apps::terminal {
namespace {

/// Standard input is this text, until the end of the scope.
class input {
public:
    explicit input(const std::string& text) : before_(::dup(STDIN_FILENO)) {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe(ends), 0);
        EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
        ::close(ends[1]);
        ::dup2(ends[0], STDIN_FILENO);
        ::close(ends[0]);
    }
    ~input() {
        ::dup2(before_, STDIN_FILENO);
        ::close(before_);
    }
    input(const input&) = delete;
    input& operator=(const input&) = delete;

    /// What was not read.
    static std::string rest() {
        std::string out;
        for (char c = 0; ::read(STDIN_FILENO, &c, 1) == 1;)
            out += c;
        return out;
    }

private:
    int before_;
};

TEST(terminal, a_line_of_input) {
    const struct {
        std::string text;
        std::string line;
        std::string rest;
    } rows[] = {
        {"secret", "secret", ""},
        {"secret\n", "secret", ""},
        {"secret\r\n", "secret", ""},
        {" two words \nmore\n", " two words ", "more\n"},
        {std::string(4096, 'x') + "\n", std::string(4096, 'x'), ""},
    };
    for (const auto& row : rows) {
        const input in(row.text);
        EXPECT_EQ(line_of_input("password"), row.line);
        EXPECT_EQ(input::rest(), row.rest);
    }
}

TEST(terminal, no_line_of_input) {
    const struct {
        std::string text;
        const char* why;
    } rows[] = {
        {"", "there is no password on standard input"},
        {"\n", "the password is empty"},
        {"\r\n", "the password is empty"},
        {std::string(4097, 'x') + "\n", "the password is too long"},
    };
    for (const auto& row : rows) {
        const input in(row.text);
        const auto line = line_of_input("password");
        ASSERT_FALSE(line);
        EXPECT_EQ(line.error(), row.why);
    }
}

TEST(terminal, a_read_that_fails_is_no_end_of_the_line) {
    const int before = ::dup(STDIN_FILENO);
    const int folder = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(::dup2(folder, STDIN_FILENO), STDIN_FILENO);
    const auto line = line_of_input("password");
    ::dup2(before, STDIN_FILENO);
    ::close(before);
    ::close(folder);
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error(), "standard input: Is a directory");
}

} // namespace
} // namespace lyceum::apps::terminal
