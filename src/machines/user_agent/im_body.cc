#include "machines/user_agent/im_body.h"

#include "base/text.h"
#include "protocol/sip/params.h"
#include "protocol/xml/parse.h"

namespace lyceum::user_agent {

std::string im_description(const ip_address& ours) {
    const std::string where = (ours.is_v4() ? "IN IP4 " : "IN IP6 ") + ours.text();
    return "v=0\r\n"
           "o=- 0 0 " +
           where +
           "\r\n"
           "s=session\r\n"
           "c=" +
           where +
           "\r\n"
           "t=0 0\r\n"
           "m=message 5060 sip null\r\n"
           "a=accept-types:text/plain text/html multipart/alternative "
           "application/im-iscomposing+xml\r\n";
}

bool offers_im(std::string_view body) {
    while (!body.empty()) {
        const auto line = split_first(body, '\n');
        if (istarts_with(line, "m=message ") || istarts_with(line, "m=x-ms-message ")) return true;
    }
    return false;
}

std::optional<first_text> parse_text_format(std::string_view value) {
    const auto semicolon = value.find(';');
    if (semicolon == std::string_view::npos) return std::nullopt;
    first_text out;
    out.content_type = trim(value.substr(0, semicolon));
    std::optional<byte_vector> octets;
    sip::params_view rest(value.substr(semicolon));
    for (sip::params_view::parameter p; rest.next(p);) {
        if (iequals(p.name, "ms-body")) {
            octets = from_base64(p.raw_value);
            if (!octets) return std::nullopt;
            continue;
        }
        out.content_type.append(";").append(p.name);
        if (p.has_value) out.content_type.append("=").append(p.raw_value);
    }
    if (!octets) return std::nullopt;
    out.text = as_text(*octets);
    return out;
}

std::string text_format(const first_text& t) {
    return t.content_type + ";ms-body=" + to_base64(as_bytes(t.text));
}

std::string keyboard_activity(bool typing) {
    return std::string("<?xml version=\"1.0\"?>\r\n<KeyboardActivity>\r\n  <status status=\"") +
           (typing ? "type" : "idle") + "\" />\r\n</KeyboardActivity>\r\n";
}

std::optional<bool> typing_of(std::string_view document) {
    const auto root = xml::parse(document);
    if (!root) return std::nullopt;
    if (root->name == "KeyboardActivity") {
        const auto* status = root->child("status");
        if (status == nullptr) return std::nullopt;
        return status->attribute_or_empty("status") == "type";
    }
    if (root->name == "isComposing") {
        const auto state = root->child_text("state");
        if (!state) return std::nullopt;
        return *state == "active";
    }
    return std::nullopt;
}

} // namespace lyceum::user_agent
