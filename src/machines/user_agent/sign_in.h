#pragma once

#include "machines/user_agent/key_ring.h"
#include "machines/user_agent/self.h"

namespace lyceum::user_agent {

/// Gets an account registered and keeps it so: REGISTER with the NTLM handshake, refreshed before
/// it ends, with new keys before the old ones do. Also knows how often the server wants to hear
/// from us. digest MS-SIPREGE 3.1 and 3.2, digest MS-SIPAE 5, RFC 3261 10.2
class sign_in {
public:
    sign_in(self& s, key_ring& k) : self_(&s), keys_(&k) {}

    // What happens.
    struct connected {};
    struct disconnected {};
    struct wanted {};
    struct unwanted {};
    struct refresh_wanted {};
    struct renewal_wanted {};
    /// A final answer to our REGISTER; no response: nobody answered, or it was forged.
    struct answered {
        int status = 0;
        const sip::message* response = nullptr;
        wall_instant wall;
    };
    /// The server told us that we are no longer registered. [MS-SIPREGE] 2.2.1.13
    struct deregistered {
        std::string why;
    };
    struct tick {};
    using event = std::variant<connected,
                               disconnected,
                               wanted,
                               unwanted,
                               refresh_wanted,
                               renewal_wanted,
                               answered,
                               deregistered,
                               tick>;

    // What is to be done.
    struct send {
        sip::message message;
    };
    struct tell {
        std::variant<notice::signed_in, notice::sign_in_failed, notice::signed_out> what;
    };
    using action = std::variant<send, tell>;

    [[nodiscard]] std::vector<action> on(const event&, instant now);
    [[nodiscard]] std::optional<instant> deadline() const;

    [[nodiscard]] bool is_in() const { return state_ == state::in || state_ == state::refreshing; }
    /// The server wants to hear from us this often; nothing until it said so. digest MS-CONMGMT 3.2
    [[nodiscard]] std::optional<std::chrono::seconds> keep_alive() const { return keep_alive_; }

private:
    enum class state : std::uint8_t { out, entering, in, refreshing, leaving };

    [[nodiscard]] sip::message make_register(bool leave);
    void begin(std::vector<action>&);
    void refresh(std::vector<action>&);
    void leave(std::vector<action>&);
    void on_answered(const answered&, instant now, std::vector<action>&);
    void on_accepted(const sip::message&, instant now, std::vector<action>&);
    void on_tick(instant now, std::vector<action>&);
    void fail(int status,
              std::string why,
              std::vector<action>&,
              std::optional<std::chrono::seconds> retry_after = {});
    [[nodiscard]] std::vector<notice::live_endpoint> endpoints_of(const sip::message&);

    self* self_;
    key_ring* keys_;
    state state_ = state::out;
    bool connected_ = false;
    bool wanted_ = false;
    std::string call_id_;
    std::string tag_;
    std::uint32_t cseq_ = 0;
    std::optional<std::chrono::seconds> asked_;
    std::optional<std::chrono::seconds> keep_alive_;
    std::optional<instant> refresh_at_;
    std::optional<instant> expires_at_;
};

} // namespace lyceum::user_agent
