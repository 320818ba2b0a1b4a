#include "protocol/sip/header.h"

#include <algorithm>
#include <array>

namespace lyceum::sip {

namespace {

struct status_entry {
    int code;
    std::string_view phrase;
};

/// The registered codes (tests/data/status_codes.csv), and 409, which presence answers conflicts of
/// versions with (digest MS-PRES 3.2). Sorted.
constexpr std::array statuses{
    status_entry{100, "Trying"},
    status_entry{180, "Ringing"},
    status_entry{181, "Call Is Being Forwarded"},
    status_entry{182, "Queued"},
    status_entry{183, "Session Progress"},
    status_entry{199, "Early Dialog Terminated"},
    status_entry{200, "OK"},
    status_entry{202, "Accepted"},
    status_entry{204, "No Notification"},
    status_entry{300, "Multiple Choices"},
    status_entry{301, "Moved Permanently"},
    status_entry{302, "Moved Temporarily"},
    status_entry{305, "Use Proxy"},
    status_entry{380, "Alternative Service"},
    status_entry{400, "Bad Request"},
    status_entry{401, "Unauthorized"},
    status_entry{402, "Payment Required"},
    status_entry{403, "Forbidden"},
    status_entry{404, "Not Found"},
    status_entry{405, "Method Not Allowed"},
    status_entry{406, "Not Acceptable"},
    status_entry{407, "Proxy Authentication Required"},
    status_entry{408, "Request Timeout"},
    status_entry{409, "Conflict"},
    status_entry{410, "Gone"},
    status_entry{412, "Conditional Request Failed"},
    status_entry{413, "Request Entity Too Large"},
    status_entry{414, "Request-URI Too Long"},
    status_entry{415, "Unsupported Media Type"},
    status_entry{416, "Unsupported URI Scheme"},
    status_entry{417, "Unknown Resource-Priority"},
    status_entry{420, "Bad Extension"},
    status_entry{421, "Extension Required"},
    status_entry{422, "Session Interval Too Small"},
    status_entry{423, "Interval Too Brief"},
    status_entry{424, "Bad Location Information"},
    status_entry{425, "Bad Alert Message"},
    status_entry{428, "Use Identity Header"},
    status_entry{429, "Provide Referrer Identity"},
    status_entry{430, "Flow Failed"},
    status_entry{433, "Anonymity Disallowed"},
    status_entry{436, "Bad Identity Info"},
    status_entry{437, "Unsupported Credential"},
    status_entry{438, "Invalid Identity Header"},
    status_entry{439, "First Hop Lacks Outbound Support"},
    status_entry{440, "Max-Breadth Exceeded"},
    status_entry{469, "Bad Info Package"},
    status_entry{470, "Consent Needed"},
    status_entry{480, "Temporarily Unavailable"},
    status_entry{481, "Call/Transaction Does Not Exist"},
    status_entry{482, "Loop Detected"},
    status_entry{483, "Too Many Hops"},
    status_entry{484, "Address Incomplete"},
    status_entry{485, "Ambiguous"},
    status_entry{486, "Busy Here"},
    status_entry{487, "Request Terminated"},
    status_entry{488, "Not Acceptable Here"},
    status_entry{489, "Bad Event"},
    status_entry{491, "Request Pending"},
    status_entry{493, "Undecipherable"},
    status_entry{494, "Security Agreement Required"},
    status_entry{500, "Server Internal Error"},
    status_entry{501, "Not Implemented"},
    status_entry{502, "Bad Gateway"},
    status_entry{503, "Service Unavailable"},
    status_entry{504, "Server Time-out"},
    status_entry{505, "Version Not Supported"},
    status_entry{513, "Message Too Large"},
    status_entry{555, "Push Notification Service Not Supported"},
    status_entry{580, "Precondition Failure"},
    status_entry{600, "Busy Everywhere"},
    status_entry{603, "Decline"},
    status_entry{604, "Does Not Exist Anywhere"},
    status_entry{606, "Not Acceptable"},
    status_entry{607, "Unwanted"},
    status_entry{608, "Rejected"},
};
static_assert(std::ranges::is_sorted(statuses, {}, &status_entry::code));

} // namespace

std::string_view reason_phrase(int status) {
    const auto at = std::ranges::lower_bound(statuses, status, {}, &status_entry::code);
    return at != statuses.end() && at->code == status ? at->phrase : "Unknown";
}

} // namespace lyceum::sip
