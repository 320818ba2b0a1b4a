#include "sipstack/branch.h"

#include <cstdlib>

// A branch that we take for ours is written as it was read: no two texts lead to one transaction.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto b = lyceum::sipstack::branch::parse(text)) {
        if (lyceum::sipstack::branch::parse(b->text()) != b) std::abort();
    }
    return 0;
}
