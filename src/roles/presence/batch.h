#pragma once

#include "base/instant.h"
#include "protocol/diagnostics/diagnostics.h"
#include "protocol/mime/multipart.h"
#include "protocol/pres/rlmi.h"
#include "protocol/sip/uri.h"
#include "roles/presence/presentity.h"
#include "roles/presence/settings.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lyceum::roles::presence {

/// One subscription of a watcher to one or many users, by a batchSub document. Lives at the
/// watcher's home shard; the users may be anywhere. The first answer waits for all of them, or
/// until patience ends; later news go out one user at a time. digest MS-PRES 3.11, 3.12
class batch {
public:
    // What happens.
    struct subscribed { ///< SUBSCRIBE, the first or one in the dialog
        request_id request{};
        sip::aor from;
        std::string body; ///< may be empty in the dialog: a refresh
    };
    struct seen { ///< a user's presentity shows something: presentity::show
        sip::aor who;
        std::string document;
    };
    struct unseen { ///< it does not exist, or declined
        sip::aor who;
    };
    struct ended { ///< by Expires 0, timeout, or the end of the endpoint
    };
    struct tick {};
    using event = std::variant<subscribed, seen, unseen, ended, tick>;

    // What is to be done.
    struct watch { ///< presentity::watched; answered by seen or unseen
        sip::aor who;
        std::vector<std::string> categories;
        bool context = false;
    };
    struct unwatch { ///< presentity::unwatched
        sip::aor who;
    };
    struct accept { ///< 200, with Require: eventlist; the body is the first notification
        request_id request{};
        std::string content_type;
        std::string body;
    };
    struct refuse {
        request_id request{};
        diagnostics::refusal why;
    };
    struct notify {
        std::string content_type;
        std::string body;
    };
    using action = std::variant<watch, unwatch, accept, refuse, notify>;

    /// \param s outlives the machine
    batch(sip::aor watcher, const settings& s) : watcher_(std::move(watcher)), settings_(&s) {}

    [[nodiscard]] std::vector<action> on(const event&, instant now);
    /// When patience with slow homes ends.
    [[nodiscard]] std::optional<instant> deadline() const {
        return waiting_ ? std::optional(waiting_->until) : std::nullopt;
    }

private:
    enum class standing : std::uint8_t { asked, active, nobody };
    struct target {
        std::string uri; ///< as it was asked for
        std::vector<std::string> categories;
        bool context = false;
        standing how = standing::asked;
        std::vector<std::string> documents = {}; ///< while an answer is waited for: what has come
    };
    struct answer { ///< a request whose answer is not yet sent
        request_id request{};
        instant until;
        std::vector<std::string> invalid; ///< resources that are no sip uris
    };

    void read(const subscribed&, instant now, std::vector<action>&);
    void ask(const sip::aor&, target, std::vector<action>&);
    void answer_if_complete(instant now, std::vector<action>&);
    void tell(const sip::aor&, const std::string& document, std::vector<action>&);
    [[nodiscard]] mime::part list_part(const pres::rlmi_list&) const;

    sip::aor watcher_;
    const settings* settings_;
    std::map<sip::aor, target> targets_;
    std::optional<answer> waiting_;
    std::uint32_t version_ = 0; ///< of the next list
};

} // namespace lyceum::roles::presence
