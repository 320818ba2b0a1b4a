#pragma once

#include "base/result.h"
#include "domain/people/contact_change.h"
#include "protocol/diagnostics/diagnostics.h"
#include "protocol/sip/uri.h"
#include "roles/contacts/settings.h"

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lyceum::roles::contacts {

/// The rim's number for a SIP request that waits for its answer.
enum class request_id : std::uint64_t {};

/// The contact list of one user as all of that user's endpoints see it. Lives at the user's home
/// shard. Asks the store for one thing at a time, so that answers and deltas go out in the order of
/// the requests. [MS-SIP] 3.7
class roaming_list {
public:
    // What happens.
    struct subscribed { ///< SUBSCRIBE, the first or a refresh
        request_id request{};
        sip::aor from;
    };
    struct soap_received { ///< SERVICE with application/SOAP+xml
        request_id request{};
        sip::aor from;
        std::string body;
    };
    struct loaded { ///< answers load_contacts
        people::contact_list list;
    };
    struct changed { ///< answers apply_change
        people::contact_outcome outcome;
        people::contact_list list; ///< as it is now, whatever the outcome
    };
    struct store_failed { ///< answers either
        unavailable why;
    };
    using event = std::variant<subscribed, soap_received, loaded, changed, store_failed>;

    // What is to be done. The store is to be asked about the machine's user; the rim answers each
    // of the first two with exactly one event.
    struct load_contacts {};
    struct apply_change { ///< then load the list, for changed
        std::uint32_t expected_delta = 0;
        people::contact_change change;
        people::contact_limits limits;
    };
    struct accept { ///< 200 to the SUBSCRIBE; body is the first notification, of type
                    ///< conmgmt::content_type
        request_id request{};
        std::string body;
    };
    struct reply { ///< 200 to the SERVICE; body of type soap::content_type, or none
        request_id request{};
        std::string body;
    };
    struct refuse {
        request_id request{};
        diagnostics::refusal why;
        std::string body;                                     ///< soap::content_type, or none
        std::optional<std::chrono::seconds> retry_after = {}; ///< for 503
    };
    struct notify {       ///< to every subscription of the user, in the order of these actions
        std::string body; ///< conmgmt::content_type
    };
    using action = std::variant<load_contacts, apply_change, accept, reply, refuse, notify>;

    /// \param s outlives the machine
    roaming_list(sip::aor user, const settings& s) : user_(std::move(user)), settings_(&s) {}

    [[nodiscard]] std::vector<action> on(const event&);
    [[nodiscard]] const sip::aor& user() const { return user_; }
    /// Nothing is being done: the machine may be dropped if the user has no subscription.
    [[nodiscard]] bool idle() const { return jobs_.empty(); }

private:
    struct show {};
    struct edit {
        people::contact_change change;
        std::uint32_t expected_delta = 0;
    };
    struct job { ///< a request that waits for the store; the first one is being served
        request_id request{};
        std::variant<show, edit> what;
    };

    void add(job, std::vector<action>& out);
    void read_soap(const soap_received&, std::vector<action>& out);
    void finish(const changed&, std::vector<action>& out);
    void start_next(std::vector<action>& out);
    /// Tells the subscribers how the list came to be what it is now.
    void tell(const people::contact_list& now, std::vector<action>& out);

    sip::aor user_;
    const settings* settings_;
    std::deque<job> jobs_;
    std::optional<people::contact_list> told_; ///< what the subscribers know
};

} // namespace lyceum::roles::contacts
