#pragma once

#include <cstdint>

namespace lyceum::transaction {

/// What a transaction wants done. The order here is the order to carry them out in.
enum class action : std::uint8_t {
    send,            ///< hand the message that the event was about to the transport, and keep it
    retransmit,      ///< hand the kept message to the transport once more
    send_ack,        ///< make the ACK of a non-2xx final response (RFC 3261 17.1.1.3) and send it
    deliver_to_user, ///< pass the message that came in up
    report_timeout,  ///< tell the user that nobody answered, or that no ACK came
    report_transport_error, ///< tell the user that the message could not be sent
    terminated,             ///< destroy the machine and forget its key
};

/// The actions of one event: a set, no allocation. Each is wanted at most once an event.
class actions {
public:
    constexpr void add(action a) { bits_ = static_cast<std::uint8_t>(bits_ | bit(a)); }
    [[nodiscard]] constexpr bool has(action a) const { return (bits_ & bit(a)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    constexpr void clear() { bits_ = 0; }

    friend constexpr bool operator==(const actions&, const actions&) = default;

private:
    static constexpr std::uint8_t bit(action a) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(a));
    }
    std::uint8_t bits_ = 0;
};

} // namespace lyceum::transaction
