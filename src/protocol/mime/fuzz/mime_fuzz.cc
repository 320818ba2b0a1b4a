#include "protocol/mime/multipart.h"

#include <cstdlib>

namespace lyceum {

// The first line is a content type, the rest a body. What was read can be written, and is read back
// as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.find('\n');
    const auto type = mime::parse_content_type(text.substr(0, line));
    if (type && mime::parse_content_type(mime::serialise(*type)) != type) std::abort();
    if (!type || line == text.npos) return 0;
    const auto parts =
        mime::parse_multipart(text.substr(line + 1), type->get("boundary").value_or("b"));
    if (!parts) return 0;
    const auto boundary = mime::pick_boundary(*parts);
    if (mime::parse_multipart(mime::serialise(*parts, boundary, mime::framing::exact), boundary) !=
        parts)
        std::abort();
    return 0;
}

} // namespace lyceum
