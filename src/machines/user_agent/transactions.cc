#include "machines/user_agent/transactions.h"

#include "machines/transaction/key.h"
#include "protocol/sip/respond.h"

namespace lyceum::user_agent {

using sip::header;
using step = transaction::action;

namespace {

/// A request that belongs to an INVITE's transaction: its ACK or CANCEL. RFC 3261 9.1, 17.1.1.3
sip::message companion(const sip::message& invite, std::string_view method, std::string_view to) {
    auto m = sip::message::request(method, invite.uri());
    m.append(header::via, invite.first(header::via));
    for (const auto route : invite.values(header::route))
        m.append(header::route, route);
    m.append(header::max_forwards, "70");
    m.append(header::from, invite.value(header::from));
    m.append(header::to, to);
    m.append(header::call_id, invite.call_id());
    std::string cseq;
    append_number(cseq, invite.cseq_number());
    m.append(header::cseq, cseq.append(" ").append(method));
    return m;
}

} // namespace

void transactions::transmit(sip::message& m, instant now, actions& out, std::string* keep) {
    keys_->authorise(m);
    std::string octets;
    m.serialise(octets);
    if (keep != nullptr) *keep = octets;
    last_sent_ = now;
    out.emplace_back(notice::transmit{std::move(octets)});
}

void transactions::ask(sip::message m, const purpose& of, instant now, actions& out) {
    m.prepend(header::via, self_->new_via());
    std::string key;
    if (!transaction::client_key(m, key)) return;
    client c{transaction::client(
                 m.method_id() == sip::method::invite, self_->who.timings, self_->is_reliable()),
             of,
             {},
             {}};
    transaction::actions todo;
    c.machine.on(transaction::start{}, now, todo);
    transmit(m, now, out, self_->is_reliable() ? nullptr : &c.octets);
    c.request = std::move(m);
    clients_.insert_or_assign(std::move(key), std::move(c));
}

void transactions::send(sip::message m, instant now, actions& out) {
    m.prepend(header::via, self_->new_via());
    transmit(m, now, out);
}

void transactions::cancel(const purpose& of, instant now, actions& out) {
    for (auto& [key, c] : clients_) {
        if (c.of != of || !c.machine.is_invite() || c.answered) continue;
        c.cancel_wanted = true;
        if (c.heard) {
            send_cancel(c, now, out);
            return; // the table has grown
        }
    }
}

void transactions::send_cancel(client& invite, instant now, actions& out) {
    if (invite.cancel_sent) return;
    invite.cancel_sent = true;
    transaction::actions todo;
    invite.machine.on(transaction::cancelled{}, now, todo);
    auto m = companion(invite.request, "CANCEL", invite.request.value(header::to));
    client c{
        transaction::client(false, self_->who.timings, self_->is_reliable()), invite.of, {}, {}};
    c.answered = true; // nobody waits for what the CANCEL is answered
    c.machine.on(transaction::start{}, now, todo);
    std::string key;
    if (!transaction::client_key(m, key)) return;
    transmit(m, now, out, self_->is_reliable() ? nullptr : &c.octets);
    clients_.insert_or_assign(std::move(key), std::move(c));
}

transactions::outcome transactions::take(sip::message m, instant now, actions& out) {
    return m.is_response() ? take_response(std::move(m), now, out)
                           : take_request(std::move(m), now, out);
}

transactions::outcome transactions::take_response(sip::message m, instant now, actions& out) {
    std::string key;
    if (!transaction::client_key(m, key)) return {};
    const auto it = clients_.find(key);
    if (it == clients_.end()) return {};
    auto& c = it->second;
    transaction::actions todo;
    c.machine.on(transaction::response{m.status()}, now, todo);
    if (todo.has(step::send_ack)) {
        auto ack = companion(c.request, "ACK", m.value(header::to));
        transmit(ack, now, out);
    }
    if (m.status() < 200) {
        c.heard = true;
        if (c.cancel_wanted) send_cancel(c, now, out);
        return {};
    }
    // A CANCEL's answer is nobody's; a second refusal neither, but a second 2xx is a second dialog.
    const bool for_user = todo.has(step::deliver_to_user) && !(c.answered && m.status() >= 300) &&
                          m.cseq_method() != "CANCEL";
    const bool over = todo.has(step::terminated);
    outcome result;
    if (for_user) {
        c.answered = true;
        const int status = m.status();
        result = answered{c.of, over ? std::move(c.request) : c.request, status, std::move(m)};
    }
    if (over) clients_.erase(it);
    return result;
}

transactions::outcome transactions::take_request(sip::message m, instant now, actions& out) {
    if (m.method_id() == sip::method::ack) return take_ack(std::move(m), now);
    if (m.method_id() == sip::method::cancel) return take_cancel(m, now, out);
    if (m.method_id() == sip::method::benotify) return asked{0, std::move(m)};
    std::string key;
    if (!transaction::server_key(m, 0, key)) return {};
    if (const auto it = servers_by_key_.find(key); it != servers_by_key_.end()) {
        transaction::actions todo;
        servers_.at(it->second).machine.on(transaction::request_received{}, now, todo);
        serve(it->second, todo, nullptr, now, out);
        return {};
    }
    const auto of = ++last_id_;
    const bool invite = m.method_id() == sip::method::invite;
    servers_.emplace(of,
                     server{transaction::server(invite, self_->who.timings, self_->is_reliable()),
                            key,
                            invite ? m : sip::message(),
                            {},
                            true,
                            false,
                            {}});
    servers_by_key_.emplace(std::move(key), of);
    return asked{of, std::move(m)};
}

transactions::outcome transactions::take_ack(sip::message m, instant now) {
    std::string key;
    if (transaction::server_key(m, 0, key)) {
        const auto it = servers_by_key_.find(key);
        if (it != servers_by_key_.end()) {
            auto& t = servers_.at(it->second);
            if (t.refused && transaction::acknowledges(m, t.to_tag)) {
                actions none;
                transaction::actions todo;
                t.machine.on(transaction::ack_received{}, now, todo);
                serve(it->second, todo, nullptr, now, none);
                return {};
            }
        }
    }
    return acknowledged{std::move(m)};
}

transactions::outcome transactions::take_cancel(const sip::message& m, instant now, actions& out) {
    std::string key;
    const bool readable = transaction::cancelled_key(m, 0, key);
    const auto it = readable ? servers_by_key_.find(key) : servers_by_key_.end();
    const bool known = it != servers_by_key_.end();
    auto response = self_->answer(m, known ? 200 : 481, self_->new_tag()); // RFC 3261 9.2
    transmit(response, now, out);
    if (!known || !servers_.at(it->second).open) return {};
    return cancelled{it->second};
}

void transactions::respond(request_id of, sip::message m, instant now, actions& out) {
    const auto it = servers_.find(of);
    if (it == servers_.end()) return;
    auto& t = it->second;
    if (m.status() >= 200) {
        t.open = false;
        t.refused = m.status() >= 300;
        t.to_tag = std::string(m.to_tag());
        t.request = {};
    }
    transaction::actions todo;
    t.machine.on(transaction::respond{m.status()}, now, todo);
    serve(of, todo, &m, now, out);
}

void transactions::serve(
    request_id of, transaction::actions todo, sip::message* response, instant now, actions& out) {
    const auto it = servers_.find(of);
    auto& t = it->second;
    if (todo.has(step::send) && response != nullptr) {
        transmit(*response, now, out, self_->is_reliable() ? nullptr : &t.octets);
    }
    if (todo.has(step::retransmit) && !t.octets.empty())
        out.emplace_back(notice::transmit{t.octets});
    if (todo.has(step::terminated)) {
        servers_by_key_.erase(t.key);
        servers_.erase(it);
    }
}

std::vector<transactions::answered> transactions::on_tick(instant now, actions& out) {
    std::vector<answered> failed;
    for (auto it = clients_.begin(); it != clients_.end();) {
        auto& c = it->second;
        const auto when = c.machine.deadline();
        if (!when || *when > now) {
            ++it;
            continue;
        }
        transaction::actions todo;
        c.machine.on(transaction::tick{}, now, todo);
        if (todo.has(step::retransmit) && !c.octets.empty())
            out.emplace_back(notice::transmit{c.octets});
        if (todo.has(step::report_timeout) && !c.answered) {
            c.answered = true;
            failed.push_back({c.of, c.request, 408, std::nullopt});
        }
        it = todo.has(step::terminated) ? clients_.erase(it) : std::next(it);
    }
    std::vector<request_id> due;
    for (const auto& [of, t] : servers_) {
        if (const auto when = t.machine.deadline(); when && *when <= now) due.push_back(of);
    }
    for (const auto of : due) {
        transaction::actions todo;
        servers_.at(of).machine.on(transaction::tick{}, now, todo);
        serve(of, todo, nullptr, now, out);
    }
    return failed;
}

std::vector<transactions::answered> transactions::on_disconnected() {
    std::vector<answered> failed;
    for (auto& [key, c] : clients_) {
        if (!c.answered) failed.push_back({c.of, std::move(c.request), 503, std::nullopt});
    }
    clients_.clear();
    servers_.clear();
    servers_by_key_.clear();
    return failed;
}

std::optional<instant> transactions::deadline() const {
    std::optional<instant> next;
    const auto look = [&](std::optional<instant> when) {
        if (when && (!next || *when < *next)) next = when;
    };
    for (const auto& [key, c] : clients_)
        look(c.machine.deadline());
    for (const auto& [of, t] : servers_)
        look(t.machine.deadline());
    return next;
}

} // namespace lyceum::user_agent
