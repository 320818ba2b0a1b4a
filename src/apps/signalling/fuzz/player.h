#pragma once

#include "apps/signalling/fuzz/small_house.h"
#include "machines/security_association/client.h"
#include "protocol/sip/framer.h"
#include "protocol/sip/gruu.h"
#include "protocol/sip/respond.h"

namespace lyceum::apps::signalling::fuzz {

/// One who talks to the house: over a stream, or from a gateway's socket. Whatever the house writes
/// has to be SIP.
class player : public net::link_events {
public:
    player(small_house& h, std::string_view address)
        : house_(h), host_(h.world.make_host(*ip_address::parse(address))), address_(address) {
        host_.set_events(0, *this);
        host_.listen(net::transport::udp, net::audience::trusted, 5060);
        host_.listen(net::transport::tcp, net::audience::trusted, 5060);
    }

    void connect(net::transport kind) {
        framer_ = sip::framer(sip::limits{});
        const std::uint16_t port = kind == net::transport::tls ? 5061 : 5060;
        flow_ = host_.links(0).connect({kind, at(port), "fe.contoso.test"});
    }
    /// In pieces of that size; 0: in one.
    void send(std::string_view octets, std::size_t piece = 0) {
        if (!flow_) return;
        if (piece == 0) piece = std::max<std::size_t>(octets.size(), 1);
        for (; !octets.empty(); octets.remove_prefix(std::min(piece, octets.size())))
            host_.links(0).send(flow_, octets.substr(0, piece));
    }
    void send_datagram(std::string_view octets) {
        host_.links(0).send_datagram(host_.links(0).udp_socket(), at(5060), octets);
    }
    void leave() {
        if (flow_) host_.links(0).close(flow_, false);
    }

    std::optional<sip::message> request;  ///< the last that came
    std::optional<sip::message> response; ///< the last that came

    // link_events
    void opened(net::flow_id, const net::flow_facts&) override {}
    void received(net::flow_id f, std::string_view octets) override {
        if (f != flow_) return; // what was under way on a connection of before
        framer_.feed(octets);
        auto next = framer_.next();
        for (; next && *next; next = framer_.next())
            take(**std::move(next));
        require(next.has_value());
    }
    void received_datagram(net::flow_id, const ip_endpoint&, std::string_view octets) override {
        take(std::string(octets));
    }
    void closed(net::flow_id f, net::closed_why) override {
        if (f == flow_) flow_ = {};
    }

protected:
    virtual void check(const sip::message&) {}
    small_house& house_;
    net::sim::host& host_;
    std::string address_;

private:
    static ip_endpoint at(std::uint16_t port) { return {*ip_address::parse(house_address), port}; }
    void take(std::string octets) {
        auto m = sip::message::parse(std::move(octets));
        require(m.has_value());
        check(*m);
        (m->is_request() ? request : response) = *std::move(m);
    }
    sip::framer framer_{sip::limits{}};
    net::flow_id flow_;
};

/// Has no keys, and must hear nothing but refusals.
class stranger final : public player {
public:
    using player::player;

private:
    void check(const sip::message& m) override { require(m.status() >= 400); }
};

/// A user's client: signs, and what comes has to be signed for it.
class client final : public player {
public:
    client(small_house& h, std::string_view name, std::string_view address)
        : player(h, address), random_(name.size()), name_(name), epid_(std::string(name) + "01"),
          keys_({.user = std::string(name),
                 .domain = "CONTOSO",
                 .workstation = "PC",
                 .nt_hash = everybodys_hash()},
                random_) {}

    void sign_in() {
        connect(net::transport::tls);
        keys_.start_over();
        for (unsigned i = 0; i < 3; ++i) {
            send_signed(own_register());
            house_.world.run_for(50ms);
            require(response.has_value());
            if (response->status() != 401) break;
            require(keys_.on_challenge(*response, house_.world.wall_now()));
        }
        require(is_in() && response->status() == 200);
    }
    [[nodiscard]] bool is_in() const {
        return keys_.now_is() == security_association::client_association::state::established;
    }
    void send_signed(sip::message m) {
        keys_.authorise(m);
        send(m.text());
    }

    bool has_signed = false; ///< something of the fuzzer's
    /// Whether a request of that From may come to somebody.
    std::function<bool(const sip::message&)> may_come;

private:
    sip::message own_register() {
        auto m = sip::message::request("REGISTER", "sip:contoso.test");
        const auto n = std::to_string(++cseq_);
        const auto aor = "<sip:" + name_ + "@contoso.test>";
        m.append(sip::header::via, "SIP/2.0/TLS " + address_ + ":5060;branch=z9hG4bKr" + n);
        m.append(sip::header::max_forwards, "70");
        m.append(sip::header::from, aor + ";tag=" + n + ";epid=" + epid_);
        m.append(sip::header::to, aor);
        m.append(sip::header::call_id, "r" + name_);
        m.append(sip::header::cseq, n + " REGISTER");
        m.append(sip::header::contact,
                 "<sip:" + address_ + ":5060;transport=tls>;proxy=replace;+sip.instance=\"<" +
                     sip::instance_id::from_epid(epid_).urn() + ">\"");
        m.append(sip::header::event, "registration");
        m.append(sip::header::supported, "gruu-10");
        return m;
    }
    void check(const sip::message& m) override {
        using verdict = security_association::client_association::verdict;
        if (m.is_response() && (m.status() < 200 || m.status() == 401)) return; // never signed
        const auto v = keys_.verify(m, house_.world.now());
        require(v != verdict::bad && v != verdict::replayed);
        if (m.is_response()) return;
        require(v == verdict::good);
        require(!may_come || may_come(m));
    }

    random::seeded random_;
    std::string name_;
    std::string epid_;
    security_association::client_association keys_;
    unsigned cseq_ = 0;
};

} // namespace lyceum::apps::signalling::fuzz
