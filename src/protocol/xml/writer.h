#pragma once

#include "protocol/xml/element.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::xml {

/// Appends a document to a string, escaping as it goes. Names are the caller's literals and are not
/// checked; values may be anything: octets that XML cannot carry become U+FFFD.
class writer {
public:
    /// \param out borrowed for the writer's life; text is appended to it
    explicit writer(std::string& out) : out_(out) {}

    /// Starts an element; name may have a prefix.
    writer& open(std::string_view name);
    /// An attribute of the element just opened, before any content.
    writer& attr(std::string_view name, std::string_view value);
    writer& attr(std::string_view name, std::uint64_t value);
    writer& flag(std::string_view name, bool value) { return attr(name, value ? "true" : "false"); }
    /// Character data.
    writer& text(std::string_view value);
    /// Well-formed XML with its own namespace declarations, copied as it is: what outer() gave.
    writer& raw(std::string_view fragment);
    /// Ends the element opened last; without content it is written as <name/>.
    writer& close();
    /// open, text, close; without text <name/>.
    writer& leaf(std::string_view name, std::string_view value = {});
    writer& leaf(std::string_view name, std::uint64_t value);

private:
    void end_start_tag();

    std::string& out_;
    std::vector<std::string> open_;
    bool in_start_tag_ = false;
};

/// An element as text that stands alone: the declarations it and its descendants need are on it,
/// even when the document had them further up.
[[nodiscard]] std::string outer(const element&);
/// The same for what stands in an element: its children and text, without itself.
[[nodiscard]] std::string inner(const element&);

} // namespace lyceum::xml
