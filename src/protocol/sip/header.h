#pragma once

#include <cstdint>
#include <string_view>

namespace lyceum::sip {

/// The header fields that this house reads by name. Every other field is `other`: kept and passed
/// on as it came. The registered names and compact forms are in tests/data/headers.csv.
enum class header : std::uint8_t {
    other,
    accept,
    allow,
    allow_events,
    authentication_info,
    authorization,
    call_id,
    contact,
    content_disposition,
    content_length,
    content_type,
    cseq,
    date,
    error_info,
    event,
    expires,
    from,
    max_forwards,
    min_expires,
    ms_client_diagnostics,
    ms_conversation_id,
    ms_diagnostics,
    ms_diagnostics_public,
    ms_keep_alive,
    ms_piggyback_cseq,
    ms_text_format,
    ms_user_logon_data,
    p_asserted_identity,
    p_preferred_identity,
    path,
    presence_state,
    proxy_authenticate,
    proxy_authentication_info,
    proxy_authorization,
    proxy_require,
    reason,
    record_route,
    refer_to,
    referred_by,
    require,
    retry_after,
    route,
    server,
    session_expires,
    subject,
    subscription_state,
    supported,
    to,
    unsupported,
    user_agent,
    via,
    warning,
    www_authenticate,
};

/// The header of a name, its compact form included, without regard to case; `other` when unknown.
/// RFC 3261 7.3.1, 7.3.3
[[nodiscard]] header header_of(std::string_view name);
/// The name as it goes out, always the long form (pidgin-sipe reads no compact forms). Empty for
/// other.
[[nodiscard]] std::string_view name(header);
/// How a line of it starts: name, colon and blank.
[[nodiscard]] std::string_view line_start(header);
/// Whether values may stand comma-separated in one line. RFC 3261 7.3.1
[[nodiscard]] bool is_list(header);

/// Methods that this house treats specially; every other method is `other`.
enum class method : std::uint8_t {
    other,
    ack,
    benotify,
    bye,
    cancel,
    info,
    invite,
    message,
    negotiate,
    notify,
    options,
    prack,
    publish,
    refer,
    register_, // NOLINT(readability-identifier-naming): register is a keyword
    service,
    subscribe,
    update,
};

/// Methods are case-sensitive. RFC 3261 7.1
[[nodiscard]] method method_of(std::string_view name);
[[nodiscard]] std::string_view name(method);

/// The reason phrase that usually goes with a status code; "Unknown" when none is registered.
[[nodiscard]] std::string_view reason_phrase(int status);

} // namespace lyceum::sip
