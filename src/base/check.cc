#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace lyceum {

void broken_promise(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "lyceum: broken promise: %s (%s:%d)\n", condition, file, line);
    std::abort();
}

} // namespace lyceum
