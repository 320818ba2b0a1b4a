#include "reconnect.h"

#include "event.h"
#include "session.h"

#include <algorithm>
#include <map>

namespace purple_drive::reconnect {
namespace {

struct attempt {
    std::chrono::milliseconds delay{0};
    guint timer = 0;
};

settings current;
std::map<PurpleAccount*, attempt> attempts;

gboolean connect_again(gpointer p) {
    auto* account = static_cast<PurpleAccount*>(p);
    attempts[account].timer = 0;
    if (!the_session().quitting && purple_account_is_disconnected(account)) {
        purple_account_connect(account);
    }
    return G_SOURCE_REMOVE;
}

std::chrono::milliseconds first_delay() {
    const auto low = static_cast<gint32>(current.first_min.count());
    const auto high = static_cast<gint32>(current.first_max.count());
    return std::chrono::milliseconds(low < high ? g_random_int_range(low, high) : low);
}

} // namespace

void configure(const settings& s) {
    current = s;
}

void schedule(PurpleAccount* account) {
    if (!current.on || the_session().quitting) return;
    auto& next = attempts[account];
    if (next.timer != 0) g_source_remove(next.timer);
    next.delay = next.delay.count() == 0 ? first_delay() : std::min(2 * next.delay, current.limit);
    next.timer = g_timeout_add(static_cast<guint>(next.delay.count()), connect_again, account);
    event("reconnecting").account(account).number("delay_ms", next.delay.count()).send();
}

void abandon(PurpleAccount* account) {
    const auto found = attempts.find(account);
    if (found == attempts.end()) return;
    if (found->second.timer != 0) g_source_remove(found->second.timer);
    attempts.erase(found);
}

void succeeded(PurpleAccount* account) {
    abandon(account);
}

} // namespace purple_drive::reconnect
