#pragma once

#include "apps/lyceum_client/agents.h"
#include "apps/lyceum_load/crowd.h"
#include "apps/lyceum_load/pace.h"

namespace lyceum::apps::load {

/// Endpoints as real clients are: the user agent machines of `lyceum-client`, with NTLM and
/// signatures unless told otherwise.
class client_crowd : public crowd, public client::agents::listener {
public:
    client_crowd(net::shard&, net::links&, const options&, std::size_t process);

    // crowd
    void sign_in(std::promise<tally>&) override;
    void drive(std::promise<tally>&) override;
    [[nodiscard]] net::link_events& events() override { return agents_; }

    // client::agents::listener
    void on_notice(client::agents::seat, const user_agent::action&) override;
    void on_connected(client::agents::seat) override {}
    void on_closed(client::agents::seat, net::closed_why) override;
    void on_alarm(std::uint64_t id) override;

protected:
    void connect(client::agents::seat);

    client::agents agents_;
    const options& options_;
    options::slice slice_;
    std::size_t process_;
    pace pace_;
    std::string text_ = std::string(100, 'x'); ///< a message of usual length
    std::promise<tally>* done_ = nullptr;
    bool driving_ = false;

private:
    [[nodiscard]] user_agent::account account(std::size_t number) const;
    void begin_sign_in(client::agents::seat);
    void begin_operation(client::agents::seat);
};

} // namespace lyceum::apps::load
