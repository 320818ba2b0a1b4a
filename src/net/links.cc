#include "net/links.h"

namespace lyceum::net {

const char* name(closed_why why) {
    switch (why) {
    case closed_why::by_us:
        return "by_us";
    case closed_why::by_peer:
        return "by_peer";
    case closed_why::refused:
        return "refused";
    case closed_why::tls_failed:
        return "tls_failed";
    case closed_why::timed_out:
        return "timed_out";
    case closed_why::too_slow:
        return "too_slow";
    case closed_why::failed:
        return "failed";
    }
    return "?";
}

} // namespace lyceum::net
