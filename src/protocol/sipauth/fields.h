#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::sipauth {

/// Which header the parameters stand in; each has its own order when written. digest MS-SIPAE 3.1
enum class kind : std::uint8_t {
    challenge,   ///< WWW-Authenticate, Proxy-Authenticate
    credentials, ///< Authorization, Proxy-Authorization
    info,        ///< Authentication-Info, Proxy-Authentication-Info
};

/// The parameters of an authentication header, borrowed and without quotes; nothing: not there.
/// digest MS-SIPAE 3.2. `gssapi-data=""` is there, and empty: the client's first NTLM leg.
struct fields_view {
    std::string_view scheme{}; ///< NTLM, Kerberos, TLS-DSK, as written
    std::optional<std::string_view> realm{};
    std::optional<std::string_view> targetname{};
    std::optional<std::string_view>
        version{}; ///< digits, the only one without quotes; absent means 2
    std::optional<std::string_view> qop{};
    std::optional<std::string_view> opaque{};
    std::optional<std::string_view> gssapi_data{};
    std::optional<std::string_view> sts_uri{};
    std::optional<std::string_view> crand{};
    std::optional<std::string_view> cnum{};
    std::optional<std::string_view> response{};
    std::optional<std::string_view> srand{};
    std::optional<std::string_view> snum{};
    std::optional<std::string_view> rspauth{};

    friend bool operator==(const fields_view&, const fields_view&) = default;
};

/// Reads a header's value. Names in any case and any order, blanks around = and , allowed, values
/// with or without quotes, never escaped. Unknown parameters are skipped; one that is there twice
/// is refused, since two readers could take different ones. At most max_value octets.
parsed<fields_view> parse_fields(std::string_view value);

/// Appends the value, in the order in which the products write the parameters of that kind. Values
/// must not hold quotes (nor, for version, blanks and commas): they are not escaped.
void serialise(const fields_view&, kind, std::string& out);

/// The version that a header speaks of: 2 when absent, 0 when it is no small number.
/// digest MS-SIPAE 3.2
[[nodiscard]] unsigned version_of(const fields_view&);

inline constexpr std::size_t max_value =
    16384; ///< a header field's value, TLS-DSK flights included

} // namespace lyceum::sipauth
