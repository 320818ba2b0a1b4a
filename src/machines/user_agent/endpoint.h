#pragma once

#include "machines/user_agent/im_session.h"
#include "machines/user_agent/sign_in.h"
#include "machines/user_agent/watch.h"

#include <map>

namespace lyceum::user_agent {

/// One signed-in device of one user, over one connection at a time: a client without its sockets.
/// It signs in, keeps itself registered, believes only what the server signed, and talks to others.
class endpoint {
public:
    /// random must outlive the machine.
    endpoint(account, random::source& random);
    endpoint(const endpoint&) = delete;
    endpoint& operator=(const endpoint&) = delete;

    /// Appends to out. notice::transmit are to be sent in their order.
    void on(event&&, instant now, actions& out);
    /// When on(tick{}) is next due.
    [[nodiscard]] std::optional<instant> deadline() const;

    [[nodiscard]] const sip::aor& aor() const { return self_.who.aor; }
    [[nodiscard]] bool is_signed_in() const { return sign_in_.is_in(); }

private:
    using session_id = std::uint64_t;

    void on_connected(const connected&, instant now, actions&);
    void on_disconnected(instant now, actions&);
    void on_received(received&&, instant now, actions&);
    void on_tick(instant now, actions&);

    [[nodiscard]] bool is_believed(const sip::message&, instant now, actions&);
    void on_answered(transactions::answered&&, wall_instant, instant now, actions&);
    void
    on_registration_answered(const transactions::answered&, wall_instant, instant now, actions&);
    [[nodiscard]] bool try_again(transactions::answered&, instant now, actions&);
    void carry_out(std::vector<sign_in::action>&&, instant now, actions&);

    // endpoint_im.cc
    void say(im_session::said&&, const sip::aor& to, instant now, actions&);
    void page(wish::page&&, instant now, actions&);
    void on_page_answered(const transactions::answered&, actions&);
    void on_asked(transactions::asked&&, instant now, actions&);
    void on_stray(const transactions::asked&, instant now, actions&);
    void on_invited(const transactions::asked&, instant now, actions&);
    void on_paged(const transactions::asked&, instant now, actions&);
    void on_notified(const transactions::asked&, instant now, actions&);
    void carry_out(session_id, im_session::todo&&, instant now, actions&);
    void tell_session(session_id, const im_session::event&, instant now, actions&);
    [[nodiscard]] session_id session_with(const sip::aor&) const;
    [[nodiscard]] std::vector<session_id> sessions() const;
    void forget_ended();

    // endpoint_requests.cc
    void ask(wish::ask&&, instant now, actions&);
    void subscribe(wish::subscribe&&, instant now, actions&);
    void unsubscribe(std::uint64_t id, instant now, actions&);
    void on_request_answered(const transactions::answered&, actions&);
    void on_watch_answered(const transactions::answered&, instant now, actions&);
    [[nodiscard]] bool notify_watch(const transactions::asked&, instant now, actions&);
    void tick_watches(instant now, actions&);
    void end_watches(const std::string& why, actions&);
    void carry_out(std::uint64_t watch, watch::todo&&, instant now, actions&);

    self self_;
    key_ring keys_;
    transactions transactions_;
    sign_in sign_in_;
    std::map<session_id, im_session> sessions_; ///< oldest first
    session_id last_session_ = 0;
    std::map<std::uint64_t, watch> watches_; ///< in the order in which they began
    std::uint64_t last_watch_ = 0;
    std::vector<transactions::answered>
        again_; ///< refused with 401; sent again once we are in anew
    bool connected_ = false;
};

} // namespace lyceum::user_agent
