#include "admin/client.h"

#include "admin/request.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <utility>

namespace lyceum::admin {
namespace {

bool send_all(int fd, std::string_view octets) {
    while (!octets.empty()) {
        const auto n = ::send(fd, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        octets.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

} // namespace

std::optional<client> client::connect(const std::string& socket_path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    if (socket_path.size() >= sizeof at.sun_path) return std::nullopt;
    std::memcpy(at.sun_path, socket_path.data(), socket_path.size());
    client c(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (c.fd_ < 0) return std::nullopt;
    if (::connect(c.fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
        return std::nullopt;
    return c;
}

client::client(client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), unread_(std::move(other.unread_)) {}

client& client::operator=(client&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(unread_, other.unread_);
    return *this;
}

client::~client() {
    if (fd_ >= 0) ::close(fd_);
}

std::optional<std::string> client::read_line(int patience) {
    for (;;) {
        if (const auto end = unread_.find('\n'); end != std::string::npos) {
            auto line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        pollfd readable{fd_, POLLIN, 0};
        const int ready = ::poll(&readable, 1, patience);
        if (ready < 0 && errno == EINTR) return std::nullopt; // Ctrl-C ends a trace
        if (ready <= 0) return std::nullopt;
        std::array<char, 16384> octets{};
        const auto n = ::recv(fd_, octets.data(), octets.size(), 0);
        if (n <= 0) return std::nullopt;
        unread_.append(octets.data(), static_cast<std::size_t>(n));
    }
}

outcome client::call(std::string_view command, const arguments& a, std::chrono::seconds patience) {
    const auto gone = [](const char* what) {
        return std::unexpected(failure{"unavailable", what});
    };
    if (!send_all(fd_, write_request(command, a) + "\n"))
        return gone("the server closed the administration socket");
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    const auto line = read_line(static_cast<int>(milliseconds));
    if (!line) return gone("the server gave no answer on the administration socket");
    return read_answer(*line);
}

std::optional<std::string> client::next_line() {
    return read_line(-1);
}

} // namespace lyceum::admin
