#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

#include <cstdlib>

namespace lyceum {

// What was read can be written, and reading that gives the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto first = xml::parse({reinterpret_cast<const char*>(data), size});
    if (!first) return 0;
    const auto written = xml::outer(*first);
    const auto second = xml::parse(written, {.max_bytes = written.size()});
    if (!second || xml::outer(*second) != written) std::abort();
    return 0;
}

} // namespace lyceum
