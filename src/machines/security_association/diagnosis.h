#pragma once

#include <string_view>

namespace lyceum::security_association {

/// An ms-diagnostics header in the making. digest MS-OCER 3.1
struct diagnosis {
    unsigned id = 0;
    std::string_view reason{}; ///< a literal
    bool is_public = false;    ///< goes out as ms-diagnostics-public, without source

    friend bool operator==(const diagnosis&, const diagnosis&) = default;
};

inline constexpr diagnosis service_unavailable{1, "Service unavailable"}; // digest MS-OCER 3.5
inline constexpr diagnosis too_many_associations{
    1, "Too many security associations on this connection"};
inline constexpr diagnosis final_handshake_failed{1000, "Final handshake failed"}; // [MS-OCER] 8.2
inline constexpr diagnosis version_too_low{
    1000, "Version of the authentication protocol is too low"};             // assumed: the number
inline constexpr diagnosis no_association{1000, "No security association"}; // assumed: the number
inline constexpr diagnosis other_endpoint{
    4010, "Endpoint identifiers name different endpoints"}; // assumed: the number
inline constexpr diagnosis from_not_yours{
    4004,
    "Credentials provided are not authorized to act as specified From URI",
    true}; // [MS-OCER] 8.5

} // namespace lyceum::security_association
