#pragma once

#include "protocol/sip/message.h"
#include "protocol/sip/validate.h"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::dialog {

/// What names a dialog on our side. RFC 3261 12
/// A peer of RFC 2543 has no tag: then remote_tag is empty.
struct dialog_id {
    std::string call_id;
    std::string local_tag;
    std::string remote_tag;

    friend auto operator<=>(const dialog_id&, const dialog_id&) = default;
};

struct dialog_id_hash {
    [[nodiscard]] std::size_t operator()(const dialog_id&) const;
};

/// The dialog that a request we received claims to belong to. RFC 3261 12.2.2
[[nodiscard]] dialog_id id_of_received(const sip::message& request);
/// The dialog that a response to a request of ours belongs to. RFC 3261 12.1.2
[[nodiscard]] dialog_id id_of_answered(const sip::message& response);

/// Whether a request of that method moves the remote target: INVITE (RFC 3261 12.2) and UPDATE (RFC
/// 3311 5.1); assumed: SUBSCRIBE, NOTIFY, BENOTIFY and REFER too, which make or feed dialogs of
/// their own.
[[nodiscard]] bool is_target_refresh(sip::method);

enum class dialog_phase : std::uint8_t {
    early,     ///< made by a provisional response
    confirmed, ///< made or confirmed by a 2xx
};

/// The state of a dialog as one of its two user agents keeps it, and the requests made of it. A
/// value; it knows nothing of time and ends when its owner forgets it. RFC 3261 12
class dialog {
public:
    /// From a request that we received and our response (101 to 299, with the To tag).
    /// Refuses a request without a Contact, or with a Record-Route that cannot be read: nothing
    /// could be sent. RFC 3261 12.1.1
    static parsed<dialog>
    as_uas(const sip::message& request, const sip::message& response, bool over_tls);
    /// From a request that we sent and a response to it (101 to 299).
    /// Also for a proxy that ends a branch on its own: Record-Route values that the request already
    /// bore lie behind us and are left out of the route set. Refuses as as_uas() does. RFC
    /// 3261 12.1.2
    static parsed<dialog>
    as_uac(const sip::message& request, const sip::message& response, bool over_tls);

    [[nodiscard]] const dialog_id& id() const { return id_; }
    [[nodiscard]] dialog_phase phase() const { return phase_; }
    [[nodiscard]] bool is_secure() const { return secure_; }
    /// The whole From value that our requests bear: URI, tag, and epid if there is one.
    [[nodiscard]] const std::string& local_party() const { return local_party_; }
    /// The whole To value that our requests bear, with the peer's tag and epid.
    [[nodiscard]] const std::string& remote_party() const { return remote_party_; }
    [[nodiscard]] const std::string& remote_target() const { return remote_target_; }
    /// Route values in the order in which our requests visit them.
    [[nodiscard]] const std::vector<std::string>& route_set() const { return route_set_; }
    /// The number of our last request; 0 when there was none.
    [[nodiscard]] std::uint32_t local_cseq() const { return local_cseq_; }
    /// The number of the peer's last request; nothing when there was none.
    [[nodiscard]] std::optional<std::uint32_t> remote_cseq() const { return remote_cseq_; }

    /// A 2xx came for the request that made this early dialog, or was sent by us: the dialog is
    /// confirmed. On the side that sent the request, route set and target are taken anew,
    /// each if it can be read. RFC 3261 13.2.2.4, 12.2.1.2
    void confirm(const sip::message& response);

    /// Checks the order of a request that came in with our id and remembers its number: 500 when it
    /// is lower than one before, 400 when it has none. ACK and CANCEL bear another request's number
    /// and always pass. The target is refresh()'s. RFC 3261 12.2.2
    [[nodiscard]] std::optional<sip::refusal> accept(const sip::message& request);
    /// Takes the remote target from the Contact of a target refresh request that we accept, or of a
    /// 2xx to one of ours. Without a Contact, or with one that cannot be read, nothing changes.
    void refresh(const sip::message&);

    /// A request of ours with the next number: Request-URI, Route, From, To, Call-ID, CSeq,
    /// Max-Forwards. Via and, for target refresh requests, Contact are the caller's. RFC
    /// 3261 12.2.1.1
    [[nodiscard]] sip::message make_request(std::string_view method);
    [[nodiscard]] sip::message make_bye() { return make_request("BYE"); }
    /// The ACK of a 2xx to our last INVITE. RFC 3261 13.2.2.4
    [[nodiscard]] sip::message make_ack_for_2xx() const;
    /// Uses up the next number without a request: for a notification that travels in a response
    /// (ms-piggyback-cseq). digest MS-SIPRE 3.13
    std::uint32_t take_cseq() { return ++local_cseq_; }

private:
    [[nodiscard]] sip::message make(std::string_view method, std::uint32_t cseq) const;

    dialog_id id_;
    std::string local_party_;
    std::string remote_party_;
    std::string remote_target_;
    std::vector<std::string> route_set_;
    std::uint32_t local_cseq_ = 0;
    std::uint32_t invite_cseq_ = 0; ///< of our last INVITE
    std::optional<std::uint32_t> remote_cseq_;
    std::size_t routes_behind_ = 0; ///< Record-Route values of the request that we sent
    dialog_phase phase_ = dialog_phase::early;
    bool is_uac_ = false;
    bool secure_ = false;
};

} // namespace lyceum::dialog
