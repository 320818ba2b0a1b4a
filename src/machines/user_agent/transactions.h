#pragma once

#include "base/text.h"
#include "machines/transaction/client.h"
#include "machines/transaction/server.h"
#include "machines/user_agent/key_ring.h"
#include "machines/user_agent/self.h"

#include <unordered_map>

namespace lyceum::user_agent {

/// What a request of ours is about, and so who waits for its answer.
struct purpose {
    enum class of : std::uint8_t { registration, page, session, request, subscription };
    enum class part : std::uint8_t { invite, text, typing, bye };
    of whose = of::registration;
    part what = part::text;
    std::uint64_t session = 0; ///< which conversation, or subscription
    im_id im = 0;              ///< which message or request of the user's
    bool second_try = false;   ///< sent again after a new handshake

    friend bool operator==(const purpose&, const purpose&) = default;
};

/// The transactions of one endpoint: Via, signatures, retransmissions and timeouts are looked after
/// here. RFC 3261 17
class transactions {
public:
    transactions(self& s, key_ring& k) : self_(&s), keys_(&k) {}

    using request_id = std::uint64_t; ///< of an incoming one; 0: it wants no answer

    /// A final answer to a request of ours.
    struct answered {
        purpose of;
        sip::message request;
        int status = 0; ///< 408 when nobody answered, 503 when the connection is gone
        std::optional<sip::message> response; ///< nothing in these two cases
    };
    /// A request to serve: respond() once.
    struct asked {
        request_id id = 0;
        sip::message request;
    };
    /// The ACK of a 2xx.
    struct acknowledged {
        sip::message ack;
    };
    /// An INVITE that was not answered yet was cancelled; the CANCEL has been answered.
    struct cancelled {
        request_id invite = 0;
    };
    using outcome = std::variant<std::monostate, answered, asked, acknowledged, cancelled>;

    /// Sends a request; one answered follows, several for an INVITE that several answered with 2xx.
    void ask(sip::message request, const purpose&, instant now, actions&);
    /// Sends a BENOTIFY or the ACK of a 2xx: nothing answers.
    void send(sip::message, instant now, actions&);
    /// Cancels the INVITE of that purpose; goes out after a provisional response. RFC 3261 9.1
    void cancel(const purpose&, instant now, actions&);
    void respond(request_id, sip::message response, instant now, actions&);

    /// A message that came in and is believed.
    [[nodiscard]] outcome take(sip::message, instant now, actions&);
    /// What timed out.
    [[nodiscard]] std::vector<answered> on_tick(instant now, actions&);
    /// The connection is gone: what was under way fails.
    [[nodiscard]] std::vector<answered> on_disconnected();

    [[nodiscard]] std::optional<instant> deadline() const;
    /// When something last went out; the start of time if nothing did.
    [[nodiscard]] instant last_sent() const { return last_sent_; }
    void note_sent(instant now) { last_sent_ = now; }

private:
    struct client {
        transaction::client machine;
        purpose of;
        sip::message request;
        std::string octets; ///< kept over UDP only
        bool heard = false; ///< a provisional response
        bool cancel_wanted = false;
        bool cancel_sent = false;
        bool answered = false; ///< a final response was passed up
    };
    struct server {
        transaction::server machine;
        std::string key;
        sip::message request; ///< of an INVITE, until it is answered
        std::string octets;   ///< the last response, over UDP only
        bool open = true;     ///< no final response yet
        bool refused = false;
        std::string to_tag;
    };

    void transmit(sip::message&, instant now, actions&, std::string* keep = nullptr);
    void send_cancel(client&, instant now, actions&);
    [[nodiscard]] outcome take_response(sip::message, instant now, actions&);
    [[nodiscard]] outcome take_request(sip::message, instant now, actions&);
    [[nodiscard]] outcome take_ack(sip::message, instant now);
    [[nodiscard]] outcome take_cancel(const sip::message&, instant now, actions&);
    void serve(request_id, transaction::actions, sip::message* response, instant now, actions&);

    self* self_;
    key_ring* keys_;
    std::unordered_map<std::string, client, text_hash, std::equal_to<>> clients_;
    std::unordered_map<request_id, server> servers_;
    std::unordered_map<std::string, request_id, text_hash, std::equal_to<>> servers_by_key_;
    request_id last_id_ = 0;
    instant last_sent_{};
};

} // namespace lyceum::user_agent
