#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lyceum::sip::fuzz {

/// Small numbers from a seed, the same on every machine.
class dice {
public:
    explicit dice(std::uint32_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 1) {}
    /// Below n, which is not 0.
    [[nodiscard]] std::size_t below(std::size_t n);

private:
    std::uint64_t state_;
};

/// Changes one thing about text that is made of SIP messages (and of lines that a target itself
/// gives a meaning to): a header line is doubled, dropped, moved, renamed, folded or gets a
/// neighbour's value; a word becomes one of a dictionary or of the text; a number becomes another;
/// a Content-Length tells the truth or lies. What it knows of the text is lines and words: it never
/// refuses any.
[[nodiscard]] std::string mutate(std::string_view text, dice&);

/// Lines of the one and of the other, in order, so that messages of both remain.
[[nodiscard]] std::string cross(std::string_view a, std::string_view b, dice&);

} // namespace lyceum::sip::fuzz
