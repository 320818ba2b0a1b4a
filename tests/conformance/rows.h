#pragma once

#include <span>
#include <string_view>

namespace lyceum::conformance {

/// A rule that Lyceum is known to break: its row must fail, and fails the suite once it passes.
struct expected_to_fail {
    std::string_view why;   ///< what is missing
    std::string_view where; ///< the place in docs/status.md or a role's page that admits it
};

/// One rule of a document, and a play that shows whether it is kept.
struct row {
    std::string_view rule;        ///< document and section, as comments cite them: "RFC 3261 16.3"
    std::string_view says;        ///< the rule in our own words
    void (*play)();               ///< expectations of GoogleTest inside
    expected_to_fail gap{{}, {}}; ///< empty: the rule is kept
};

/// Plays all of them. A failure names its row; a row that is expected to fail is silent when it
/// does.
void play(std::span<const row> rows);

} // namespace lyceum::conformance
