#include "protocol/inband/legacy.h"
#include "protocol/inband/provision.h"
#include "protocol/inband/request.h"

#include <cstdlib>

namespace lyceum {
namespace {

/// A value that was read can be written, and is read back as the same.
template <class T, class Parse>
void check(const parsed<T>& value, Parse parse) {
    if (value && !(parse(serialise(*value)) == value)) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(inband::parse_request(text), inband::parse_request);
    check(inband::legacy::parse(text), inband::legacy::parse);
    // Raw groups may change their declarations when they are first copied out; after that they
    // stay.
    if (const auto p = inband::parse_provision(text))
        check(inband::parse_provision(serialise(*p)), inband::parse_provision);
    return 0;
}

} // namespace lyceum
