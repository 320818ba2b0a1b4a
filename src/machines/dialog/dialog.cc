#include "machines/dialog/dialog.h"

#include "base/text.h"
#include "protocol/sip/address.h"
#include "protocol/sip/cseq.h"
#include "protocol/sip/uri.h"

#include <algorithm>

namespace lyceum::dialog {
namespace {

std::unexpected<parse_error> refuse(const char* rule) {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

bool makes_a_dialog(int status) {
    return status > 100 && status < 300;
}

/// The URI of the first Contact; empty when there is none that can be read.
std::string_view contact_uri(const sip::message& m) {
    const auto contact = sip::parse_address(m.first(sip::header::contact));
    if (!contact || contact->is_star) return {};
    return sip::parse_uri(contact->uri) ? contact->uri : std::string_view{};
}

bool is_hop(std::string_view route) {
    const auto address = sip::parse_address(route);
    return address && !address->is_star && sip::parse_uri(address->uri);
}

/// Nothing when one of them cannot be read: where quotes are left open, each value in a Route line
/// of its own may say something else than in the line that they came in.
std::optional<std::vector<std::string>> record_routes(const sip::message& m) {
    std::vector<std::string> out;
    for (const auto v : m.values(sip::header::record_route)) {
        if (v.empty()) continue; // between two commas: no hop, and no Route value
        if (!is_hop(v)) return std::nullopt;
        out.emplace_back(v);
    }
    return out;
}

/// The route set of the side that sent the request: reversed, without what lies behind it.
std::optional<std::vector<std::string>> routes_ahead(const sip::message& response,
                                                     std::size_t behind) {
    auto routes = record_routes(response);
    if (!routes) return routes;
    routes->resize(routes->size() - std::min(routes->size(), behind));
    std::ranges::reverse(*routes);
    return routes;
}

bool is_sips(std::string_view uri) {
    const auto u = sip::parse_uri(uri);
    return u && u->is_sips();
}

} // namespace

std::size_t dialog_id_hash::operator()(const dialog_id& i) const {
    const std::hash<std::string> h;
    return h(i.call_id) ^ (h(i.local_tag) * 31) ^ (h(i.remote_tag) * 1009);
}

dialog_id id_of_received(const sip::message& request) {
    return {std::string(request.call_id()),
            std::string(request.to_tag()),
            std::string(request.from_tag())};
}

dialog_id id_of_answered(const sip::message& response) {
    return {std::string(response.call_id()),
            std::string(response.from_tag()),
            std::string(response.to_tag())};
}

bool is_target_refresh(sip::method m) {
    switch (m) {
    case sip::method::invite:
    case sip::method::update:
    case sip::method::subscribe:
    case sip::method::notify:
    case sip::method::benotify:
    case sip::method::refer:
        return true;
    default:
        return false;
    }
}

parsed<dialog>
dialog::as_uas(const sip::message& request, const sip::message& response, bool over_tls) {
    constexpr auto rule = "RFC 3261 12.1.1";
    if (!makes_a_dialog(response.status()) || response.to_tag().empty()) return refuse(rule);
    const auto target = contact_uri(request);
    if (target.empty() || request.call_id().empty()) return refuse(rule);
    auto routes = record_routes(request);
    if (!routes) return refuse(rule);
    LYCEUM_TRY(const auto cseq, sip::parse_cseq(request.value(sip::header::cseq)));

    dialog d;
    d.id_ = {std::string(request.call_id()),
             std::string(response.to_tag()),
             std::string(request.from_tag())};
    d.local_party_ = response.value(sip::header::to);
    d.remote_party_ = request.value(sip::header::from);
    d.remote_target_ = target;
    d.route_set_ = *std::move(routes);
    d.remote_cseq_ = cseq.number;
    d.secure_ = over_tls && is_sips(request.uri());
    d.phase_ = response.status() < 200 ? dialog_phase::early : dialog_phase::confirmed;
    return d;
}

parsed<dialog>
dialog::as_uac(const sip::message& request, const sip::message& response, bool over_tls) {
    constexpr auto rule = "RFC 3261 12.1.2";
    if (!makes_a_dialog(response.status())) return refuse(rule);
    const auto target = contact_uri(response);
    if (target.empty() || request.call_id().empty()) return refuse(rule);
    const auto behind = record_routes(request);
    if (!behind) return refuse(rule);
    auto ahead = routes_ahead(response, behind->size());
    if (!ahead) return refuse(rule);
    LYCEUM_TRY(const auto cseq, sip::parse_cseq(request.value(sip::header::cseq)));

    dialog d;
    d.is_uac_ = true;
    d.id_ = {std::string(request.call_id()),
             std::string(request.from_tag()),
             std::string(response.to_tag())};
    d.local_party_ = request.value(sip::header::from);
    d.remote_party_ = response.value(sip::header::to);
    d.remote_target_ = target;
    d.routes_behind_ = behind->size();
    d.route_set_ = *std::move(ahead);
    d.local_cseq_ = cseq.number;
    if (cseq.method == "INVITE") d.invite_cseq_ = cseq.number;
    d.secure_ = over_tls && is_sips(request.uri());
    d.phase_ = response.status() < 200 ? dialog_phase::early : dialog_phase::confirmed;
    return d;
}

void dialog::confirm(const sip::message& response) {
    if (phase_ == dialog_phase::confirmed) return;
    phase_ = dialog_phase::confirmed;
    if (!is_uac_) return;
    if (auto routes = routes_ahead(response, routes_behind_)) route_set_ = *std::move(routes);
    refresh(response);
}

std::optional<sip::refusal> dialog::accept(const sip::message& request) {
    if (request.method_id() == sip::method::ack || request.method_id() == sip::method::cancel)
        return std::nullopt;
    const auto cseq = sip::parse_cseq(request.value(sip::header::cseq));
    if (!cseq) return sip::refusal{400, "Bad CSeq"};
    // Equal is neither lower nor greater in the RFC's words: it passes, the transaction layer has
    // sorted out retransmissions before.
    if (remote_cseq_ && cseq->number < *remote_cseq_)
        return sip::refusal{500, "Request Out Of Order"};
    remote_cseq_ = cseq->number;
    return std::nullopt;
}

void dialog::refresh(const sip::message& m) {
    if (const auto target = contact_uri(m); !target.empty()) remote_target_ = target;
}

sip::message dialog::make_request(std::string_view method) {
    ++local_cseq_;
    if (method == "INVITE") invite_cseq_ = local_cseq_;
    return make(method, local_cseq_);
}

sip::message dialog::make_ack_for_2xx() const {
    return make("ACK", invite_cseq_);
}

sip::message dialog::make(std::string_view method, std::uint32_t cseq) const {
    std::string_view first_uri;
    if (!route_set_.empty()) {
        if (const auto first = sip::parse_address(route_set_.front())) first_uri = first->uri;
    }
    const auto first = sip::parse_uri(first_uri);
    const bool strict = first && !first->params.has("lr");

    std::string uri(strict ? first_uri : remote_target_);
    if (strict) sip::make_request_uri(uri); // RFC 3261 12.2.1.1
    auto m = sip::message::request(method, uri);
    for (std::size_t i = strict ? 1 : 0; i < route_set_.size(); ++i)
        m.append(sip::header::route, route_set_[i]);
    if (strict) m.append(sip::header::route, "<" + remote_target_ + ">");
    m.append(sip::header::max_forwards, "70");
    m.append(sip::header::from, local_party_);
    m.append(sip::header::to, remote_party_);
    m.append(sip::header::call_id, id_.call_id);
    std::string number;
    append_number(number, cseq);
    m.append(sip::header::cseq, number.append(" ").append(method));
    return m;
}

} // namespace lyceum::dialog
