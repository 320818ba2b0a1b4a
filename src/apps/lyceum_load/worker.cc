#include "apps/lyceum_load/worker.h"

#include "apps/lyceum_load/client_crowd.h"
#include "apps/lyceum_load/plain_crowd.h"
#include "apps/lyceum_load/storm_crowd.h"
#include "net/asio/engine.h"

#include <unistd.h>

#include <cstdio>

namespace lyceum::apps::load {
namespace {

void tell(const tally& t) {
    const auto line = to_line(t) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

} // namespace

int run_worker(const options& o, std::size_t index) {
    net::asio::settings settings;
    settings.pool_threads = 1;
    settings.max_connections = o.connections + 16;
    settings.handshake_patience = 60s;
    settings.tls = {o.certificate, o.key, o.ca};
    auto engine = net::asio::engine::make(settings, system_environment());
    if (!engine) {
        std::fprintf(stderr, "lyceum-load: %s\n", engine.error().c_str());
        return 3;
    }
    if (o.servers.front().kind == net::transport::udp) {
        const ip_endpoint at{o.local.address, static_cast<std::uint16_t>(o.local.port + index)};
        const auto listening =
            (*engine)->listen({net::transport::udp, net::audience::trusted, at, false});
        if (!listening) {
            std::fprintf(stderr, "lyceum-load: %s\n", listening.error().c_str());
            return 3;
        }
    }
    auto& shard = (*engine)->shard(0);
    auto& links = (*engine)->links(0);
    std::unique_ptr<crowd> all;
    if (o.is_plain) {
        all = std::make_unique<plain_crowd>(shard, links, o, index);
    } else if (o.drive == what::storm) {
        all = std::make_unique<storm_crowd>(shard, links, o, index);
    } else {
        all = std::make_unique<client_crowd>(shard, links, o, index);
    }
    (*engine)->set_events(0, all->events());
    (*engine)->run();

    std::promise<tally> signed_in;
    shard.post(0, [&] { all->sign_in(signed_in); });
    tell(signed_in.get_future().get());
    char c = 0;
    if (::read(STDIN_FILENO, &c, 1) == 1) {
        std::promise<tally> driven;
        shard.post(0, [&] { all->drive(driven); });
        if (o.stays(index)) { // until the conductor has heard that the others are done
            if (::read(STDIN_FILENO, &c, 1) != 1) return 3;
            shard.post(0, [&] { all->end(); });
        }
        tell(driven.get_future().get());
        for (const auto& t : all->asides()) // nothing changes them any more
            tell(t);
        while (::read(STDIN_FILENO, &c, 1) == 1) {
        }
    }
    (*engine)->stop();
    return 0;
}

} // namespace lyceum::apps::load
