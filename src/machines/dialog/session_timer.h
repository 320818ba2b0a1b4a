#pragma once

#include "base/instant.h"
#include "protocol/sip/message.h"
#include "protocol/sip/validate.h"

#include <cstdint>
#include <optional>

namespace lyceum::dialog {

struct session_timer_settings {
    std::chrono::seconds interval{1800}; ///< what we ask for and at most agree to. RFC 4028 4
    std::chrono::seconds minimum{90}; ///< the least we accept; RFC 4028 5 allows no less than 90 s
    bool we_refresh = false;          ///< when the peer leaves it to us who refreshes
};

/// Ends a session whose peer is gone without a BYE: one side refreshes it by UPDATE or re-INVITE,
/// the other waits for that. One per INVITE dialog; idle until agreed on. RFC 4028 (sections 4, 7
/// and 9 known from quotations of their sentences in several implementations, not read as a whole).
class session_timer {
public:
    enum class due : std::uint8_t {
        nothing,
        refresh, ///< send a refresh; ask() it, and hand its 2xx to answered()
        end,     ///< send BYE
    };

    explicit session_timer(const session_timer_settings& s) : settings_(s) {}

    /// Puts Supported, Session-Expires and Min-SE into an INVITE or UPDATE of ours. RFC
    /// 4028 7.1, 7.4
    void ask(sip::message& request) const;
    /// The 2xx to such a request starts the timer anew; without Session-Expires it turns it
    /// off. 7.2
    void answered(const sip::message& response, instant now);
    /// Takes the Min-SE of a 422: true when asking again makes sense. 7.3
    bool raise(const sip::message& response);

    /// What an INVITE or UPDATE of the peer's must be refused with: 422, with Min-SE: minimum(). 9
    [[nodiscard]] std::optional<sip::refusal> check(const sip::message& request) const;
    /// Agrees in our 2xx to it: puts Session-Expires, and Require where it belongs, and starts the
    /// timer. Nothing happens when the peer knows no session timers and asked for none. 9, table 2
    void agree(const sip::message& request, sip::message& response, instant now);

    /// When tick() is next due.
    [[nodiscard]] std::optional<instant> deadline() const { return deadline_; }
    [[nodiscard]] due tick(instant now);

    [[nodiscard]] bool is_running() const { return deadline_.has_value(); }
    [[nodiscard]] bool is_ours_to_refresh() const { return ours_; }
    [[nodiscard]] std::chrono::seconds interval() const { return interval_; }
    [[nodiscard]] std::chrono::seconds minimum() const { return minimum_; }

private:
    void start(std::chrono::seconds interval, bool ours, instant now);

    session_timer_settings settings_;
    std::chrono::seconds interval_{0};                 ///< agreed; 0 not yet
    std::chrono::seconds minimum_ = settings_.minimum; ///< ours, or a higher one of a 422
    std::optional<instant> deadline_;
    instant ends_at_{};
    bool ours_ = false;
    bool refresh_due_ = false; ///< the next deadline is the refresh, not the end
};

} // namespace lyceum::dialog
