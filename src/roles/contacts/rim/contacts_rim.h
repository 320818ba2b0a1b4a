#pragma once

#include "roles/contacts/roaming_list.h"
#include "sipstack/dispatch/dispatch.h"
#include "sipstack/subscriptions/subscriptions.h"
#include "store/contacts.h"

#include <set>
#include <unordered_map>

namespace lyceum::roles::contacts {

/// Gives the contact lists of one shard's users their SUBSCRIBE and SERVICE requests, and the
/// store's answers.
class contacts_rim {
public:
    contacts_rim(sipstack::stack&,
                 sipstack::dispatch&,
                 sipstack::subscriptions&,
                 store::contacts&,
                 const settings&);

    /// Requests that wait for a machine's answer.
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

private:
    struct user {
        roaming_list machine;
        std::set<sipstack::subscription_id> subscribers;
    };
    void on_subscribe(sipstack::incoming&&);
    void on_soap(sipstack::incoming&&);
    void feed(const sip::aor&, const roaming_list::event&);
    void load(const sip::aor&);
    void apply(const sip::aor&, roaming_list::apply_change&&);
    [[nodiscard]] std::optional<sipstack::incoming> take(request_id);
    [[nodiscard]] user& list_of(const sip::aor&);
    /// Forgets a list that nobody follows and nothing is being done to.
    void tidy(const sip::aor&);
    void store_is_busy(const sip::aor&);

    sipstack::stack& stack_;
    sipstack::subscriptions& subscriptions_;
    store::contacts& store_;
    settings settings_;
    std::unordered_map<sip::aor, user, sip::aor_hash> users_;
    std::unordered_map<std::uint64_t, sipstack::incoming>
        waiting_; ///< requests that the machines hold
    std::uint64_t next_request_ = 1;
};

} // namespace lyceum::roles::contacts
