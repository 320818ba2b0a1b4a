#include "apps/lyceumd/descriptors.h"

#include <sys/resource.h>

namespace lyceum::apps::server {

std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE,
              &limit); // may fail where somebody forbids it; then the old limit holds
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

} // namespace lyceum::apps::server
