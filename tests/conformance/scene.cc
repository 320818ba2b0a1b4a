#include "tests/conformance/scene.h"

namespace lyceum::conformance {

using sipstack::test::at;
using sipstack::test::house_address;

sender::sender(house& h, std::string_view address, bool may_register) : party(h, address) {
    for (const auto port : {std::uint16_t{5050}, std::uint16_t{5060}})
        host_.listen(net::transport::udp, net::audience::trusted, port);
    host_.listen(net::transport::tcp, net::audience::trusted, 5060);
    h.trust(address, may_register);
}

void sender::send(std::string_view octets) {
    host_.links(0).send_datagram(host_.links(0).udp_socket(), at(house_address, 5060), octets);
}

void sender::send_stream(std::string_view octets) {
    if (!flow_) flow_ = host_.links(0).connect({net::transport::tcp, at(house_address, 5060), {}});
    host_.links(0).send(flow_, octets);
}

scene::scene(net::sim::weather how, std::uint64_t seed)
    : h(seed, how), gw(h, "10.0.0.9"), bob(h, "bob", "10.0.2.1") {
    h.add_user("bob");
    bob.sign_in();
}

std::string scene::gateway_hears(std::chrono::nanoseconds within) {
    h.run_for(within);
    return gw.heard();
}

std::string scene::bob_hears(std::chrono::nanoseconds within) {
    h.run_for(within);
    return bob.heard();
}

sip::message scene::ask(std::string_view method) {
    return gw.request(method, "sip:bob@contoso.test");
}

sip::message scene::answer_to(const sip::message& m, std::chrono::nanoseconds within) {
    gw.send(m);
    const auto heard = gateway_hears(within);
    if (heard.empty()) return sip::message::response(599, "nothing was heard");
    const auto last = heard.rfind(' ', heard.size() - 2) + 1;
    auto said = gw.take(std::string_view(heard).substr(last, heard.size() - last - 1));
    return said ? *std::move(said) : sip::message::response(599, "nothing was heard");
}

sip::message scene::delivered(const sip::message& m) {
    const std::string method(m.method_name());
    gw.send(m);
    h.run_for(100ms);
    return bob.expect(method);
}

void scene::register_phone(std::string_view name, std::string_view contact) {
    h.add_user(name);
    const std::string who = "<sip:" + std::string(name) + "@contoso.test>";
    auto m = gw.request("REGISTER", "sip:contoso.test");
    m.set(header::from, who + ";tag=r");
    m.set(header::to, who);
    m.set(header::contact, contact);
    EXPECT_EQ(answer_to(m).status(), 200);
}

forked::forked() : first(h, "10.0.0.11"), second(h, "10.0.0.12"), caller(h, "10.0.0.9") {
    h.add_user("pair");
    for (auto* g : {&first, &second}) {
        auto m = g->request("REGISTER", "sip:contoso.test");
        m.set(header::from, "<sip:pair@contoso.test>;tag=1");
        m.set(header::to, "<sip:pair@contoso.test>");
        g->send(m);
        h.run_for(100ms);
        EXPECT_EQ(g->heard(), "200 ");
    }
}

sip::message forked::ask(std::string_view method) {
    const std::string name(method);
    auto m = caller.request(name, "sip:pair@contoso.test");
    caller.send(m);
    h.run_for(100ms);
    at_first = first.expect(name);
    at_second = second.expect(name);
    (void)first.heard();
    (void)second.heard();
    return m;
}

sip::message forked::ring() {
    auto m = ask("INVITE");
    EXPECT_EQ(caller.heard(), "100 ");
    return m;
}

std::string forked::caller_hears(std::chrono::nanoseconds within) {
    h.run_for(within);
    return caller.heard();
}

sip::message with(sip::message m, header h, std::string_view value) {
    m.set(h, value);
    return m;
}

sip::message without(sip::message m, header h) {
    m.remove(h);
    return m;
}

sip::message ack_of(const sip::message& invite, const sip::message& response) {
    auto m = sip::message::request("ACK", invite.uri());
    for (const auto f : {header::via, header::max_forwards, header::from, header::call_id})
        m.append(f, invite.value(f));
    m.append(header::to, response.value(header::to));
    m.append(header::cseq, std::to_string(invite.cseq_number()) + " ACK");
    return m;
}

sip::message cancel_of(const sip::message& request) {
    auto m = sip::message::request("CANCEL", request.uri());
    for (const auto f :
         {header::via, header::max_forwards, header::from, header::to, header::call_id})
        m.append(f, request.value(f));
    m.append(header::cseq, std::to_string(request.cseq_number()) + " CANCEL");
    return m;
}

} // namespace lyceum::conformance
