#pragma once

#include "apps/lyceum_load/client_crowd.h"
#include "apps/lyceum_load/returns.h"

namespace lyceum::apps::load {

/// Clients that are cut off all at once, by us or because their server ends, and come back as
/// clients do. Neighbours who are both there send each other messages all the while.
class storm_crowd final : public client_crowd {
public:
    storm_crowd(net::shard&, net::links&, const options&, std::size_t process);

    // crowd
    void drive(std::promise<tally>&) override;
    void end() override { finish(); }
    [[nodiscard]] std::vector<tally> asides() const override { return {quiet_, messages_}; }

    // client::agents::listener
    void on_notice(client::agents::seat, const user_agent::action&) override;
    void on_closed(client::agents::seat, net::closed_why) override;
    void on_alarm(std::uint64_t id) override;

private:
    using seat = client::agents::seat;
    void begin_messages();
    void end_quiet();
    void cut();
    void came_or_went(seat);
    void come_back(seat);
    void send_message(seat);
    void finish();

    bool stays_; ///< nobody here is cut off
    returns returns_;
    instant began_;
    bool is_quiet_ = true;
    tally quiet_;
    tally messages_;
};

} // namespace lyceum::apps::load
