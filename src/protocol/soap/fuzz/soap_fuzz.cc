#include "protocol/soap/soap.h"
#include "protocol/xml/writer.h"

#include <cstdlib>

using namespace lyceum;

// A fault that was read can be written, and is read back as the same. A method that was read fits
// into an envelope of ours.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto m = soap::parse(text)) {
        const auto method = xml::outer(m->method());
        const auto again = soap::parse(soap::envelope(method), {.max_bytes = 1U << 24U});
        if (!again || xml::outer(again->method()) != method) std::abort();
    }
    if (const auto f = soap::parse_fault(text)) {
        if (soap::parse_fault(soap::serialise(*f)) != f) std::abort();
    }
    return 0;
}
