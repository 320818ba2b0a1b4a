#include "base/fuzz/require.h"
#include "base/text.h"
#include "machines/target_set/plan.h"

using namespace lyceum;

using lyceum::fuzz::require;

// Where a URI of a peer's would have us look: never for a name that is none, never nowhere.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto uri = sip::parse_uri({reinterpret_cast<const char*>(data), size});
    if (!uri) return 0;
    const auto plan = target_set::plan_for(*uri, {});
    if (!plan) return 0;
    require(uri->is_sip());
    require(plan->numeric || !plan->srv.empty() || !plan->hosts.empty());
    for (const auto& q : plan->srv) {
        require(q.name == lyceum::to_lower(q.name) && q.name.ends_with(plan->domain));
        require(!uri->is_sips() || q.kind == target_set::transport::tls);
    }
    for (const auto& q : plan->hosts) {
        require(!q.host.empty() && q.port != 0);
        require(!uri->is_sips() || q.kind == target_set::transport::tls);
    }
    if (plan->numeric) require(plan->numeric->peer.port != 0);
    return 0;
}
