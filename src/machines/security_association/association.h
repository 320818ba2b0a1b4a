#pragma once

#include "base/random/random.h"
#include "machines/security_association/replay_window.h"
#include "protocol/ntlm/server.h"
#include "protocol/ntlm/signer.h"
#include "protocol/sip/message.h"
#include "protocol/sipauth/fields.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::security_association {

/// What an association is known by in every header. digest MS-SIPAE 3.2
struct names {
    std::string realm{};
    std::string targetname{};
    std::string opaque{};
    unsigned version = 4;
};

/// The texts of one signature, as they go into a header.
struct signature {
    std::array<char, 8> rand{}; ///< upper-case hex
    std::string num{};
    std::array<char, 32> value{}; ///< upper-case hex

    [[nodiscard]] std::string_view rand_text() const { return {rand.data(), rand.size()}; }
    [[nodiscard]] std::string_view value_text() const { return {value.data(), value.size()}; }
};

/// A signature of the peer that cannot be checked yet: the keys are still being found out.
struct pending_signature {
    std::string buffer{};
    std::uint32_t num = 0;
    ntlm::octets16 value{};
};

/// The keys and counters that one end of an established association holds.
class association {
public:
    association(ntlm::side ours, const ntlm::session&, names);

    [[nodiscard]] const names& known_by() const { return names_; }

    /// Signs under the next number. All other headers of the message must have their final values.
    /// scratch: any string, reused for the sake of its memory.
    [[nodiscard]] signature sign(const sip::message&, random::source&, std::string& scratch);

    enum class verdict : std::uint8_t {
        good,
        bad,      ///< not our peer's signature, or none at all
        replayed, ///< our peer's signature under a number that was used before, or is out of the
                  ///< window
    };
    /// Checks the signature that the fields give the message; takes its number when it is good.
    [[nodiscard]] verdict
    verify(const sip::message&, const sipauth::fields_view&, std::string& scratch);
    [[nodiscard]] verdict verify(const pending_signature&);

private:
    names names_;
    ntlm::signer ours_;
    ntlm::signer theirs_;
    std::uint32_t last_ = 0; ///< our last number
    replay_window window_;
    ntlm::side side_;
};

/// The peer's signature of a message, with the octets that it is made over in buffer (which is
/// replaced). Nothing when a part is missing or is no signature. from: whose parameters (crand...,
/// or srand...) are meant.
[[nodiscard]] std::optional<pending_signature> claimed_signature(const sip::message&,
                                                                 const sipauth::fields_view&,
                                                                 ntlm::side from,
                                                                 unsigned version,
                                                                 std::string buffer = {});

/// The NTLM parameters of one of these headers that name this realm and target; other schemes,
/// realms and malformed values are passed over. digest MS-SIPAE 4.2
[[nodiscard]] std::optional<sipauth::fields_view> find_fields(const sip::message&,
                                                              sip::header,
                                                              sip::header proxy_form,
                                                              std::string_view realm,
                                                              std::string_view targetname);

inline constexpr std::string_view ntlm_scheme = "NTLM";

} // namespace lyceum::security_association
