#pragma once

#include "base/result.h"
#include "protocol/xml/parse.h"

#include <string>
#include <string_view>

namespace lyceum::soap {

inline constexpr std::string_view content_type =
    "application/SOAP+xml"; ///< as SIP SERVICE has it. [MS-SIP] 4.6

/// The Body of a SOAP 1.1 envelope, owned. It has at least one element. SOAP 1.1 4.3
struct message {
    xml::element body;

    /// The first element of the Body: which method is called, or what it answers.
    [[nodiscard]] const xml::element& method() const { return *body.children().front(); }
};

/// Reads an envelope. Malformed when it has no Body, or an empty one.
parsed<message> parse(std::string_view document, const xml::limits& = {});

/// An envelope around a Body's content, which is well-formed XML with its own declarations.
[[nodiscard]] std::string envelope(std::string_view content);

/// Why a call was refused. SOAP 1.1 4.4
struct fault {
    bool is_client = true; ///< the caller's doing: faultcode Client, else Server
    std::string reason;    ///< faultstring

    friend bool operator==(const fault&, const fault&) = default;
};

[[nodiscard]] std::string serialise(const fault&);
parsed<fault> parse_fault(std::string_view document);

} // namespace lyceum::soap
