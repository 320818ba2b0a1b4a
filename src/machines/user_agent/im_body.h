#pragma once

#include "base/ip_endpoint.h"

#include <optional>
#include <string>
#include <string_view>

namespace lyceum::user_agent {

/// The session description of an IM conversation. Its port and address carry no meaning: messages
/// go through SIP. digest MS-CONFIM 3 (SDP), digest pidgin-sipe 9
[[nodiscard]] std::string im_description(const ip_address& ours);
/// Whether a body offers an IM conversation: m=message, or m=x-ms-message before 2007.
[[nodiscard]] bool offers_im(std::string_view body);

/// The first text of a conversation, which travels in its INVITE. digest MS-SIPRE 3.13
/// (ms-text-format)
struct first_text {
    std::string content_type;
    std::string text;

    friend bool operator==(const first_text&, const first_text&) = default;
};
/// Value of ms-text-format; nothing when it holds no text, or the text's base64 is broken.
[[nodiscard]] std::optional<first_text> parse_text_format(std::string_view value);
[[nodiscard]] std::string text_format(const first_text&);

/// The body of the INFO that says that somebody types. digest pidgin-sipe 9
[[nodiscard]] std::string keyboard_activity(bool typing);
inline constexpr std::string_view keyboard_activity_type = "application/xml";
/// Whether somebody types, as a KeyboardActivity or an isComposing (RFC 3994) document says;
/// nothing when it is neither.
[[nodiscard]] std::optional<bool> typing_of(std::string_view document);

} // namespace lyceum::user_agent
