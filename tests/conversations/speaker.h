#pragma once

#include "machines/dialog/dialog.h"
#include "machines/security_association/client.h"
#include "protocol/sip/framer.h"
#include "server.h"

#include <deque>

namespace lyceum::conversations {

/// A client that says what it is told to, and nothing else: it knows how to sign, how to build what
/// a message needs to be one, and which dialog it is in.
class speaker final : public net::link_events {
public:
    speaker(net::sim::world&,
            std::string name,
            const std::string& user,
            const std::string& password,
            std::size_t number);

    void connect();
    void hang_up();
    [[nodiscard]] bool is_connected() const { return static_cast<bool>(flow_); }
    [[nodiscard]] net::sim::host& host() { return host_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const sip::aor& aor() const { return aor_; }
    [[nodiscard]] bool has_keys() const {
        return association_.now_is() ==
               security_association::client_association::state::established;
    }

    /// A request outside a dialog. REGISTER keeps its Call-ID.
    [[nodiscard]] sip::message request(std::string_view method, const std::string& uri);
    /// In the dialog that was made last, by either side; nothing when there is none.
    [[nodiscard]] std::optional<sip::message> in_dialog(std::string_view method);
    [[nodiscard]] std::optional<sip::message> cancel();
    /// To the oldest request of that method (empty: any) that it has not answered finally.
    [[nodiscard]] std::optional<sip::message> answer(int status, std::string_view method);
    /// Signs and sends, and remembers what the next messages refer to.
    void send(sip::message);

    /// What came and was not taken yet, oldest first.
    [[nodiscard]] std::deque<sip::message>& heard() { return heard_; }
    [[nodiscard]] const std::deque<sip::message>& heard() const { return heard_; }
    /// Draws the conclusions: a challenge is answered by the next REGISTER, a 2xx makes a dialog.
    void take(const sip::message&);
    /// What it would not believe, for people.
    [[nodiscard]] const std::vector<std::string>& unbelievable() const { return unbelievable_; }

    // net::link_events
    void opened(net::flow_id, const net::flow_facts&) override {}
    void received(net::flow_id, std::string_view) override;
    void received_datagram(net::flow_id, const ip_endpoint&, std::string_view) override {}
    void closed(net::flow_id, net::closed_why) override { flow_ = {}; }

private:
    [[nodiscard]] std::string new_via();

    net::sim::world& world_;
    std::string name_;
    sip::aor aor_;
    std::string address_;
    net::sim::host& host_;
    random::seeded random_;
    std::string epid_;
    security_association::client_association association_;
    net::flow_id flow_;
    sip::framer framer_;
    std::deque<sip::message> heard_;
    std::vector<std::string> unbelievable_;
    std::string registration_; ///< Call-ID
    unsigned cseq_ = 0;        ///< of REGISTER
    unsigned branches_ = 0;
    std::optional<sip::message> sent_; ///< the last INVITE or SUBSCRIBE outside a dialog
    std::deque<sip::message> asked_;   ///< requests to answer
    std::optional<dialog::dialog> dialog_;
};

/// "200 to INVITE" or "MESSAGE".
[[nodiscard]] std::string summary(const sip::message&);

} // namespace lyceum::conversations
