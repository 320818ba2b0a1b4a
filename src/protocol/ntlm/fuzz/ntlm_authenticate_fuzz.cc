#include "protocol/ntlm/authenticate.h"

#include <cstdlib>

// parse(serialise(v)) == v for every v that parse gives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto v = lyceum::ntlm::parse_authenticate({data, size});
    if (!v) return 0;
    lyceum::byte_vector again;
    lyceum::byte_writer out(again);
    serialise(*v, out);
    if (lyceum::ntlm::parse_authenticate(again) != *v) std::abort();
    return 0;
}
