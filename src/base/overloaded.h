#pragma once

namespace lyceum {

/// For std::visit: one lambda per alternative.
template <class... Ts>
struct overloaded : Ts... {
    using Ts::operator()...;
};

} // namespace lyceum
