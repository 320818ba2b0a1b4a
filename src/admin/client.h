#pragma once

#include "admin/command.h"

#include <chrono>
#include <functional>

namespace lyceum::admin {

/// The client's end of the administration socket. Blocking.
class client {
public:
    /// Nothing when nobody answers there.
    [[nodiscard]] static std::optional<client> connect(const std::string& socket_path);
    client(client&&) noexcept;
    client& operator=(client&&) noexcept;
    ~client();

    /// One request and its answer. Code unavailable when the server goes away or takes longer.
    [[nodiscard]] outcome call(std::string_view command,
                               const arguments&,
                               std::chrono::seconds patience = std::chrono::seconds(60));
    /// The next line of a stream, without its end; nothing when the server has closed it. Waits for
    /// ever.
    [[nodiscard]] std::optional<std::string> next_line();

private:
    explicit client(int fd) : fd_(fd) {}
    /// A whole line from what was read; reads on until the patience ends (milliseconds; -1: never).
    std::optional<std::string> read_line(int patience);

    int fd_ = -1;
    std::string unread_;
};

} // namespace lyceum::admin
