#pragma once

#include "machines/transaction/actions.h"
#include "machines/transaction/timings.h"

#include <variant>

namespace lyceum::transaction {

/// The machine of an INVITE or that of any other request, as its owner sees both.
template <class Invite, class NonInvite, class Event>
class either {
public:
    either(bool is_invite, const timings& t, bool reliable)
        : machine_(is_invite ? machine(Invite(t, reliable)) : machine(NonInvite(t, reliable))) {}

    void on(const Event& e, instant now, actions& out) {
        std::visit([&](auto& m) { m.on(e, now, out); }, machine_);
    }
    /// When on(tick{}) is next due.
    [[nodiscard]] std::optional<instant> deadline() const {
        return std::visit([](const auto& m) { return m.deadline(); }, machine_);
    }
    [[nodiscard]] transaction::state state() const {
        return std::visit([](const auto& m) { return m.state(); }, machine_);
    }
    [[nodiscard]] bool is_invite() const { return machine_.index() == 0; }

private:
    using machine = std::variant<Invite, NonInvite>;
    machine machine_;
};

} // namespace lyceum::transaction
