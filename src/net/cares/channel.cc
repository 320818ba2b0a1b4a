#include "net/cares/channel.h"

#include "net/cares/answer.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>

namespace lyceum::net::cares {
namespace {

std::string clear(const char* what, int status) {
    return std::string(what) + ": " + ares_strerror(status);
}

class ares_channel_owner final : public channel {
public:
    ares_channel_owner(const settings& s, const environment& e) : settings_(s), clock_(e) {}
    ~ares_channel_owner() override {
        closing_ = true; // what is still asked calls back now
        if (channel_ != nullptr) ares_destroy(channel_);
    }

    std::expected<void, std::string> open() {
        static const int library = ares_library_init(ARES_LIB_INIT_ALL);
        if (library != ARES_SUCCESS) return std::unexpected(clear("c-ares", library));
        ares_options o{};
        o.timeout = static_cast<int>(settings_.attempt.count());
        o.tries = static_cast<int>(settings_.attempts);
        o.domains = nullptr; // no search domains: the names in SIP URIs are whole
        o.ndomains = 0;
        o.flags = ARES_FLAG_NOSEARCH;
        o.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
            static_cast<ares_channel_owner*>(self)->watch(fd, readable != 0, writable != 0);
        };
        o.sock_state_cb_data = this;
        int status = ares_init_options(&channel_,
                                       &o,
                                       ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_DOMAINS |
                                           ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB);
        if (status != ARES_SUCCESS) return std::unexpected(clear("c-ares", status));
        if (settings_.nameservers.empty()) return {};
        std::string list;
        for (const auto& server : settings_.nameservers)
            list.append(list.empty() ? "" : ",").append(server);
        status = ares_set_servers_ports_csv(channel_, list.c_str());
        if (status != ARES_SUCCESS)
            return std::unexpected(clear(("name servers " + list).c_str(), status));
        return {};
    }

    void ask(std::uint64_t token, const dns_question& q) override {
        if (with_ares_ >= settings_.max_questions) {
            ready_.push_back({token, {}});
            return;
        }
        ++with_ares_;
        open_.emplace(token, true);
        by_end_.emplace_back(clock_.now() + settings_.patience, token);
        auto* const a = new asked{this, token};
        if (q.kind == dns_record::srv) {
            ares_query(channel_, q.name.c_str(), ns_c_in, ns_t_srv, on_reply<srv_answer>, a);
            return;
        }
        if (q.kind == dns_record::naptr) {
            ares_query(channel_, q.name.c_str(), ns_c_in, ns_t_naptr, on_reply<naptr_answer>, a);
            return;
        }
        ares_addrinfo_hints hints{};
        hints.ai_flags = ARES_AI_NOSORT; // sorting would open sockets to the addresses
        hints.ai_family = q.kind == dns_record::aaaa ? AF_INET6 : AF_INET;
        ares_getaddrinfo(channel_, q.name.c_str(), nullptr, &hints, on_addresses, a);
    }

    void step(int wake_fd, std::chrono::milliseconds at_most, std::vector<answered>& out) override {
        if (!ready_.empty()) at_most = std::chrono::milliseconds(0);
        if (!by_end_.empty()) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(by_end_.front().first - clock_.now());
            at_most = std::clamp(left, std::chrono::milliseconds(0), at_most);
        }
        timeval longest{at_most.count() / 1000, at_most.count() % 1000 * 1000};
        timeval until{};
        const auto* wait = ares_timeout(channel_, &longest, &until);
        auto sockets = sockets_; // the callbacks change the original
        if (wake_fd >= 0) sockets.push_back({wake_fd, POLLIN, 0});
        // Rounded up: c-ares must find its time over when we come back.
        const auto milliseconds =
            static_cast<int>(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000);
        if (::poll(sockets.data(), sockets.size(), milliseconds) > 0) {
            for (const auto& s : sockets) {
                if (s.fd == wake_fd || s.revents == 0) continue;
                const bool broken = (s.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
                ares_process_fd(channel_,
                                broken || (s.revents & POLLIN) != 0 ? s.fd : ARES_SOCKET_BAD,
                                (s.revents & POLLOUT) != 0 ? s.fd : ARES_SOCKET_BAD);
            }
        }
        ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD); // what has timed out
        const auto now = clock_.now();
        for (; !by_end_.empty() && by_end_.front().first <= now; by_end_.pop_front()) {
            if (open_.erase(by_end_.front().second) != 0)
                ready_.push_back({by_end_.front().second, {}});
        }
        std::ranges::move(ready_, std::back_inserter(out));
        ready_.clear();
    }

private:
    struct asked {
        ares_channel_owner* owner;
        std::uint64_t token;
    };

    template <dns_answer (*Read)(int, byte_view)>
    static void on_reply(void* arg, int status, int, unsigned char* reply, int size) {
        const std::unique_ptr<asked> a(static_cast<asked*>(arg));
        const byte_view octets(reply, reply == nullptr ? 0 : static_cast<std::size_t>(size));
        if (!a->owner->closing_) a->owner->finish(a->token, Read(status, octets));
    }
    static void on_addresses(void* arg, int status, int, ares_addrinfo* list) {
        const std::unique_ptr<asked> a(static_cast<asked*>(arg));
        const std::unique_ptr<ares_addrinfo, void (*)(ares_addrinfo*)> owned(list,
                                                                             ares_freeaddrinfo);
        if (!a->owner->closing_) a->owner->finish(a->token, host_answer(status, list));
    }

    /// May be called from within ask().
    void finish(std::uint64_t token, dns_answer&& a) {
        --with_ares_;
        if (open_.erase(token) != 0)
            ready_.push_back({token, std::move(a)}); // else it was too late
    }

    void watch(ares_socket_t fd, bool readable, bool writable) {
        std::erase_if(sockets_, [&](const pollfd& s) { return s.fd == fd; });
        if (!readable && !writable) return;
        sockets_.push_back(
            {fd, static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0)), 0});
    }

    settings settings_;
    const environment& clock_;
    ares_channel channel_ = nullptr;
    bool closing_ = false;
    std::vector<pollfd> sockets_;
    std::size_t with_ares_ = 0; ///< questions that c-ares works on, given up by us or not
    std::unordered_map<std::uint64_t, bool> open_;
    std::deque<std::pair<instant, std::uint64_t>> by_end_;
    std::vector<answered> ready_;
};

} // namespace

std::expected<std::unique_ptr<channel>, std::string> channel::open(const settings& s,
                                                                   const environment& e) {
    auto made = std::make_unique<ares_channel_owner>(s, e);
    LYCEUM_CHECKED(made->open());
    return made;
}

} // namespace lyceum::net::cares
