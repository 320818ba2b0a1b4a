#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::mime {

/// A media type with its parameters, owned. RFC 2045 5.1
struct content_type {
    struct parameter {
        std::string name;  ///< lower case
        std::string value; ///< without quotes and escapes

        friend bool operator==(const parameter&, const parameter&) = default;
    };

    std::string type; ///< type/subtype, lower case
    std::vector<parameter> parameters = {};

    [[nodiscard]] bool is_multipart() const { return type.starts_with("multipart/"); }
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;

    friend bool operator==(const content_type&, const content_type&) = default;
};

parsed<content_type> parse_content_type(std::string_view value);
/// Values are quoted unless they are tokens.
[[nodiscard]] std::string serialise(const content_type&);

} // namespace lyceum::mime
