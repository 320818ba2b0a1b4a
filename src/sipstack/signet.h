#pragma once

#include "base/random/random.h"
#include "protocol/sip/message.h"

#include <array>

namespace lyceum::sipstack {

/// What only this house can have written, known again without keeping anything: the secret behind
/// it lives as long as the process and is the same on all its shards.
class signet {
public:
    explicit signet(random::source&);

    /// The To tag of our refusals of that request; the same for its CANCEL and for the ACK of a
    /// refusal, which bear the request's branch (RFC 3261 9.1, 17.1.1.3).
    [[nodiscard]] std::string refusal_tag(const sip::message&) const;
    /// Whether an ACK answers a refusal of ours, whatever became of its transaction.
    [[nodiscard]] bool refused(const sip::message& ack) const;
    /// Of all that decides where a request goes: when it comes back with the same likeness it is in
    /// a loop, with another one it is a spiral. The second part of our branches. RFC 3261 16.6 step
    /// 8; assumed: which fields, namely those that our router reads.
    [[nodiscard]] std::uint32_t likeness(const sip::message& request) const;

private:
    std::array<std::uint8_t, 16> secret_{};
    std::uint64_t likeness_seed_;
};

} // namespace lyceum::sipstack
