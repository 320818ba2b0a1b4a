#pragma once

#include "base/ip_endpoint.h"
#include "net/flow.h"
#include "protocol/sip/message.h"

#include <map>
#include <optional>
#include <string>

namespace lyceum::apps::load {

/// A SIP user agent without a password and without [MS-SIPAE], as any registrar and proxy serves
/// it: what it sends is put together from fixed texts, so that it costs the load little. It does
/// one thing of its own at a time, and answers whatever it is asked.
class plain_agent {
public:
    struct account {
        std::string aor;        ///< sip:user@domain
        std::size_t number = 0; ///< no two agents of a run have the same
        bool answers = true;    ///< takes calls; else it only rings
    };
    /// What came of an operation.
    struct outcome {
        bool over = false;
        int refused = 0; ///< the status that ended it badly; 0: it went well
    };

    explicit plain_agent(account a) : account_(std::move(a)) {}

    /// Where its connection leads out of.
    void connected(net::transport, const ip_endpoint& local);
    [[nodiscard]] const std::string& aor() const { return account_.aor; }

    // Operations; the octets to be sent are appended.
    void enrol(std::string& out);
    /// A MESSAGE of 100 characters.
    void page(std::string_view to, std::string& out);
    /// INVITE, ACK and BYE.
    void call(std::string_view to, std::string& out);

    /// A message came. Octets to be sent are appended.
    outcome take(const sip::message&, std::string& out);

private:
    enum class doing : std::uint8_t { nothing, registering, paging, calling, hanging_up };

    void begin_request(std::string_view method,
                       std::string_view uri,
                       const sip::message* routed_by,
                       std::uint64_t branch,
                       std::string& out) const;
    void put_call(std::string_view method,
                  std::string_view to,
                  std::uint32_t cseq,
                  std::string& out) const;
    void answer(const sip::message& request, std::string& out);
    void respond(const sip::message& request, int status, std::string& out) const;
    void take_registered(const sip::message&);
    outcome take_answer(const sip::message&, std::string& out);
    void acknowledge_refusal(const sip::message&, std::string& out) const;

    account account_;
    std::string sent_by_;   ///< of Via
    std::string transport_; ///< of Via
    std::string contact_;   ///< what others reach it by
    std::string callee_;
    doing doing_ = doing::nothing;
    std::uint64_t operation_ = 0; ///< number of the last operation
    std::uint32_t registers_ = 0;
    std::map<std::string, sip::message, std::less<>> ringing_; ///< by Call-ID
};

} // namespace lyceum::apps::load
