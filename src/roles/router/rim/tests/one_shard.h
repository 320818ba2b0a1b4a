#pragma once

#include "net/sim/sim_resolver.h"
#include "protocol/sip/address.h"
#include "protocol/sip/framer.h"
#include "protocol/sip/respond.h"
#include "roles/router/rim/router_rim.h"

#include <gtest/gtest.h>

/// The router, next_hop, the proxy and the transactions of one shard, on a virtual network with
/// agents that the test plays.
namespace lyceum::roles::router::test {

using namespace std::chrono_literals;
using net::sim::sim_resolver;
using sip::header;

inline constexpr std::string_view proxy_address = "10.0.0.1";

inline ip_endpoint at(std::string_view address, std::uint16_t port) {
    return {*ip_address::parse(address), port};
}

/// A user agent beside the proxy: writes down what comes, and answers requests as it is told.
class agent final : public net::link_events {
public:
    agent(net::sim::world& w, std::string_view address)
        : h_(w.make_host(*ip_address::parse(address))) {
        h_.set_events(0, *this);
    }
    void listen(net::transport t, std::uint16_t port) {
        h_.listen(t, net::audience::trusted, port);
    }
    void answer_with(int status) { status_ = status; }
    void send(const sip::message& m) {
        h_.links(0).send_datagram(h_.links(0).udp_socket(), at(proxy_address, 5060), m.text());
    }

    void opened(net::flow_id, const net::flow_facts&) override { ++connections; }
    void closed(net::flow_id, net::closed_why) override { ++ended; }
    void received(net::flow_id f, std::string_view octets) override {
        framer_.feed(octets);
        for (auto next = framer_.next(); next && *next; next = framer_.next())
            take(**next, [&](const std::string& answer) { h_.links(0).send(f, answer); });
    }
    void
    received_datagram(net::flow_id f, const ip_endpoint& from, std::string_view octets) override {
        take(std::string(octets),
             [&](const std::string& answer) { h_.links(0).send_datagram(f, from, answer); });
    }

    std::string heard;              ///< "INVITE ", "200 "
    std::vector<sip::message> kept; ///< the same as they were
    unsigned connections = 0;
    unsigned ended = 0;

private:
    template <class Send>
    void take(std::string octets, Send reply) {
        auto m = sip::message::parse(std::move(octets));
        ASSERT_TRUE(m);
        heard += m->is_request() ? std::string(m->method_name()) + " "
                                 : std::to_string(m->status()) + " ";
        if (m->is_request() && m->method_id() != sip::method::ack && status_ != 0)
            reply(sip::make_response(*m, status_, {}, "there").text());
        kept.push_back(*std::move(m));
    }
    net::sim::host& h_;
    sip::framer framer_{sip::limits{}};
    int status_ = 200;
};

class nobody final : public credentials::verifier {
public:
    credentials::verdict verify(const credentials::ntlm_proof&) override {
        return credentials::refused{};
    }
};
class no_flows final : public sipstack::flow_user {
public:
    void on_flow_closed(net::flow_id) override {}
};

struct house_of_one_shard {
    explicit house_of_one_shard(sipstack::next_hop_settings how = {})
        : names(w), h(w.make_host(*ip_address::parse(proxy_address))),
          settings(settings_of_the_house()), st(h.shard(0), h.links(0), settings, checks),
          proxy(st, {}), hops(st, names, how),
          router({st, proxy, location, people, home, hops, {&dispatch}}), caller(w, "10.0.0.9") {
        h.set_events(0, st.lower());
        h.listen(net::transport::udp, net::audience::trusted, 5060);
        h.listen(net::transport::tcp, net::audience::trusted, 5060);
        st.gate_keeper().set_people(people);
        st.connect(router, flows, {&st});
        proxy.on_unreachable([this](const net::links::target& t) { hops.unreachable(t); });
        caller.listen(net::transport::udp, 5060);
        trust({"pstn.test"});
        names.add_srv("_sip._tcp.pstn.test", {10, 0, 5060, "a.pstn.test"});
        names.add_srv("_sip._tcp.pstn.test", {20, 0, 5060, "b.pstn.test"});
        names.add_host("a.pstn.test", "10.0.0.11");
        names.add_host("b.pstn.test", "10.0.0.12");
    }
    static sipstack::stack_settings settings_of_the_house() {
        sipstack::stack_settings s;
        s.gate.fqdn = "fe.contoso.test";
        return s;
    }
    static house our_house() {
        house out;
        out.domains = {"contoso.test"};
        out.fqdn = "fe.contoso.test";
        return out;
    }
    /// The caller and these.
    void trust(const std::vector<std::string>& hosts) {
        std::vector<store::trusted_peer> peers{{"10.0.0.9", "udp", false, {}}};
        for (const auto& x : hosts)
            peers.push_back({x, "", false, {}});
        people.set_trusted(peers);
    }
    /// One more request from the caller, to that URI.
    sip::message request(std::string_view method, std::string_view uri) {
        auto m = sip::message::request(method, uri);
        const auto n = std::to_string(++number);
        m.append(header::via, "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK" + n);
        m.append(header::max_forwards, "70");
        m.append(header::from, "<sip:gateway@other.test>;tag=1");
        m.append(header::to, "<" + std::string(uri) + ">");
        m.append(header::call_id, n + "@other.test");
        m.append(header::cseq, "1 " + std::string(method));
        m.append(header::contact, "<sip:gateway@10.0.0.9>");
        return m;
    }
    /// Sends it and gives what the caller hears within that time.
    std::string
    ask(std::string_view method, std::string_view uri, std::chrono::milliseconds within = 20s) {
        caller.heard.clear();
        caller.send(request(method, uri));
        w.run_for(within);
        return caller.heard;
    }
    [[nodiscard]] std::string_view diagnosis() const {
        return caller.kept.back().value(header::ms_diagnostics_public).substr(0, 5);
    }

    net::sim::world w{1};
    sim_resolver names;
    net::sim::host& h;
    nobody checks;
    no_flows flows;
    sipstack::stack_settings settings;
    directory::snapshot people;
    sipstack::location location;
    sipstack::dispatch dispatch;
    house home = our_house();
    sipstack::stack st;
    sipstack::proxy proxy;
    sipstack::next_hop hops;
    router_rim router;
    agent caller;
    unsigned number = 0;
};

} // namespace lyceum::roles::router::test
