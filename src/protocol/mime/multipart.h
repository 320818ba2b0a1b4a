#pragma once

#include "base/result.h"
#include "protocol/mime/content_type.h"

#include <string>
#include <string_view>
#include <vector>

namespace lyceum::mime {

/// A header of a part, besides Content-Type.
struct header {
    std::string name;
    std::string value;

    friend bool operator==(const header&, const header&) = default;
};

/// A part of a multipart body. Its octets are as they are: SIP is eight-bit clean, other transfer
/// encodings than binary, 8bit and 7bit stay encoded.
struct part {
    content_type type;
    std::vector<header> headers = {};
    std::string body;

    /// The value of a header; empty when absent. Names compare without regard to case.
    [[nodiscard]] std::string_view get(std::string_view name) const;

    friend bool operator==(const part&, const part&) = default;
};

/// What stands between a part's body and the next boundary.
enum class framing {
    /// CRLF. RFC 2046 5.1.1
    exact,
    /// An empty line more, for clients that read a part with libpurple: it takes four octets off
    /// where CRLF are
    /// two, and half an XML end tag with them. A reader that goes by the book sees a CRLF behind
    /// the body, which
    /// XML does not mind. seen: pidgin-sipe 1.25 src/purple/purple-mime.c
    empty_line,
};

/// The body of a multipart message, without preamble and epilogue.
/// \param boundary one that no part contains, see pick_boundary
[[nodiscard]] std::string serialise(const std::vector<part>&, std::string_view boundary, framing);

/// A boundary that stands in no part.
[[nodiscard]] std::string pick_boundary(const std::vector<part>&);

struct limits {
    std::size_t max_parts = 1000;
    std::size_t max_headers = 32; ///< of one part, besides Content-Type
};

/// Reads a multipart body. Preamble and epilogue are dropped; line ends may be CRLF or LF; a part
/// without a Content-Type is text/plain (RFC 2045 5.2). The closing boundary must be there.
parsed<std::vector<part>>
parse_multipart(std::string_view body, std::string_view boundary, const limits& = {});

} // namespace lyceum::mime
