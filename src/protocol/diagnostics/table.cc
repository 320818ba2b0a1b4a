#include "base/check.h"
#include "protocol/diagnostics/diagnostics.h"

#include <algorithm>
#include <array>

namespace lyceum::diagnostics {
namespace {

using enum id;

// Numbers and headers: [MS-OCER] 7.2, 7.5, 8.3 as far as digest MS-OCER 3.5 and MS-PRES 4 have
// them; 2057 and 4055: digest MS-SIPREGE 4; 4141: seen: pidgin-sipe 1.25 sipe-notify.c. The words
// are ours.
constexpr std::array entries{
    entry{internal_error, 500, false, "Internal server error"},
    entry{service_unavailable, 503, false, "Service unavailable"},

    entry{final_handshake_failed, 401, false, "Final handshake failed"},
    entry{no_public_im, 403, false, "Sender may not use public IM providers"},
    entry{no_federation, 403, false, "Sender may not talk to federated partners"},
    entry{user_unknown, 404, false, "User does not exist"},
    entry{route_set_invalid, 481, false, "Route set is not valid"},
    entry{cannot_route, 404, false, "Cannot route to destination domain"},
    entry{client_connection_failed, 480, false, "Cannot route on client connection"},
    entry{temporarily_cannot_route, 504, false, "Temporarily cannot route"},
    entry{srv_not_resolved, 504, false, "DNS SRV record not found"},
    entry{srv_conflict, 504, false, "DNS SRV record is of another domain"},
    entry{no_certificate_trust, 504, false, "No certificate trust with next hop"},
    entry{not_given_by_previous_hop, 500, false, "Previous hop gave no diagnostics"},
    entry{no_outside_communication, 403, false, "Sender may not talk to users outside"},
    entry{clock_skew, 401, false, "Clocks differ too much"},
    entry{dns_unresolvable, 504, false, "DNS A record not found"},

    entry{prompted_subscriber_unknown, 404, false, "Prompted subscriber does not exist"},
    entry{contact_unknown, 404, false, "Contact does not exist"},
    entry{group_unknown, 404, false, "Group does not exist"},
    entry{read_only_publication, 403, false, "Publication is read-only"},
    entry{subscriber_not_authorised, 403, false, "Subscriber is not authorised"},
    entry{from_user_unknown, 404, false, "User of From not found"},
    entry{container_member_limit, 413, false, "Too many container members"},
    entry{contact_limit, 413, false, "Too many contacts"},
    entry{group_limit, 413, false, "Too many groups"},
    entry{contact_extension_too_large, 413, false, "Contact extension too large"},
    entry{category_size_limit, 413, false, "Category too large"},
    entry{delivery_context_limit, 413, true, "Too many subscriptions of this subscriber"},
    entry{category_subscription_limit, 413, false, "Too many category subscriptions"},
    entry{categories_required, 421, true, "Extension msrtc-event-categories required"},
    entry{no_subscription_dialog, 481, true, "Subscription dialog does not exist"},
    entry{duplicate_group, 409, false, "Group of that name exists"},
    entry{new_subscription_required, 481, true, "New subscription required"},
    entry{gruu_required, 421, false, "Extension gruu-10 required"},
    entry{delegate_version_stale, 409, false, "Delegate version is out of date"},
    entry{contacts_in_unified_store, 488, false, "Contacts are in the unified contact store"},

    entry{default_user_services, 400, false, "Request cannot be served"},
    entry{xml_parse, 400, false, "XML parse failure"},
    entry{several_users_own_source_number, 403, false, "Several users own the source number"},
    entry{no_remote_access, 403, true, "Sender may not use remote access"},
    entry{from_not_allowed, 403, true, "Credentials may not act for this From"},
    entry{destination_not_enabled,
          404,
          false,
          "Destination is not enabled for SIP or does not exist"},
    entry{user_not_in_pool, 404, false, "User is not in this pool"},
    entry{resource_unknown, 404, false, "Resource is unknown here"},
    entry{input_too_large, 413, false, "Input too large"},
    entry{several_users_own_destination_number,
          485,
          false,
          "Several users own the destination number"},
    entry{no_endpoint_identifier, 400, false, "Endpoint identifier missing"},
    entry{epid_missing, 400, false, "Epid missing"},
    entry{epid_too_long, 400, false, "Epid too long"},
    entry{content_type_unexpected, 415, false, "Content type unexpected"},
    entry{event_not_registration, 489, false, "Event is not registration"},
    entry{user_disabled, 403, true, "User disabled"},
    entry{endpoint_quota, 403, true, "Too many endpoints of this user"},

    entry{late_answer_ended, 487, true, "Answered elsewhere before; ended by the server"},

    entry{no_suitable_response,
          480,
          false,
          "The user is not signed in, or no device of theirs could be reached"},
    entry{no_final_response, 487, false, "No final response"},
    entry{branches_cancelled, 487, false, "Another branch has decided it"},
};

static_assert(std::ranges::is_sorted(entries, {}, &entry::what));

} // namespace

std::span<const entry> table() {
    return entries;
}

const entry& of(id what) {
    const auto at = std::ranges::lower_bound(entries, what, {}, &entry::what);
    LYCEUM_CHECK(at != entries.end() && at->what == what);
    return *at;
}

id usual(int status) {
    switch (status) {
    case 408:
    case 480:
        return no_suitable_response;
    case 481:
        return route_set_invalid;
    case 487:
        return no_final_response;
    case 503:
        return service_unavailable;
    case 504:
        return temporarily_cannot_route;
    default:
        return status >= 500 && status < 600 ? internal_error : default_user_services;
    }
}

} // namespace lyceum::diagnostics
