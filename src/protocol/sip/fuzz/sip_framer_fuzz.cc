#include "base/fuzz/require.h"
#include "protocol/sip/framer.h"
#include "protocol/sip/message.h"

#include <vector>

namespace lyceum::sip {
namespace {

using lyceum::fuzz::require;

struct outcome {
    std::vector<std::string> messages;
    std::size_t keep_alives = 0;
    std::optional<lyceum::parse_error> error;
    bool operator==(const outcome&) const = default;
};

outcome frame(std::string_view stream, std::size_t chunk_size, const limits& most) {
    framer f(most);
    outcome out;
    while (!stream.empty()) {
        const std::string chunk(stream.substr(0, chunk_size));
        stream.remove_prefix(chunk.size());
        f.feed(chunk);
        auto next = f.next();
        for (; next && *next; next = f.next())
            out.messages.push_back(**std::move(next));
        if (!next) out.error = next.error();
        out.keep_alives += f.take_keep_alives();
    }
    if (out.error || f.idle()) require(f.kept() == 0);
    return out;
}

} // namespace

/// The first octet chooses a size of chunks; the rest is the stream.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const limits most{.max_bytes = 2048, .max_header_bytes = 1024, .max_fields = 64};
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = frame(stream, stream.size(), most);
    require(frame(stream, 1, most) == whole);
    require(frame(stream, data[0] + std::size_t{2}, most) == whole);

    // Framer and parser agree on where the body ends: nothing was cut off, nothing is missing.
    for (const auto& bytes : whole.messages) {
        const auto m = message::parse(bytes, most);
        if (!m) {
            require(m.error().why != lyceum::malformed::bad_length &&
                    m.error().why != lyceum::malformed::truncated);
            continue;
        }
        require(m->text().size() == bytes.size());
        require(m->body().empty() || m->has(header::content_length));
    }
    return 0;
}

} // namespace lyceum::sip
