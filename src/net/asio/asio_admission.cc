// Who comes in: accepting, and the places of newcomers.
#include "base/log/log.h"
#include "net/asio/asio_links.h"

#include <boost/asio/post.hpp>
#include <poll.h>

namespace lyceum::net::asio {

namespace ip = boost::asio::ip;
using boost::system::error_code;

namespace {

constexpr auto accept_pause = std::chrono::milliseconds(100);
/// Who may wait for a place with us rather than in the kernel's queue, which is as long.
constexpr std::size_t most_waiting = 4096;

} // namespace

void asio_links::accept_next(acceptor& a) {
    // Trusted peers are no newcomers, and do not wait for any.
    if (a.facts.who != audience::clients) {
        accept_now(a);
        return;
    }
    a.is_waiting = true;
    make_room();
}

void asio_links::make_room() {
    const auto now = environment_.now();
    const bool is_full = newcomers_.is_full(now);
    const bool may_shift = !is_full || newcomers_.is_uneven();
    // Behind many of one address there may be others, whose turn it is.
    if (!is_full || (may_shift && waiting_.size() < most_waiting)) {
        for (auto& a : acceptors_) {
            if (std::exchange(a.is_waiting, false) && a.socket.is_open()) accept_now(a);
        }
    }
    if (may_shift) admit_later();
    if (!is_full) return;
    const bool somebody_waits =
        waiting_.size() != 0 ||
        std::ranges::any_of(acceptors_, [](const acceptor& a) { return a.is_waiting; });
    const auto when = newcomers_.deadline();
    if (!somebody_waits || !when || std::exchange(is_room_timed_, true)) return;
    room_timer_.expires_after(std::max<instant::duration>(*when - now, 1ms));
    room_timer_.async_wait([this](error_code e) {
        if (e) return;
        turns_.turn([this] {
            is_room_timed_ = false;
            make_room();
        });
    });
}

/// One after the other, behind what is ready already, so that a handshake keeps nobody waiting.
void asio_links::admit_later() {
    if (waiting_.size() == 0 || std::exchange(is_admitting_, true)) return;
    boost::asio::post(io_, [this, since = environment_.now()] {
        turns_.turn([&] {
            is_admitting_ = false;
            const auto now = environment_.now();
            newcomers_.note_lag(now - since, now);
            const auto* const from = waiting_.next(newcomers_);
            if (from == nullptr) return;
            const bool has_its_share = newcomers_.held_by(*from) >= newcomers_.share();
            if (newcomers_.is_full(now) && (has_its_share || !newcomers_.make_way())) return;
            // More only when nobody comes behind; else that one is seen to first.
            if (has_its_share && waiting_.size() < most_waiting && somebody_knocks()) return;
            welcome(waiting_.take(ip_address(*from)));
            make_room();
        });
    });
}

bool asio_links::somebody_knocks() {
    return std::ranges::any_of(acceptors_, [](acceptor& a) {
        if (a.facts.who != audience::clients || !a.socket.is_open()) return false;
        pollfd one{a.socket.native_handle(), POLLIN, 0};
        return ::poll(&one, 1, 0) == 1;
    });
}

void asio_links::settled(flow_id id) {
    if (connection* c = find(id)) c->set_new(false);
    newcomers_.settled(id);
    make_room();
}

void asio_links::accept_now(acceptor& a) {
    a.socket.async_accept([this, &a](error_code error, ip::tcp::socket socket) {
        if (error == boost::asio::error::operation_aborted) return;
        if (!error) {
            turns_.turn([&] {
                if (!a.socket.is_open()) return;
                accepted(a, std::move(socket));
                // Behind what is ready already: how long that takes shows how late we are.
                boost::asio::post(io_, [this, &a, since = environment_.now()] {
                    turns_.turn([&] {
                        const auto now = environment_.now();
                        newcomers_.note_lag(now - since, now);
                        if (a.socket.is_open()) accept_next(a);
                    });
                });
            });
            return;
        }
        // Out of descriptors, most likely: the backlog waits while some close.
        log::write(log::level::warn, "net", "accept_failed", {{"error", error.message()}});
        auto pause = std::make_shared<boost::asio::steady_timer>(io_, accept_pause);
        pause->async_wait([this, &a, pause](error_code) {
            turns_.turn([&] {
                if (a.socket.is_open()) accept_next(a);
            });
        });
    });
}

void asio_links::accepted(acceptor& a, ip::tcp::socket socket) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) return;
    const auto local = socket.local_endpoint(error);
    if (error) return;
    const auto from = from_asio(peer);
    const auto& of_address = per_address_[from.address];
    if (connections_ >= settings_.max_connections ||
        (settings_.max_per_address != 0 && of_address >= settings_.max_per_address &&
         std::ranges::find(exempt_, from.address) == exempt_.end())) {
        refused_.add();
        if (of_address == 0) per_address_.erase(from.address);
        return; // the socket closes itself
    }
    accepted_.add();
    ++connections_;
    ++per_address_[from.address];
    arrival who{&a, std::move(socket), from_asio(local), from};
    if (a.facts.who == audience::clients && has_to_wait(from.address)) {
        waiting_.add(from.address, std::move(who));
    } else {
        welcome(std::move(who));
    }
}

bool asio_links::has_to_wait(const ip_address& from) {
    if (waiting_.has(from) || newcomers_.held_by(from) >= newcomers_.share()) return true;
    return newcomers_.is_full(environment_.now()) && !newcomers_.make_way();
}

void asio_links::welcome(arrival who) {
    const auto& a = *who.at;
    error_code error;
    who.socket.non_blocking(true, error);
    who.socket.set_option(ip::tcp::no_delay(true), error);
    tls_session tls;
    if (a.facts.kind == transport::tls) {
        tls.reset(SSL_new((a.facts.ask_for_certificate ? tls_->mutual : tls_->server).get()));
        if (!tls) { // out of memory: no connection rather than one in clear
            let_go(who.peer.address);
            return;
        }
    }
    const auto at = free_slot();
    const auto id = make_id(at);
    flow_facts facts{a.facts.kind, a.facts.who, false, who.local, who.peer, {}};
    slots_[at].link = std::make_unique<connection>(
        *this, id, std::move(who.socket), std::move(facts), std::move(tls));
    if (a.facts.kind == transport::tls) hurry(id, false);
    if (a.facts.who == audience::clients) {
        newcomers_.came(id, who.peer.address, environment_.now());
        slots_[at].link->set_new(true);
    }
    slots_[at].link->accept();
}

void asio_links::let_go(const ip_address& address) {
    --connections_;
    if (const auto it = per_address_.find(address); it != per_address_.end() && --it->second == 0)
        per_address_.erase(it);
}

} // namespace lyceum::net::asio
