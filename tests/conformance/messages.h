#pragma once

#include <map>
#include <string>

namespace lyceum::conformance {

/// The messages of a file in tests/conformance/data, by name: octets as they go over the wire.
/// Notation: RFC 4475 2. Throws when the file is not there or cannot be read.
std::map<std::string, std::string> read_messages(const std::string& file);

} // namespace lyceum::conformance
