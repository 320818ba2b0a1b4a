#pragma once

#include "apps/lyceum_client/teller.h"

#include <memory>
#include <string>

namespace lyceum::apps::client {

/// What scripts see; the text of --help.
enum class exit_code : int {
    ok = 0,
    undelivered = 1, ///< a message was not delivered; what a script expected did not happen
    usage = 2,
    unreachable = 3, ///< no connection to the server, or it failed before we were signed in
    refused = 4,     ///< the sign-in was refused, or ended by the server
    lost = 5,        ///< the connection broke
};

/// What a program may do with its endpoint. On the shard's thread.
class stage {
public:
    virtual ~stage() = default;
    virtual void wish(user_agent::event) = 0;
    /// program::on_alarm() after that time.
    virtual void alarm(std::chrono::nanoseconds, std::uint64_t id) = 0;
    /// Signs out, hangs up, ends. Once.
    virtual void finish(exit_code) = 0;
    [[nodiscard]] virtual teller& out() = 0;
    [[nodiscard]] virtual const sip::aor& self() const = 0;
};

/// What one sub-command does: told of what happens, it wishes. On the shard's thread.
class program {
public:
    virtual ~program() = default;
    virtual void on_notice(stage&, const user_agent::action&) = 0;
    virtual void on_line(stage&, std::string&& /*line*/) {}
    virtual void on_input_end(stage&) {}
    virtual void on_alarm(stage&, std::uint64_t /*id*/) {}
    /// Whether standard input is read.
    [[nodiscard]] virtual bool wants_lines() const { return false; }
    /// Whether a broken connection is made again.
    [[nodiscard]] virtual bool stays() const { return false; }
};

/// Signed in until somebody ends it.
[[nodiscard]] std::unique_ptr<program> make_sign_in();
/// Lines of input go to the peer.
[[nodiscard]] std::unique_ptr<program> make_chat(sip::aor peer);
/// One message; in a conversation, or by itself.
[[nodiscard]] std::unique_ptr<program> make_send(sip::aor peer, std::string text, bool page);
/// Lists the account's endpoints.
[[nodiscard]] std::unique_ptr<program> make_endpoints(bool json);
/// Commands from standard input, as JSON lines. docs/guides/client.md
[[nodiscard]] std::unique_ptr<program> make_script();

} // namespace lyceum::apps::client
