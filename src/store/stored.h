#pragma once

#include "base/result.h"

#include <expected>

namespace lyceum::store {

/// What a store operation gives: the value, or that the store could not do it.
/// Every operation blocks; it is called on the pool of net/shard.h, never on a shard.
/// When a change returns with a value it is durable: it survives kill -9 and power loss.
template <class T>
using stored = std::expected<T, unavailable>;

} // namespace lyceum::store
