#include "machines/user_agent/im_body.h"

#include <cstdint>
#include <cstdlib>

namespace lyceum::user_agent {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    static_cast<void>(offers_im(input));
    static_cast<void>(typing_of(input));
    const auto first = parse_text_format(input);
    // An open quote swallows what is written behind it.
    if (first && !input.contains('"') && parse_text_format(text_format(*first)) != first)
        std::abort();
    return 0;
}

} // namespace lyceum::user_agent
