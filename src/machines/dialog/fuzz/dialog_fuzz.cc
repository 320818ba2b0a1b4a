#include "base/fuzz/require.h"
#include "machines/dialog/dialog.h"
#include "machines/dialog/session_timer.h"
#include "protocol/sip/respond.h"

using namespace lyceum;

namespace {

using lyceum::fuzz::require;

/// Requests made in a dialog whose every text came from the peer are messages, and go to one
/// target.
void use(dialog::dialog& d) {
    for (const auto* method : {"BYE", "INVITE", "ACK"}) {
        const auto made =
            std::string_view(method) == "ACK" ? d.make_ack_for_2xx() : d.make_request(method);
        const auto again = sip::message::parse(made.text());
        require(again && again->method_name() == method);
        require(again->values(sip::header::from).size() == 1);
        require(again->call_id() == d.id().call_id);
        require(again->values(sip::header::route).size() == d.route_set().size());
    }
}

} // namespace

// The first octet chooses who began; the rest is what the peer sent.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const bool over_tls = (data[0] & 1) != 0;
    const auto m =
        sip::message::parse(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
    if (!m) return 0;
    dialog::session_timer timer({});
    if (m->is_request()) {
        if (sip::check_request(*m)) return 0;
        auto response = sip::make_response(*m, 200, {}, "ours");
        (void)timer.check(*m);
        timer.agree(*m, response, instant{});
        if (timer.is_running()) require(timer.interval() >= 1s && timer.deadline());
        require(sip::message::parse(response.text()).has_value());
        if (auto d = dialog::dialog::as_uas(*m, response, over_tls)) {
            require(!d->accept(*m));
            d->refresh(*m);
            use(*d);
        }
        return 0;
    }
    if (m->status() < 101 || m->status() > 299) {
        (void)timer.raise(*m);
        return 0;
    }
    auto invite = sip::message::request("INVITE", "sip:bob@contoso.test");
    invite.append(sip::header::from, "<sip:alice@contoso.test>;tag=ours;epid=1");
    invite.append(sip::header::to, "<sip:bob@contoso.test>");
    invite.append(sip::header::call_id, m->call_id());
    invite.append(sip::header::cseq, "1 INVITE");
    timer.ask(invite);
    timer.answered(*m, instant{});
    if (auto d = dialog::dialog::as_uac(invite, *m, over_tls)) {
        d->confirm(*m);
        d->refresh(*m);
        use(*d);
    }
    return 0;
}
