#pragma once

#include "base/instant.h"
#include "base/metrics/registry.h"

namespace lyceum::apps::server {

/// What an operator asks of any process, by the names that Prometheus' own libraries give it
/// (process_*), and which version of Lyceum this is. Read anew for every scrape.
void show_process(metrics::registry&, wall_instant started);

} // namespace lyceum::apps::server
