#pragma once

#include "apps/lyceum_load/crowd.h"
#include "apps/lyceum_load/pace.h"
#include "apps/lyceum_load/plain_agent.h"
#include "net/deadlines.h"
#include "net/links.h"
#include "protocol/sip/framer.h"

#include <unordered_map>

namespace lyceum::apps::load {

/// The plain endpoints of one process, each on a connection of its own. On the shard's thread.
class plain_crowd final : public crowd, public net::link_events {
public:
    plain_crowd(net::shard&, net::links&, const options&, std::size_t process);

    // crowd
    void sign_in(std::promise<tally>&) override;
    void drive(std::promise<tally>&) override;
    [[nodiscard]] net::link_events& events() override { return *this; }

    // net::link_events
    void opened(net::flow_id, const net::flow_facts&) override;
    void received(net::flow_id, std::string_view) override;
    void received_datagram(net::flow_id, const ip_endpoint&, std::string_view) override {}
    void closed(net::flow_id, net::closed_why) override;

private:
    using seat = pace::seat;
    struct place {
        explicit place(plain_agent::account a) : agent(std::move(a)) {}
        plain_agent agent;
        sip::framer framer;
        net::flow_id flow;
    };
    void begin_operation(seat);
    void take(seat, std::string octets);
    void send(seat);
    void beat();

    net::shard& shard_;
    net::links& links_;
    const options& options_;
    options::slice slice_;
    pace pace_;
    std::vector<place> places_;
    std::unordered_map<net::flow_id, seat, net::flow_hash> by_flow_;
    std::string out_; ///< reused
    std::promise<tally>* done_ = nullptr;
};

} // namespace lyceum::apps::load
