#include "sipstack/tests/people.h"

#include "base/text.h"
#include "machines/dialog/dialog.h"
#include "protocol/sip/respond.h"

namespace lyceum::sipstack::test {
namespace {

using sip::header;

std::string summary_of(const sip::message& m) {
    return m.is_request() ? std::string(m.method_name()) : std::to_string(m.status());
}

ntlm::identity identity_of(std::string_view name) {
    return {.user = std::string(name),
            .domain = "CONTOSO",
            .workstation = "PC",
            .nt_hash = *ntlm::nt_hash(password)};
}

/// Something different for every client.
std::uint64_t seed_of(std::string_view name, std::string_view address) {
    return std::hash<std::string>{}(std::string(name) + std::string(address));
}

} // namespace

party::party(house& h, std::string_view address)
    : house_(h), host_(h.world.make_host(*ip_address::parse(address))), address_(address) {
    host_.set_events(0, *this);
    tag = "t" + std::string(address);
}

std::string party::heard() {
    return std::exchange(summary_, {});
}

void party::begin_anew() {
    framer_ = sip::framer(sip::limits{});
    kept_.clear();
    summary_.clear();
}

std::optional<sip::message> party::take(std::string_view what) {
    const auto it =
        std::ranges::find_if(kept_, [&](const auto& m) { return summary_of(m) == what; });
    if (it == kept_.end()) return std::nullopt;
    auto out = std::move(*it);
    kept_.erase(it);
    return out;
}

sip::message party::expect(std::string_view what) {
    auto m = take(what);
    EXPECT_TRUE(m) << address_ << " heard no " << what << ", but " << summary_;
    return m ? *std::move(m) : sip::message::response(599);
}

sip::message party::answer(const sip::message& request, int status) const {
    auto r = sip::make_response(request, status, {}, tag);
    for (const auto v : request.values(header::record_route))
        r.append(header::record_route, v);
    if (status < 300) r.append(header::contact, contact);
    return r;
}

void party::received(net::flow_id f, std::string_view octets) {
    last_heard = f;
    framer_.feed(octets);
    for (auto next = framer_.next(); next && *next; next = framer_.next())
        keep(**std::move(next));
}

void party::received_datagram(net::flow_id, const ip_endpoint&, std::string_view octets) {
    last_heard = {};
    keep(std::string(octets));
}
void party::closed(net::flow_id, net::closed_why why) {
    closed_.push_back(why);
}

void party::keep(std::string octets) {
    octets_.push_back(octets);
    auto m = sip::message::parse(std::move(octets));
    ASSERT_TRUE(m);
    check(*m);
    summary_ += summary_of(*m) + " ";
    kept_.push_back(*std::move(m));
}

// ---- client

client::client(house& h, std::string_view name, std::string_view address)
    : party(h, address), name_(name), random_(seed_of(name, address)),
      association_(identity_of(name), random_) {
    epid_ = random_.hex(6);
    branch_prefix = random_.hex(4);
    contact =
        "<" + sip::make_gruu(*sip::aor::from(aor()), sip::instance_id::from_epid(epid_)) + ">";
}

void client::connect() {
    flow_ =
        host_.links(0).connect({net::transport::tls, at(house_address, 5061), "fe.contoso.test"});
}

void client::sign_in() {
    begin_anew();
    connect();
    association_.start_over();
    for (int i = 0; i < 3; ++i) {
        send(request("REGISTER", "sip:contoso.test"));
        house_.run_for(300ms);
        if (take("200")) break;
        const auto again = take("401");
        ASSERT_TRUE(again) << heard();
        ASSERT_TRUE(association_.on_challenge(*again, house_.world.wall_now()));
    }
    ASSERT_EQ(association_.now_is(), security_association::client_association::state::established)
        << heard();
    (void)heard();
}

void client::sign_out() {
    auto m = request("REGISTER", "sip:contoso.test");
    m.set(header::expires, "0");
    send(std::move(m));
    house_.run_for(100ms);
    (void)expect("200");
    (void)heard();
}

sip::message client::request(std::string_view method, std::string_view uri) {
    auto m = sip::message::request(method, uri);
    const auto n = branch_prefix + std::to_string(++number_);
    m.append(header::via, "SIP/2.0/TLS " + address_ + ":5060;branch=z9hG4bK" + n);
    m.append(header::max_forwards, "70");
    m.append(header::from, "<" + aor() + ">;tag=" + n + ";epid=" + epid_);
    const bool own = method == "REGISTER";
    m.append(header::to, "<" + (own ? aor() : std::string(uri)) + ">");
    m.append(header::call_id, own ? branch_prefix : n);
    m.append(header::cseq, std::to_string(own ? ++cseq_ : 1) + " " + std::string(method));
    if (own) {
        m.append(header::contact,
                 "<sip:" + address_ + ":5060;transport=tls>;proxy=replace;+sip.instance=\"<" +
                     sip::instance_id::from_epid(epid_).urn() + ">\"");
        m.append(header::supported, "gruu-10");
    } else {
        m.append(header::contact, contact);
    }
    if (method == "INVITE") m.set_body("application/sdp", im_offer);
    return m;
}

sip::message client::in_dialog(std::string_view method,
                               const sip::message& invite,
                               const sip::message& response) {
    auto d = dialog::dialog::as_uac(invite, response, true);
    EXPECT_TRUE(d);
    auto m = method == "ACK" ? d->make_ack_for_2xx() : d->make_request(method);
    m.prepend(header::via,
              "SIP/2.0/TLS " + address_ + ":5060;branch=z9hG4bK" + branch_prefix +
                  std::to_string(++number_));
    return m;
}

sip::message client::signed_as_is(sip::message m) {
    association_.authorise(m);
    return m;
}

void client::send(sip::message m) {
    send_raw(signed_as_is(std::move(m)).text());
}

void client::check(const sip::message& m) {
    if (m.is_response() && (m.status() < 200 || m.status() == 401)) return; // never signed
    if (association_.verify(m, house_.world.now()) !=
        security_association::client_association::verdict::good)
        ++badly_signed;
}

// ---- gateway

gateway::gateway(house& h, std::string_view address, bool may_register, bool has_tcp)
    : party(h, address) {
    host_.listen(net::transport::udp, net::audience::trusted, 5060);
    if (has_tcp) host_.listen(net::transport::tcp, net::audience::trusted, 5060);
    contact = "<sip:line@" + address_ + ">";
    h.trust(address, may_register);
}

void gateway::use_tcp() {
    flow_ = host_.links(0).connect({net::transport::tcp, at(house_address, 5060), {}});
    contact = "<sip:line@" + address_ + ";transport=tcp>";
}

void gateway::register_phone(std::string_view name) {
    const auto aor = "<sip:" + std::string(name) + "@contoso.test>";
    auto m = request("REGISTER", "sip:contoso.test");
    m.set(header::from, aor + ";tag=1");
    m.set(header::to, aor);
    m.set(header::contact, "<sip:" + std::string(name) + "@" + address_ + ">");
    send(m);
    house_.run_for(100ms);
    ASSERT_EQ(heard(), "200 ");
}

void gateway::send(const sip::message& m) {
    if (const auto over = m.is_response() ? last_heard : flow_) {
        host_.links(0).send(over, m.text());
    } else {
        host_.links(0).send_datagram(
            host_.links(0).udp_socket(), at(house_address, 5060), m.text());
    }
}

sip::message gateway::request(std::string_view method, std::string_view uri) {
    auto m = sip::message::request(method, uri);
    const auto n = "g" + std::to_string(++number_);
    m.append(header::via,
             std::string("SIP/2.0/") + (flow_ ? "TCP " : "UDP ") + address_ + ";branch=z9hG4bK" +
                 n);
    m.append(header::max_forwards, "70");
    m.append(header::from, "<sip:line@other.test>;tag=" + n);
    m.append(header::to, "<" + std::string(uri) + ">");
    m.append(header::call_id, n + "@" + address_);
    m.append(header::cseq, "1 " + std::string(method));
    m.append(header::contact, contact);
    if (method == "INVITE") m.set_body("application/sdp", "v=0\r\nm=audio 1 RTP/AVP 0\r\n");
    return m;
}

alice_and_bob::alice_and_bob() : alice(h, "alice", "10.0.1.1"), bob(h, "bob", "10.0.2.1") {
    h.add_user("alice", true, "tel:+4930");
    h.add_user("bob");
    h.add_user("dora", false);
    h.add_user("eve");
    alice.sign_in();
    bob.sign_in();
}

std::string alice_and_bob::ask(sip::message m) {
    alice.send(std::move(m));
    h.run_for(100ms);
    return alice.heard();
}

sip::message alice_and_bob::deliver(sip::message m) {
    alice.send(std::move(m));
    h.run_for(100ms);
    auto there = bob.expect("MESSAGE");
    bob.send(bob.answer(there, 200));
    h.run_for(100ms);
    EXPECT_EQ(alice.heard(), "200 ");
    return there;
}

std::string alice_and_bob::contact_of_bob() {
    alice.send(alice.request("MESSAGE", "sip:bob@contoso.test"));
    h.run_for(100ms);
    return std::string(bob.expect("MESSAGE").uri());
}

void alice_and_bob::everybody_leaves() {
    EXPECT_EQ(alice.badly_signed + bob.badly_signed, 0U);
    alice.hang_up();
    bob.hang_up();
    h.expect_nothing_left();
}

} // namespace lyceum::sipstack::test
