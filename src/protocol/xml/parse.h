#pragma once

#include "base/result.h"
#include "protocol/xml/element.h"

#include <cstddef>
#include <string_view>

namespace lyceum::xml {

/// What a document from a peer may cost us. Beyond: malformed::too_large.
struct limits {
    std::size_t max_bytes = 1024 * 1024;
    std::uint32_t max_depth = 64;     ///< nested elements; the root is the first
    std::uint32_t max_nodes = 50'000; ///< elements, attributes and pieces of text
};

/// Reads one document with namespaces. Nothing outside of it is ever looked at: a document type
/// declaration is malformed::unsupported, so there are no entities of its own, no DTD, no network.
/// Well-formedness, and namespaces that are declared, are insisted on, since what we read we also
/// replay to others: malformed::bad_value.
/// \param document UTF-8, or what its XML declaration or byte order mark says; the values are UTF-8
parsed<element> parse(std::string_view document, const limits& = {});

} // namespace lyceum::xml
