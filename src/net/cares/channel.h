#pragma once

#include "base/environment.h"
#include "net/resolver.h"

#include <deque>
#include <expected>
#include <memory>
#include <unordered_map>

namespace lyceum::net::cares {

struct settings {
    /// 192.0.2.53, 127.0.0.1:5300, [2001:db8::53]:53; empty: the system's
    std::vector<std::string> nameservers;
    std::chrono::milliseconds attempt{1500}; ///< for one server; doubles with every round
    unsigned attempts = 2;                   ///< rounds through the servers
    std::chrono::milliseconds patience{
        5000};                        ///< then the question has failed, whatever c-ares hopes
    std::size_t max_questions = 4096; ///< under way; further ones fail at once
};

/// A c-ares channel and what it was asked. Not thread safe; knows no shard.
class channel {
public:
    /// The error is one clear line.
    [[nodiscard]] static std::expected<std::unique_ptr<channel>, std::string>
    open(const settings&, const environment&);
    virtual ~channel() = default;

    struct answered {
        std::uint64_t token = 0;
        dns_answer answer;
    };
    /// Every token is answered once, by step().
    virtual void ask(std::uint64_t token, const dns_question&) = 0;
    /// Waits for name servers, for wake_fd to become readable (-1: none), at most so long. Adds the
    /// answers.
    virtual void
    step(int wake_fd, std::chrono::milliseconds at_most, std::vector<answered>& out) = 0;
};

} // namespace lyceum::net::cares
