#include "speaker.h"

#include "machines/user_agent/im_body.h"
#include "protocol/ntlm/keys.h"
#include "protocol/sip/address.h"
#include "protocol/sip/respond.h"

namespace lyceum::conversations {

using sip::header;

namespace {

ntlm::identity identity_of(const std::string& user, const std::string& password) {
    return {.user = user,
            .domain = "CONTOSO",
            .workstation = "PC",
            .nt_hash = *ntlm::nt_hash(password)};
}

bool makes_dialog(const sip::message& m) {
    return m.method_id() == sip::method::invite || m.method_id() == sip::method::subscribe;
}

} // namespace

std::string summary(const sip::message& m) {
    if (m.is_request()) return std::string(m.method_name());
    return std::to_string(m.status()) + " to " + std::string(m.cseq_method());
}

speaker::speaker(net::sim::world& w,
                 std::string name,
                 const std::string& user,
                 const std::string& password,
                 std::size_t number)
    : world_(w), name_(std::move(name)), aor_(simulation::aor_of(user)),
      address_("10.2.0." + std::to_string(number)),
      host_(w.make_host(*ip_address::parse(address_))), random_(number), epid_(random_.hex(6)),
      association_(identity_of(user, password), random_) {
    host_.set_events(0, *this);
}

void speaker::connect() {
    framer_ = sip::framer();
    heard_.clear();
    asked_.clear();
    dialog_.reset();
    association_.start_over();
    registration_ = random_.hex(8);
    cseq_ = 0;
    flow_ = host_.links(0).connect({net::transport::tls,
                                    {*ip_address::parse(simulation::server_address), 5061},
                                    "sip.contoso.test"});
}

void speaker::hang_up() {
    host_.links(0).close(flow_, true);
}

std::string speaker::new_via() {
    return "SIP/2.0/TLS " + address_ + ":5060;branch=z9hG4bK" + name_ + std::to_string(++branches_);
}

sip::message speaker::request(std::string_view method, const std::string& uri) {
    auto m = sip::message::request(method, uri);
    const bool registers = method == "REGISTER";
    m.append(header::via, new_via());
    m.append(header::max_forwards, "70");
    m.append(header::from, "<" + aor_.text() + ">;tag=" + random_.hex(4) + ";epid=" + epid_);
    m.append(header::to, "<" + (registers ? aor_.text() : uri) + ">");
    m.append(header::call_id, registers ? registration_ : random_.hex(8));
    m.append(header::cseq, std::to_string(registers ? ++cseq_ : 1) + " " + std::string(method));
    const auto instance = sip::instance_id::from_epid(epid_);
    if (registers) {
        m.append(header::contact,
                 "<sip:" + address_ + ":5060;transport=tls>;proxy=replace;+sip.instance=\"<" +
                     instance.urn() + ">\"");
        m.append(header::supported, "gruu-10");
        m.append(header::event, "registration");
    } else if (makes_dialog(m)) {
        m.append(header::contact, "<" + sip::make_gruu(aor_, instance) + ">");
    }
    if (method == "INVITE")
        m.set_body("application/sdp", user_agent::im_description(host_.address()));
    return m;
}

std::optional<sip::message> speaker::in_dialog(std::string_view method) {
    if (!dialog_) return std::nullopt;
    auto m = method == "ACK" ? dialog_->make_ack_for_2xx() : dialog_->make_request(method);
    m.prepend(header::via, new_via());
    if (method == "SUBSCRIBE" && sent_) m.append(header::event, sent_->value(header::event));
    if (makes_dialog(m)) {
        m.append(header::contact,
                 "<" + sip::make_gruu(aor_, sip::instance_id::from_epid(epid_)) + ">");
    }
    return m;
}

std::optional<sip::message> speaker::cancel() {
    if (!sent_) return std::nullopt;
    auto m = sip::message::request("CANCEL", sent_->uri());
    for (const auto f :
         {header::via, header::max_forwards, header::from, header::to, header::call_id})
        m.append(f, sent_->value(f));
    m.append(header::cseq, std::to_string(sent_->cseq_number()) + " CANCEL");
    return m;
}

std::optional<sip::message> speaker::answer(int status, std::string_view method) {
    const auto it = std::ranges::find_if(
        asked_, [&](const sip::message& m) { return method.empty() || m.method_name() == method; });
    if (it == asked_.end()) return std::nullopt;
    auto r = sip::make_response(*it, status, {}, status > 100 ? "t" + epid_ : std::string());
    if (status > 100 && status < 300 && makes_dialog(*it)) {
        for (const auto v : it->values(header::record_route))
            r.append(header::record_route, v);
        r.append(header::contact,
                 "<" + sip::make_gruu(aor_, sip::instance_id::from_epid(epid_)) + ">");
        if (status >= 200) {
            auto made = dialog::dialog::as_uas(*it, r, true);
            if (made) dialog_ = *std::move(made);
        }
    }
    if (status >= 200) asked_.erase(it);
    return r;
}

void speaker::send(sip::message m) {
    if (m.is_request() && makes_dialog(m) && m.to_tag().empty()) {
        sent_ = m;
        dialog_.reset();
    }
    association_.authorise(m);
    host_.links(0).send(flow_, m.text());
}

void speaker::received(net::flow_id, std::string_view octets) {
    framer_.feed(octets);
    for (auto next = framer_.next(); next && *next; next = framer_.next()) {
        auto m = sip::message::parse(**std::move(next));
        if (!m) {
            unbelievable_.push_back("something that is no SIP message");
            continue;
        }
        // Never signed: challenges, provisional responses, refusals before there are keys.
        const bool may_be_bare =
            m->is_response() && (m->status() < 200 || m->status() == 401 || !has_keys());
        const auto verdict = association_.verify(*m, world_.now());
        if (verdict != security_association::client_association::verdict::good && !may_be_bare)
            unbelievable_.push_back(summary(*m));
        if (m->is_request() && m->method_id() != sip::method::ack &&
            m->method_id() != sip::method::benotify)
            asked_.push_back(*m);
        heard_.push_back(*std::move(m));
    }
}

void speaker::take(const sip::message& m) {
    if (m.status() == 401) (void)association_.on_challenge(m, world_.wall_now());
    if (m.status() / 100 == 2 && sent_ && m.call_id() == sent_->call_id() && !dialog_ &&
        m.cseq_method() == sent_->method_name()) {
        auto made = dialog::dialog::as_uac(*sent_, m, true);
        if (made) dialog_ = *std::move(made);
    }
    if (m.is_request() && dialog_ && !m.to_tag().empty()) (void)dialog_->accept(m);
}

} // namespace lyceum::conversations
