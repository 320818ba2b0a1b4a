#include "protocol/diagnostics/diagnostics.h"

#include <cstdlib>

namespace lyceum {

// What was read can be written, and what we write is read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto first = diagnostics::parse({reinterpret_cast<const char*>(data), size});
    if (!first) return 0;
    const auto written = diagnostics::serialise(*first);
    const auto second = diagnostics::parse(written);
    if (!second || diagnostics::serialise(*second) != written) std::abort();
    return 0;
}

} // namespace lyceum
