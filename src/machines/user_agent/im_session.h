#pragma once

#include "machines/dialog/dialog.h"
#include "machines/user_agent/im_body.h"
#include "machines/user_agent/transactions.h"

namespace lyceum::user_agent {

/// One conversation of instant messages with one peer: a dialog, made by an INVITE of ours or
/// theirs. digest pidgin-sipe 9, RFC 3261 13 to 15
class im_session {
public:
    using request_id = transactions::request_id;

    // What happens.
    /// The user writes. The first text of all makes the INVITE.
    struct said {
        im_id id = 0;
        std::string content_type;
        std::string text;
        bool moved = false; ///< a conversation that had ended refused it already
    };
    struct typed {};
    struct left {};
    /// An INVITE came that is ours to answer: first in a session of its own, or a later one in the
    /// dialog. Also any other request in the dialog.
    struct asked {
        request_id id = 0;
        const sip::message& request;
    };
    struct cancelled {};
    /// A final answer to a request of ours; no response: 408 or 503 of our own making.
    struct answered {
        const purpose& of;
        const sip::message& request;
        int status = 0;
        const sip::message* response = nullptr;
    };
    struct disconnected {};
    struct tick {};
    using event = std::variant<said, typed, left, asked, cancelled, answered, disconnected, tick>;

    // What is to be done.
    struct ask {
        sip::message request;
        purpose::part what = purpose::part::text;
        im_id im = 0;
    };
    struct acknowledge {
        sip::message ack;
    };
    struct respond {
        request_id id = 0;
        sip::message response;
    };
    struct cancel_invite {};
    struct tell {
        user_agent::action what;
    };
    /// The peer knows this conversation no longer: try the text in a new one.
    struct move_on {
        said text;
    };
    using action = std::variant<ask, acknowledge, respond, cancel_invite, tell, move_on>;
    using todo = std::vector<action>;

    im_session(const self& s, sip::aor peer) : self_(&s), peer_(std::move(peer)) {}

    [[nodiscard]] todo on(const event&, instant now);
    [[nodiscard]] std::optional<instant> deadline() const { return deadline_; }

    [[nodiscard]] const sip::aor& peer() const { return peer_; }
    /// Whether a text may still be said here.
    [[nodiscard]] bool takes_text() const {
        return state_ != state::ending && state_ != state::over;
    }
    [[nodiscard]] bool stands() const { return state_ == state::standing; }
    /// Over, and nobody waits any more: forget it.
    [[nodiscard]] bool is_over() const { return state_ == state::over; }
    [[nodiscard]] bool has(const dialog::dialog_id& id) const {
        return dialog_ && dialog_->id() == id;
    }
    /// The INVITE that is not answered yet, if it is that one.
    [[nodiscard]] bool is_ringing(request_id id) const {
        return state_ == state::ringing && invite_ == id;
    }

private:
    enum class state : std::uint8_t { fresh, inviting, ringing, standing, ending, over };

    void invite(const said&, instant now, todo&);
    void say(const said&, todo&);
    void leave(const std::string& why, todo&);
    void close(std::string why, todo&);
    void refuse_waiting(int status, const std::string& why, todo&);

    void on_asked(const asked&, instant now, todo&);
    void on_invited(const asked&, instant now, todo&);
    void answer_now(todo&);
    void accept_invitation(const sip::message& request, request_id, todo&);
    void take_text(const asked&, todo&);
    void take_typing(const asked&, todo&);

    void on_answered(const answered&, todo&);
    void on_invite_accepted(const answered&, todo&);
    void on_text_answered(const answered&, todo&);
    [[nodiscard]] sip::message answer(const sip::message& request, int status) const;
    [[nodiscard]] ask bye(dialog::dialog& d) const;

    const self* self_;
    sip::aor peer_;
    state state_ = state::fresh;
    std::optional<dialog::dialog> dialog_;
    std::vector<said> waiting_; ///< texts until the INVITE is answered; the first travels in it
    std::string tag_;           ///< ours, as the invited side
    request_id invite_ = 0;
    std::optional<sip::message> ringing_; ///< the INVITE to answer at the deadline
    std::optional<instant> deadline_;
};

} // namespace lyceum::user_agent
