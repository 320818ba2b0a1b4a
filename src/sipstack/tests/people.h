#pragma once

#include "machines/security_association/client.h"
#include "protocol/sip/framer.h"
#include "sipstack/tests/house.h"

namespace lyceum::sipstack::test {

/// What a party has heard, and how it builds messages: the part that clients and gateways share.
class party : public net::link_events {
public:
    party(house&, std::string_view address);

    /// Methods and statuses in the order in which they came: "100 180 INVITE ". Forgets them.
    std::string heard();
    /// The first message that was not taken yet and is of that method or status ("INVITE", "200").
    [[nodiscard]] std::optional<sip::message> take(std::string_view what);
    /// The same, which must be there.
    [[nodiscard]] sip::message expect(std::string_view what);
    /// A new connection: nothing came over it yet.
    void begin_anew();
    /// Everything that came, raw.
    [[nodiscard]] const std::vector<std::string>& octets() const { return octets_; }
    [[nodiscard]] const std::vector<net::closed_why>& closed_by() const { return closed_; }

    /// A response with what a user agent adds: a To tag and a Contact.
    [[nodiscard]] sip::message answer(const sip::message& request, int status) const;

    // link_events
    void opened(net::flow_id, const net::flow_facts&) override {}
    void received(net::flow_id, std::string_view) override;
    void received_datagram(net::flow_id, const ip_endpoint&, std::string_view) override;
    void closed(net::flow_id, net::closed_why) override;

    std::string contact;     ///< what it writes into Contact
    std::string tag;         ///< its tag in To
    net::flow_id last_heard; ///< what the last message came over; none: UDP

protected:
    virtual void check(const sip::message&) {}
    house& house_;
    net::sim::host& host_;
    std::string address_;

private:
    void keep(std::string octets);
    sip::framer framer_{sip::limits{}};
    std::string summary_;
    std::vector<sip::message> kept_;
    std::vector<std::string> octets_;
    std::vector<net::closed_why> closed_;
};

/// A client over TLS: signs what it sends and checks the signature of all that comes.
class client final : public party {
public:
    /// name: the user, by whose name it signs in. Not connected yet.
    client(house&, std::string_view name, std::string_view address);

    void connect();
    /// REGISTER until it is answered 200; connects first.
    void sign_in();
    void sign_out();
    void hang_up() { host_.links(0).close(flow_, false); }
    /// The machine is gone, without a word.
    void die() { host_.kill(); }

    /// A request to `uri`, outside a dialog.
    [[nodiscard]] sip::message request(std::string_view method, std::string_view uri);
    /// A request in the dialog that a response to `invite` made.
    [[nodiscard]] sip::message
    in_dialog(std::string_view method, const sip::message& invite, const sip::message& response);
    /// Signs and sends.
    void send(sip::message);
    /// Sends as it is.
    void send_raw(std::string_view octets) { host_.links(0).send(flow_, octets); }
    [[nodiscard]] sip::message signed_as_is(sip::message);
    [[nodiscard]] const security_association::client_association& association() const {
        return association_;
    }
    [[nodiscard]] security_association::client_association& association() { return association_; }
    [[nodiscard]] std::string aor() const { return "sip:" + name_ + "@contoso.test"; }
    [[nodiscard]] std::string epid() const { return epid_; }

    std::size_t badly_signed = 0; ///< messages from the house that it would not believe
    std::string branch_prefix;    ///< what its branches, tags and Call-IDs begin with

private:
    void check(const sip::message&) override;
    std::string name_;
    std::string epid_;
    random::seeded random_;
    security_association::client_association association_;
    net::flow_id flow_;
    unsigned number_ = 0;
    unsigned cseq_ = 0;
};

/// A gateway on the trusted list, over UDP, or TCP when it is told so.
class gateway final : public party {
public:
    gateway(house&, std::string_view address, bool may_register = true, bool has_tcp = true);
    [[nodiscard]] sip::message request(std::string_view method, std::string_view uri);
    /// A response goes back the way that the last message came.
    void send(const sip::message&);
    /// From now on it sends over a connection of its own.
    void use_tcp();
    /// Registers a user at its own address, over UDP.
    void register_phone(std::string_view name);
    void hang_up() { host_.links(0).close(flow_, false); }

private:
    net::flow_id flow_; ///< none: UDP
    unsigned number_ = 0;
};

/// Alice and bob, signed in; eve, who is not; dora, who is disabled.
struct alice_and_bob {
    alice_and_bob();
    /// What alice hears of it.
    std::string ask(sip::message);
    /// A message of alice's to bob, as bob gets it; he answers 200.
    sip::message deliver(sip::message);
    /// What bob's endpoint is registered as. His answer is due.
    std::string contact_of_bob();
    void everybody_leaves();

    house h;
    client alice, bob;
};

/// The first answer to an INVITE of instant messages.
inline constexpr std::string_view im_offer = "v=0\r\no=- 0 0 IN IP4 10.0.0.1\r\ns=session\r\nc=IN "
                                             "IP4 10.0.0.1\r\nt=0 0\r\nm=message 5060 sip null\r\n";

} // namespace lyceum::sipstack::test
