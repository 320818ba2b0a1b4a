#pragma once

#include "base/overloaded.h"
#include "roles/registrar/binding.h"
#include "roles/registrar/settings.h"

#include <span>
#include <variant>
#include <vector>

namespace lyceum::roles::registrar {

/// The live endpoints of one user. Lives at the user's home shard; owns no socket and no clock.
/// [MS-SIPREGE] 3.1.2, RFC 3261 10.3
class endpoints {
public:
    // What happens.
    struct registered {
        binding wanted; ///< registered and expires are set here
        std::optional<std::chrono::seconds>
            asked;             ///< Expires or ;expires=; nothing: ours to choose
        bool is_plain = false; ///< a plain SIP user agent, also when it has an instance (RFC 5626):
                               ///< what it asks counts. Without an instance it is one
    };
    /// A REGISTER that changes nothing but the time: it asks in the same words as before.
    struct renewed {
        std::size_t which = 0; ///< of live()
        std::string_view call_id;
        std::string_view from_tag;
        std::uint32_t cseq = 0;
        std::string_view user_agent;
        std::optional<std::chrono::seconds> asked; ///< these two as in registered
        bool is_plain = false;
    };
    struct unregistered {
        std::string epid;
        std::optional<sip::instance_id> instance;
        std::string contact; ///< for plain SIP user agents; "*" for all of theirs, or of this
                             ///< connection's client
        way where;
        std::string call_id = {}; ///< of the REGISTER that asks
        std::uint32_t cseq = 0;
    };
    struct way_closed {
        std::uint64_t flow = 0;
    };
    /// Who registered these is trusted no more.
    struct sponsor_gone {
        sponsor who;
    };
    /// The user was disabled, removed or moved: every endpoint has to go. [MS-SIPREGE] 3.2
    struct expelled {
        std::string reason; ///< rejected, deactivated, unregistered
    };
    struct tick {};
    using event =
        std::variant<registered, renewed, unregistered, way_closed, sponsor_gone, expelled, tick>;

    // What is to be done.
    enum class effect : std::uint8_t { added, refreshed };
    struct accept {
        effect what = effect::added;
        std::string epid;
        std::chrono::seconds expires{};
    };
    struct started { ///< an endpoint that was not there before
        binding live;
    };
    struct refuse_too_brief {};    ///< 423 with Min-Expires. RFC 3261 10.3 step 7
    struct refuse_out_of_order {}; ///< no newer CSeq of the same Call-ID: 500. RFC 3261 10.3 step 7
    struct publish {};             ///< the set of bindings changed: tell the shards
    struct notify { ///< tell this endpoint that it is no longer registered. [MS-SIPREGE] 2.2.1.13
        binding gone;
        std::string reason;
    };
    struct ended { ///< for presence: what was bound to this endpoint ends
        binding gone;
    };
    using action = std::
        variant<accept, started, refuse_too_brief, refuse_out_of_order, publish, notify, ended>;

    explicit endpoints(const settings& s) : settings_(&s) {}

    [[nodiscard]] std::vector<action> on(const event&, instant now);
    /// All contacts of one REGISTER: every one of them is carried out or, when one is refused,
    /// none, and the refusal is the only action. RFC 3261 10.3 step 7
    [[nodiscard]] std::vector<action> update(std::span<const event>, instant now);
    [[nodiscard]] std::optional<instant> deadline() const;
    [[nodiscard]] const std::vector<binding>& live() const { return live_; }

private:
    void on_registered(const registered&, instant now, std::vector<action>& out);
    void on_renewed(const renewed&, instant now, std::vector<action>& out);
    /// For how long; nothing when that is too brief.
    [[nodiscard]] std::optional<std::chrono::seconds>
    granted(bool is_client, std::optional<std::chrono::seconds> asked) const;
    [[nodiscard]] static bool is_meant(const unregistered&, const binding&);
    /// Whether an older or the very same REGISTER was carried out already.
    [[nodiscard]] bool is_late(const event&);
    void carry_out(const event&, instant now, std::vector<action>& out);
    /// Takes out every binding that the predicate names; publishes if there was one.
    template <class Predicate>
    void end(Predicate which, std::vector<action>& out);
    [[nodiscard]] binding* find(const binding& like);

    const settings* settings_;
    std::vector<binding> live_; ///< oldest registration first
};

} // namespace lyceum::roles::registrar
