#include "base/fuzz/require.h"
#include "base/ip_endpoint.h"
#include "base/text.h"

using namespace lyceum;

using lyceum::fuzz::require;

// Every reading of text that storey 0 has, and its way back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const byte_view bytes(data, size);
    const auto text = as_text(bytes);

    if (const auto a = ip_address::parse(text)) {
        require(ip_address::parse(a->text()) == a && ip_address::parse(a->host()) == a);
        (void)ip_endpoint{*a, 5061}.text();
    }
    if (const auto b = from_hex(text)) require(to_hex(*b) == to_lower(text));
    require(from_hex(to_upper_hex(bytes)) == byte_vector(bytes.begin(), bytes.end()));
    if (const auto b = from_base64(text)) require(from_base64(to_base64(*b)) == b);
    require(from_base64(to_base64(bytes)) == byte_vector(bytes.begin(), bytes.end()));

    const auto wide = utf16le(text);
    require(wide.has_value() == is_utf8(text));
    if (wide) require(from_utf16le(*wide) == text);
    if (const auto narrow = from_utf16le(bytes))
        require(utf16le(*narrow) == byte_vector(bytes.begin(), bytes.end()));

    if (const auto n = to_u64(text)) {
        std::string out;
        append_number(out, *n);
        require(text.ends_with(out) && to_u64(out) == n);
        if (const auto small = to_u32(text)) require(*small == *n);
    } else {
        require(!to_u32(text));
    }
    for (const auto part : split(text, ','))
        require(!part.empty() && trim(part) == part && !part.contains(','));
    return 0;
}
