#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace purple_drive::json {

/// A JSON string. Bytes that are not UTF-8 are shown as the Latin-1 characters of the same number,
/// so that a broken message stays visible instead of breaking the line.
[[nodiscard]] std::string quoted(std::string_view text);

/// An array of items that are JSON already.
[[nodiscard]] std::string array(const std::vector<std::string>& items);

/// The members of an object under construction; values are JSON already.
class object {
public:
    void add(std::string_view key, std::string_view value);
    [[nodiscard]] std::string str() const { return '{' + members_ + '}'; }

private:
    std::string members_;
};

} // namespace purple_drive::json
