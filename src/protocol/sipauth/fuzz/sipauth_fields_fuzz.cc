#include "base/bytes.h"
#include "protocol/sipauth/fields.h"

#include <cstdlib>

namespace lyceum::sipauth {

// What is read, written and read again is the same, in the order of each header that has all of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto f = parse_fields(lyceum::as_text({data, size}));
    if (!f || (f->version && f->version->find_first_of(" \t\r\n,") != std::string_view::npos))
        return 0;
    if (f->version && f->version->empty()) return 0;
    auto challenge = *f;
    challenge.qop = challenge.crand = challenge.cnum = challenge.response = std::nullopt;
    challenge.srand = challenge.snum = challenge.rspauth = std::nullopt;
    std::string text;
    serialise(challenge, kind::challenge, text);
    if (parse_fields(text) != challenge) std::abort();

    auto credentials = *f;
    credentials.sts_uri = credentials.srand = credentials.snum = credentials.rspauth = std::nullopt;
    text.clear();
    serialise(credentials, kind::credentials, text);
    if (parse_fields(text) != credentials) std::abort();

    auto info = *f;
    info.gssapi_data = info.sts_uri = info.crand = info.cnum = info.response = std::nullopt;
    text.clear();
    serialise(info, kind::info, text);
    if (parse_fields(text) != info) std::abort();
    return 0;
}

} // namespace lyceum::sipauth
