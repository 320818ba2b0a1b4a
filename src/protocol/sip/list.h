#pragma once

#include <string_view>

namespace lyceum::sip {

/// Offset of the first comma that stands outside quotes and angle brackets; the size when there is
/// none. RFC 3261 7.3.1, 20.10
[[nodiscard]] std::size_t value_end(std::string_view list);

/// The values of one comma-separated header field, borrowed, in order. A field that is all blank
/// has none; an empty value between two commas is kept (RFC 3261 has no such thing: its reader
/// refuses it).
class list_view {
public:
    explicit list_view(std::string_view text);

    /// Takes the next value, trimmed, off the front; false at the end.
    bool next(std::string_view& out);

private:
    std::string_view text_;
    bool more_;
};

} // namespace lyceum::sip
