#pragma once

#include "base/instant.h"
#include "machines/dialog/dialog.h"
#include "protocol/sip/validate.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::subscription {

struct settings {
    std::chrono::seconds usual{28800}; ///< granted when nothing is asked for. digest MS-PRES 4 (27)
    std::chrono::seconds longest{43200}; ///< granted at most
    std::chrono::seconds shortest{1200}; ///< granted at least, but for Expires: 0
    bool refuse_short = false; ///< 423 for less than shortest, as RFC 6665 4.2.1.1 has it, instead
    bool piggyback = true;     ///< the first notification may travel in the 200. [MS-SIP] 3.4
    bool benotify = true;      ///< notifications need no answer if both like. [MS-SIP] 3.5
    bool autoextend = true;    ///< each notification prolongs, if both like. [MS-SIP] 3.6
};

/// What a SUBSCRIBE asks for.
struct wish {
    std::optional<std::chrono::seconds> expires; ///< nothing when not said or unreadable
    bool piggyback = false;
    bool benotify = false; ///< said in both Supported and Proxy-Require. [MS-SIP] 3.5.1.1
    bool autoextend = false;
};
[[nodiscard]] wish read_wish(const sip::message& subscribe);

/// The state that a notification carries. Borrowed for the call.
struct document {
    std::string_view type; ///< Content-Type
    std::string_view body;
};

/// Why a subscription ends, as the subscriber is told. RFC 6665 4.1.3, but for its "invariant"
enum class reason : std::uint8_t { deactivated, probation, rejected, timeout, giveup, noresource };
[[nodiscard]] const char* name(reason);

/// One subscription on the side of the notifier: from the SUBSCRIBE that makes it to the last
/// notification. RFC 6665 with Microsoft's extensions. Holds its dialog.
///
/// The owner answers 489 to events that it does not know, asks permission, makes the documents,
/// adds Via and Contact to what it sends, and forgets the subscription when is_over().
class notifier {
public:
    /// Accepts a SUBSCRIBE outside of a dialog. response is the 200 to it, with its To tag and
    /// Record-Route; it gets Expires, Event, Subscription-State, Supported, and the state if that
    /// may travel in it. Without a state there, or when the client does not know that,
    /// owes_notification(). Expires: 0 makes a subscription that is over with its only
    /// notification: a fetch. RFC 6665 4.4.3 Refuses with 423 (the owner adds Min-Expires:
    /// settings.shortest) and 400.
    static std::expected<notifier, sip::refusal> accept(const sip::message& subscribe,
                                                        sip::message& response,
                                                        std::optional<document> state,
                                                        const settings&,
                                                        bool over_tls,
                                                        instant now);

    /// The same for a SUBSCRIBE within the dialog: a refresh, or with Expires: 0 the end. 500 for
    /// one that is out of order, else as above. RFC 6665 4.2.1.4
    [[nodiscard]] std::optional<sip::refusal> refresh(const sip::message& subscribe,
                                                      sip::message& response,
                                                      std::optional<document> state,
                                                      instant now);

    /// A notification with the state, or without any: BENOTIFY or NOTIFY, CSeq and all. Not when
    /// is_over(). Prolongs the subscription if that was agreed. After an unsubscription it is the
    /// last one.
    [[nodiscard]] sip::message notify(std::optional<document> state, instant now);
    /// The last notification, when the owner ends the subscription. Not when is_over().
    [[nodiscard]] sip::message end(reason, std::optional<document> last_state);

    /// The final response to a NOTIFY of ours, or 408 when none came. A failure ends the
    /// subscription. Responses to BENOTIFY are ignored. RFC 6665 4.2.2, [MS-SIP] 3.5.5.3
    void answered(const sip::message& response);
    void timed_out();

    /// When tick() is next due; nothing when is_over().
    [[nodiscard]] std::optional<instant> deadline() const;
    /// The last notification, if the time has run out without a refresh. RFC 6665 4.2.1.4
    [[nodiscard]] std::optional<sip::message> tick(instant now);

    [[nodiscard]] bool is_over() const { return over_; }
    /// A 200 went out that did not carry the state: notify() has to follow at once. RFC
    /// 6665 4.2.1.2
    [[nodiscard]] bool owes_notification() const { return owes_; }
    /// Whether notifications are BENOTIFY: then they are sent without a transaction.
    [[nodiscard]] bool is_best_effort() const { return benotify_; }
    /// The Event value, its id parameter included.
    [[nodiscard]] const std::string& event() const { return event_; }
    [[nodiscard]] const dialog::dialog& of() const { return dialog_; }

private:
    notifier(dialog::dialog&& d, const settings& s) : settings_(s), dialog_(std::move(d)) {}

    void grant(const wish&, sip::message& response, std::optional<document>, instant now);
    [[nodiscard]] std::string state_value(instant now) const;
    [[nodiscard]] sip::message make(std::string_view state, std::optional<document>);

    settings settings_;
    dialog::dialog dialog_;
    std::string event_;
    std::chrono::seconds granted_{0};
    instant ends_at_{};
    bool benotify_ = false;
    bool autoextend_ = false;
    bool owes_ = false;
    bool last_ = false; ///< unsubscribed or fetched: the next notification is the last
    bool over_ = false;
};

} // namespace lyceum::subscription
