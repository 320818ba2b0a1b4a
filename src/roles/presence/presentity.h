#pragma once

#include "domain/people/user.h"
#include "protocol/diagnostics/diagnostics.h"
#include "protocol/pres/roaming.h"
#include "roles/presence/access.h"
#include "roles/presence/publications.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace lyceum::roles::presence {

/// The rim's number for a SIP request that waits for its answer.
enum class request_id : std::uint64_t {};
/// The rim's number for a subscription of the user to own data.
enum class subscription_id : std::uint64_t {};
/// The rim's number for one watcher's subscription to this user.
enum class watch_id : std::uint64_t {};

/// One user as others see him: what he publishes, who may read it, who watches. Lives at the user's
/// home shard. digest MS-PRES 4
class presentity {
public:
    // What happens. endpoint is the rim's name for a registered endpoint of the user, stable while
    // registered; from is whom the request was authenticated as.
    struct introduced { ///< what the directory knows of the user; again when it changes
        people::user who;
    };
    struct endpoint_started {
        std::string endpoint;
    };
    struct endpoint_ended {
        std::string endpoint;
    };
    struct self_subscribed { ///< SUBSCRIBE vnd-microsoft-roaming-self, the first or a refresh
        request_id request{};
        subscription_id subscription{};
        std::string endpoint;
        sip::aor from;
        std::string body;
    };
    struct acl_subscribed { ///< SUBSCRIBE vnd-microsoft-roaming-ACL
        request_id request{};
        subscription_id subscription{};
        std::string endpoint;
        sip::aor from;
    };
    struct self_unsubscribed { ///< either kind
        subscription_id subscription{};
    };
    /// A SERVICE request: which one, its content type says.
    struct service {
        request_id request{};
        std::string endpoint;
        sip::aor from;
        std::string body;
    };
    struct published : service {};
    struct members_set : service {};
    struct subscriber_acknowledged : service {};
    struct watched { ///< answered by exactly one show or decline
        watch_id watch{};
        watcher who;
        std::string display_name;            ///< of the watcher; empty if not known
        std::vector<std::string> categories; ///< wanted
        bool context = false; ///< the user is on the watcher's contact list, and is to hear of it
        bool is_contact = false; ///< the watcher is on the user's contact list
    };
    struct unwatched {
        watch_id watch{};
    };
    struct tick {};
    using event = std::variant<introduced,
                               endpoint_started,
                               endpoint_ended,
                               self_subscribed,
                               acl_subscribed,
                               self_unsubscribed,
                               published,
                               members_set,
                               subscriber_acknowledged,
                               watched,
                               unwatched,
                               tick>;

    // What is to be done.
    struct accept { ///< 200; the body, if any, is the first notification, or what a SERVICE brought
                    ///< about
        request_id request{};
        std::string content_type;
        std::string body;
    };
    struct refuse {
        request_id request{};
        diagnostics::refusal why;
        std::string content_type = {};
        std::string body = {};
    };
    struct notify {
        std::vector<subscription_id> to;
        std::string content_type;
        std::string body;
    };
    struct show { ///< a categories document, the first or a later one; only what changed
        std::vector<watch_id> to;
        std::string document;
    };
    struct decline { ///< there will be no show
        watch_id watch{};
        diagnostics::refusal why;
    };
    using action = std::variant<accept, refuse, notify, show, decline>;

    /// \param s outlives the machine
    presentity(sip::aor user, const settings& s) : user_(std::move(user)), settings_(&s) {}

    [[nodiscard]] std::vector<action> on(const event&, moment);
    /// When on(tick{}) is next due: a publication expires.
    [[nodiscard]] std::optional<instant> deadline() const { return publications_.deadline(); }
    [[nodiscard]] const sip::aor& user() const { return user_; }

private:
    struct follower { ///< a subscription of the user's own
        std::string endpoint;
        std::optional<pres::roaming_list> wanted; ///< nothing: the access control list
    };
    struct watch {
        watcher who;
        std::set<std::string> categories;
        std::uint16_t container = 0; ///< the one it reads
    };

    void react(const introduced&, moment, std::vector<action>&);
    void react(const endpoint_started&, moment, std::vector<action>&);
    void react(const endpoint_ended&, moment, std::vector<action>&);
    void react(const self_subscribed&, moment, std::vector<action>&);
    void react(const acl_subscribed&, moment, std::vector<action>&);
    void react(const self_unsubscribed&, moment, std::vector<action>&);
    void react(const published&, moment, std::vector<action>&);
    void react(const members_set&, moment, std::vector<action>&);
    void react(const subscriber_acknowledged&, moment, std::vector<action>&);
    void react(const watched&, moment, std::vector<action>&);
    void react(const unwatched&, moment, std::vector<action>&);
    void react(const tick&, moment, std::vector<action>&);

    /// Adds what the server makes of changed states.
    void aggregate(publications::touched&, moment);
    /// Aggregates, then tells everybody concerned; the endpoint, if one is named, has its answer
    /// already.
    void
    settle(publications::touched, const std::string& except_endpoint, moment, std::vector<action>&);
    void tell_watchers(const publications::touched&, std::vector<action>&) const;
    void prompt(const watched&, std::uint16_t container, std::vector<action>&);

    [[nodiscard]] bool
    may_follow(request_id, subscription_id, const sip::aor& from, std::vector<action>&) const;
    [[nodiscard]] std::vector<subscription_id>
    followers_of(bool pres::roaming_list::* part, const std::string& except_endpoint) const;
    [[nodiscard]] std::vector<subscription_id> acl_followers() const;

    [[nodiscard]] pres::category as_owner_sees(const publications::entry&) const;
    [[nodiscard]] std::vector<pres::category> own_categories(const publications::touched&) const;
    [[nodiscard]] std::vector<pres::category> all_own_categories() const;
    /// \param gone whether a category without an instance is to be mentioned
    [[nodiscard]] std::string
    view(std::uint16_t container, const std::set<std::string>& names, bool gone) const;

    sip::aor user_;
    const settings* settings_;
    publications publications_;
    access access_;
    std::vector<pres::subscriber> subscribers_;
    std::set<std::string> endpoints_;
    std::map<subscription_id, follower> followers_;
    std::map<watch_id, watch> watches_;
};

} // namespace lyceum::roles::presence
