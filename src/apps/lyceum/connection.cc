#include "apps/lyceum/connection.h"

#include "admin/request.h"
#include "admin/service.h"
#include "apps/lyceum/files.h"
#include "credentials/builtin/secret.h"
#include "store/soci/soci_store.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace lyceum::apps::console {
namespace {

using admin::fail;

/// The same code as in the server, on a store that only we have open.
admin::outcome
on_the_store(const deployment::deployment& d, std::string_view command, const admin::arguments& a) {
    const auto key = deployment::read_sealing_key(d);
    if (!key) return fail("unavailable", key.error());
    const auto store = store::soci::soci_store::open(
        d.path(d.store.file), {.readers = 1, .busy_patience = d.store.busy_patience});
    if (!store) return fail("unavailable", store.error());
    admin::nobody_listens nobody;
    random::system random;
    admin::service service({(*store)->users(),
                            (*store)->contacts(),
                            (*store)->trusted(),
                            nobody,
                            [&](const sip::aor& who, std::string_view password) {
                                return credentials::builtin::seal_nt_hash(
                                    *key, who, password, random);
                            },
                            d.server.domains});
    return admin::read_answer(service.handle_line(admin::write_request(command, a)));
}

} // namespace

std::optional<admin::client> running_server(const deployment::deployment& d) {
    return admin::client::connect(d.admin_socket());
}

std::string denied(const deployment::deployment& d) {
    for (const auto& path : {d.path("run"), d.admin_socket(), d.lock_file()}) {
        if (::access(path.c_str(), R_OK | W_OK) == 0 || errno != EACCES) continue;
        return path + ": permission denied: run as " + owner_in_words(d.data) + " or root";
    }
    return "";
}

admin::outcome
carry_out(const deployment::deployment& d, std::string_view command, const admin::arguments& a) {
    const auto* known = admin::find_command(command);
    if (const auto why = denied(d); !why.empty()) return fail("unavailable", why);
    std::string held;
    // A server that starts has the lock and no socket yet; one that stops, the same. Both pass
    // soon.
    constexpr int attempts = 30;
    for (int i = 0; i < attempts; ++i) {
        if (auto server = running_server(d)) return server->call(command, a);
        if (known != nullptr && known->needs_server) {
            return fail("not_running", "no server answers at " + d.admin_socket());
        }
        const auto lock = deployment::data_lock::take(d);
        if (lock) return on_the_store(d, command, a);
        held = lock.error();
        ::poll(nullptr, 0, 100);
    }
    return fail("unavailable", held + ", but does not answer at " + d.admin_socket());
}

} // namespace lyceum::apps::console
