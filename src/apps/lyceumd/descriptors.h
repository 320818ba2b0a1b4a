#pragma once

#include <cstdint>

namespace lyceum::apps::server {

/// Raises the soft limit of open descriptors to the hard one and tells what it is now.
std::uint64_t raise_descriptor_limit();

} // namespace lyceum::apps::server
