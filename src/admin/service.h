#pragma once

#include "admin/command.h"
#include "domain/people/user.h"
#include "store/contacts.h"
#include "store/trusted.h"
#include "store/users.h"

#include <functional>
#include <mutex>

namespace lyceum::admin {

/// What became of an entry of the list of trusted peers.
enum class trust : std::uint8_t { added, replaced, removed };
[[nodiscard]] std::string_view name(trust);

/// What live shards must hear of a change that is already durable. Called on the thread that
/// carries out the command, before its answer goes out; must not call back into the service.
class changes {
public:
    virtual ~changes() = default;
    virtual void user_added(const people::user&) = 0;
    /// Names, numbers, login, or enabled became true.
    virtual void user_changed(const people::user&) = 0;
    /// Sign the user out everywhere.
    virtual void user_disabled(const people::user&) = 0;
    virtual void user_removed(const sip::aor&) = 0;
    /// Sessions that were made with the old password end.
    virtual void password_set(const sip::aor&) = 0;
    /// What was done with which entries; and the whole list, anew.
    virtual void trusted_changed(const std::vector<store::trusted_peer>& which,
                                 trust how,
                                 const std::vector<store::trusted_peer>& all) = 0;
};

/// For a store that no server has open: nobody is there to hear.
class nobody_listens final : public changes {
public:
    void user_added(const people::user&) override {}
    void user_changed(const people::user&) override {}
    void user_disabled(const people::user&) override {}
    void user_removed(const sip::aor&) override {}
    void password_set(const sip::aor&) override {}
    void trusted_changed(const std::vector<store::trusted_peer>&,
                         trust,
                         const std::vector<store::trusted_peer>&) override {}
};

/// Seals a password's NT hash for the store. The error is one sentence. Called on any thread, one
/// at a time.
using sealer = std::function<std::expected<store::sealed_secret, std::string>(
    const sip::aor&, std::string_view password)>;

/// Where the lines of a command that goes on (trace) are put. Kept by the handler as long as it has
/// something to say. Any thread.
class line_sink {
public:
    virtual ~line_sink() = default;
    /// One JSON object without its line end. False when the client has gone: stop, let go of the
    /// sink.
    virtual bool write(std::string line) = 0;
};

/// The commands of the administration socket. The same code serves lyceumd (behind the socket) and
/// lyceum (on a store that it opened itself). handle_line() may be called on any thread and blocks
/// on the store: in lyceumd call it on the pool, never on a shard.
class service {
public:
    struct ports {
        store::users& users;
        store::contacts& contacts;
        store::trusted& trusted;
        admin::changes& changes;
        sealer seal;
        std::vector<std::string> domains; ///< users must be of one of these; empty: of any
    };
    using handler = std::function<outcome(const arguments&)>;
    using stream_handler = std::function<outcome(const arguments&, std::shared_ptr<line_sink>)>;

    explicit service(ports);

    /// Carries out further commands of the table (status, drain, reload). Before the first
    /// handle_line().
    void add(std::string_view command, handler);
    /// The same for one that writes lines after its answer, until the client goes (trace).
    void add_stream(std::string_view command, stream_handler);

    /// One request line {"command":"user add","arguments":{...}}, with or without its line end, to
    /// one answer line without line end: {"ok":true,"result":...} or
    /// {"ok":false,"error":{"code":"...","message":"..."}}.
    /// sink: where a stream command writes; without one such a command is refused.
    [[nodiscard]] std::string handle_line(std::string_view line,
                                          std::shared_ptr<line_sink> sink = nullptr);

    /// Octets of a request; longer ones are refused. A file of users is one request.
    static constexpr std::size_t max_line = std::size_t{8} << 20U;

private:
    outcome carry_out(std::string_view line, std::shared_ptr<line_sink> sink);

    ports ports_;
    std::map<std::string, handler, std::less<>> handlers_;
    std::map<std::string, stream_handler, std::less<>> streams_;
    std::mutex one_change_; ///< commands that read, change and write come one after the other
};

} // namespace lyceum::admin
