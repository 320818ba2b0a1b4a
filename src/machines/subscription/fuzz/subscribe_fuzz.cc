#include "base/fuzz/require.h"
#include "machines/subscription/notifier.h"
#include "protocol/sip/respond.h"

using namespace lyceum;

namespace {

using lyceum::fuzz::require;

void require_whole(const sip::message& m) {
    require(sip::message::parse(m.text()).has_value());
}

} // namespace

// A SUBSCRIBE of the fuzzer's, and its refresh: what is granted is within the bounds, what goes out
// is a message, and it ends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto m = sip::message::parse(std::string(reinterpret_cast<const char*>(data), size));
    if (!m || !m->is_request() || sip::check_request(*m)) return 0;
    const subscription::settings most;
    const subscription::document state{"text/plain", "state"};
    instant now{};
    auto response = sip::make_response(*m, 200, {}, "ours");
    auto made = subscription::notifier::accept(*m, response, state, most, true, now);
    if (!made) return 0;
    require_whole(response);
    if (made->owes_notification()) require_whole(made->notify(state, now));
    if (!made->is_over()) {
        const auto until = made->deadline();
        require(until && *until <= now + most.longest + 1min);
        auto second = sip::make_response(*m, 200, {}, "ours");
        (void)made->refresh(*m, second, state, now);
        require_whole(second);
    }
    if (!made->is_over()) require_whole(made->notify(state, now));
    for (int i = 0; i < 4 && !made->is_over(); ++i) {
        require(made->deadline().has_value());
        now = *made->deadline();
        if (const auto last = made->tick(now)) require_whole(*last);
    }
    require(made->is_over());
    return 0;
}
