#include "protocol/ntlm/challenge.h"

#include <cstdlib>

// parse(serialise(v)) == v for every v that parse gives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto v = lyceum::ntlm::parse_challenge({data, size});
    if (!v) return 0;
    lyceum::byte_vector again;
    lyceum::byte_writer out(again);
    serialise(*v, out);
    if (lyceum::ntlm::parse_challenge(again) != *v) std::abort();
    return 0;
}
