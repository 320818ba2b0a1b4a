#include "base/result.h"

namespace lyceum {

const char* name(malformed m) {
    switch (m) {
    case malformed::truncated:
        return "truncated";
    case malformed::bad_length:
        return "bad_length";
    case malformed::bad_value:
        return "bad_value";
    case malformed::too_large:
        return "too_large";
    case malformed::unsupported:
        return "unsupported";
    }
    return "?";
}

} // namespace lyceum
