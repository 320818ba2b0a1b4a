#pragma once

#include "machines/subscription/notifier.h"
#include "sipstack/alarm.h"
#include "sipstack/flow_index.h"
#include "sipstack/stack.h"

#include <functional>
#include <unordered_map>

namespace lyceum::sipstack {

/// What clients may keep here at most. Trusted peers are not counted: they speak for many.
struct subscription_limits {
    std::size_t per_user = 1000;      ///< of one subscriber, on one shard
    std::size_t per_connection = 250; ///< on one shard
};

/// Names a subscription of one shard.
enum class subscription_id : std::uint64_t {};

/// The subscriptions that one shard's rims serve: dialogs, timers, notifications, whatever the
/// event. RFC 6665 as [MS-SIP] 3.3 to 3.6 extend it.
class subscriptions final : public response_user {
public:
    /// Called when a subscription is no more, whoever ended it. Not for one that accept() found
    /// over at once.
    using farewell = std::function<void(subscription_id)>;

    /// Further headers of a 200.
    using extra = std::vector<std::pair<sip::header, std::string>>;

    subscriptions(stack&, const subscription::settings&, const subscription_limits& = {});

    /// The subscription that a SUBSCRIBE within a dialog belongs to; nothing for one outside, or
    /// when it is gone.
    [[nodiscard]] std::optional<subscription_id> find(const sip::message& subscribe) const;
    /// Whether the SUBSCRIBE claims a dialog at all: then find() decides between refresh() and 481.
    [[nodiscard]] static bool in_dialog(const sip::message& subscribe) {
        return !subscribe.to_tag().empty();
    }

    /// Answers a SUBSCRIBE outside a dialog with 200 and the state, in it or right behind it.
    /// Nothing when it was refused (answered too), or is over already: a fetch. gone may be empty.
    /// A subscriber who has too many is refused with 413 and 2012.
    std::optional<subscription_id> accept(const incoming&,
                                          std::optional<subscription::document>,
                                          farewell gone,
                                          const extra& = {});
    /// Answers one within its dialog; with Expires: 0 the subscription is over afterwards.
    void refresh(subscription_id,
                 const incoming&,
                 std::optional<subscription::document>,
                 const extra& = {});
    /// Sends the new state.
    void notify(subscription_id, subscription::document);
    /// Sends the last notification and forgets it.
    void end(subscription_id, subscription::reason);
    /// The connection that these were made over is gone: so are they.
    void on_flow_closed(net::flow_id);

    [[nodiscard]] std::size_t size() const { return live_.size(); }

    // response_user
    void on_response(std::uint64_t token, transaction_ref, sip::message&&) override;
    void on_failure(std::uint64_t token, transaction_ref, send_failure) override;

    static constexpr std::uint32_t timer_kind = 11;

private:
    struct live {
        subscription::notifier machine;
        path way;
        farewell gone;
        std::shared_ptr<const people::user> user; ///< the subscriber; none: a trusted peer
        alarm timer = {};
    };
    void refuse(const incoming&, const sip::refusal&);
    [[nodiscard]] bool has_too_many(const incoming&) const;
    void send(std::uint64_t id, live&, sip::message&&);
    void arm(std::uint64_t id, live&);
    void mind(const path&);
    void forget(std::uint64_t id);
    [[nodiscard]] sip::message answer_to(const sip::message& subscribe, const extra&) const;

    stack& stack_;
    subscription::settings settings_;
    subscription_limits limits_;
    std::unordered_map<std::uint64_t, live> live_;
    std::unordered_map<dialog::dialog_id, std::uint64_t, dialog::dialog_id_hash> by_dialog_;
    flow_index by_flow_; ///< streams
    std::unordered_map<sip::aor, std::size_t, sip::aor_hash> of_user_;
    std::uint64_t next_id_ = 1;
    metrics::gauge& open_;
    metrics::counter& notified_;
    metrics::counter& refused_;
};

} // namespace lyceum::sipstack
