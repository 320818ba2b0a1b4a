#pragma once

#include "machines/dialog/dialog.h"
#include "machines/user_agent/transactions.h"

namespace lyceum::user_agent {

/// One subscription of ours: the dialog that its SUBSCRIBE made, refreshed before it ends, and what
/// the server notifies of. RFC 6665 as the subscriber, with [MS-SIP]'s first notification in the
/// 200, BENOTIFY and self-prolonging notifications. digest MS-SIPRE 3.13
class watch {
public:
    struct ask {
        sip::message request;
    };
    struct respond {
        transactions::request_id id = 0;
        sip::message response;
    };
    struct tell {
        user_agent::action what;
    };
    using action = std::variant<ask, respond, tell>;
    using todo = std::vector<action>;

    watch(const self& s, wish::subscribe what) : self_(&s), what_(std::move(what)) {}

    [[nodiscard]] todo begin();
    /// A final answer to a SUBSCRIBE of ours; no response: 408 or 503 of our own making.
    [[nodiscard]] todo
    on_answered(const sip::message& request, int status, const sip::message* response, instant now);
    /// A NOTIFY or BENOTIFY in our dialog: has() is true of it.
    [[nodiscard]] todo on_notified(const transactions::asked&, instant now);
    /// Ends the subscription: Expires 0.
    [[nodiscard]] todo leave();
    [[nodiscard]] todo on_tick(instant now);
    [[nodiscard]] std::optional<instant> deadline() const { return refresh_at_; }

    [[nodiscard]] std::uint64_t id() const { return what_.id; }
    [[nodiscard]] bool has(const dialog::dialog_id& d) const {
        return dialog_ && dialog_->id() == d;
    }
    /// Over: forget it.
    [[nodiscard]] bool is_over() const { return over_; }

private:
    [[nodiscard]] sip::message completed(sip::message) const;
    void take_state(const sip::message&, todo&);
    void prolong(std::chrono::seconds expires, instant now);
    void end(int status, std::string why, todo&, std::optional<std::chrono::seconds> again = {});

    const self* self_;
    wish::subscribe what_;
    std::optional<dialog::dialog> dialog_;
    std::optional<instant> refresh_at_;
    bool leaving_ = false;
    bool over_ = false;
};

} // namespace lyceum::user_agent
