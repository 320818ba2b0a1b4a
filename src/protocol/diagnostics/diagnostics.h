#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lyceum::diagnostics {

/// What went wrong, as a number that clients and monitoring know. [MS-OCER] 7, 8
enum class id : std::uint32_t {
    internal_error = 0,
    service_unavailable = 1,

    // SIP stack
    final_handshake_failed = 1000,
    no_public_im = 1001,
    no_federation = 1002,
    user_unknown = 1003,
    route_set_invalid = 1004,
    cannot_route = 1005,
    client_connection_failed = 1006,
    temporarily_cannot_route = 1007,
    srv_not_resolved = 1008,
    srv_conflict = 1009,
    no_certificate_trust = 1010,
    not_given_by_previous_hop = 1011,
    no_outside_communication = 1012,
    clock_skew = 1013,
    dns_unresolvable = 1014,

    // presence, contacts
    prompted_subscriber_unknown = 2000,
    contact_unknown = 2001,
    group_unknown = 2002,
    read_only_publication = 2003,
    subscriber_not_authorised = 2004,
    from_user_unknown = 2005,
    container_member_limit = 2006,
    contact_limit = 2007,
    group_limit = 2008,
    contact_extension_too_large = 2009,
    category_size_limit = 2010,
    delivery_context_limit = 2011,
    category_subscription_limit = 2012,
    categories_required = 2013,
    no_subscription_dialog = 2014,
    duplicate_group = 2015,
    new_subscription_required = 2016,
    gruu_required = 2057,
    delegate_version_stale = 2141,
    contacts_in_unified_store = 2165,

    // other user services
    default_user_services = 4000,
    xml_parse = 4001,
    several_users_own_source_number = 4002,
    no_remote_access = 4003,
    from_not_allowed = 4004,
    destination_not_enabled = 4005,
    user_not_in_pool = 4006,
    resource_unknown = 4007,
    input_too_large = 4008,
    several_users_own_destination_number = 4009,
    no_endpoint_identifier = 4010,
    epid_missing = 4011,
    epid_too_long = 4012,
    content_type_unexpected = 4013,
    event_not_registration = 4055,
    user_disabled = 4141,
    endpoint_quota =
        4142, ///< assumed: the third of the numbers that stand in requests. [MS-OCER] 9.3.2

    // applications
    late_answer_ended = 5010,

    // inbound calls
    no_suitable_response = 13001,
    no_final_response = 13002,
    branches_cancelled = 13006,
};

/// A row of the table.
struct entry {
    id what;
    int status;              ///< the SIP status it usually goes with; assumed: [MS-OCER] names none
    bool is_public;          ///< the document lists it for ms-diagnostics-public
    std::string_view reason; ///< for people; only the number is a contract
};

/// Every id, ascending.
[[nodiscard]] std::span<const entry> table();
/// The row of an id of ours.
[[nodiscard]] const entry& of(id);

/// The id for a refusal that no other id is made for, by its SIP status (400 to 699). assumed:
/// [MS-OCER] gives none to 420, 423 or 487.
[[nodiscard]] id usual(int status);

/// A rule or a policy says no: the SIP status to answer with, and why.
struct refusal {
    int status = 500;
    diagnostics::id id = diagnostics::id::internal_error;

    friend bool operator==(const refusal&, const refusal&) = default;
};
/// With the status that the id usually goes with.
[[nodiscard]] inline refusal refuse(id why) {
    return {of(why).status, why};
}

/// The value of ms-diagnostics: 1000;reason="Final handshake failed";source="fe1.contoso.com"
/// \param source our FQDN. [MS-OCER] 2.2.1.1 (by way of 2.2.1.2)
[[nodiscard]] std::string value(id, std::string_view source);
/// The value of ms-diagnostics-public, for peers outside: without source. [MS-OCER] 2.2.1.2
[[nodiscard]] std::string public_value(id);

/// A diagnostics value that somebody sent.
struct report {
    std::uint32_t number = 0; ///< ErrorId, known to us or not
    std::string reason;       ///< empty if none
    std::string source;       ///< empty if none
    std::vector<std::pair<std::string, std::string>>
        others; ///< further parameters in order, unquoted

    friend bool operator==(const report&, const report&) = default;
};

/// Reads ms-diagnostics, ms-diagnostics-public or ms-client-diagnostics. A sub-code (1000.2) is
/// dropped: OCS 2007 let it stand. Quoted strings lose their quotes and escapes.
parsed<report> parse(std::string_view value);
/// reason and source first, then the others; every value quoted.
[[nodiscard]] std::string serialise(const report&);

} // namespace lyceum::diagnostics
