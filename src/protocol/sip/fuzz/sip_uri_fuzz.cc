#include "base/fuzz/require.h"
#include "base/text.h"
#include "protocol/sip/address.h"
#include "protocol/sip/cseq.h"
#include "protocol/sip/gruu.h"
#include "protocol/sip/list.h"
#include "protocol/sip/uri.h"

namespace lyceum::sip {
namespace {

using lyceum::fuzz::require;

void check_uri(std::string_view text) {
    const auto uri = parse_uri(text);
    if (!uri) return;
    require(equivalent(*uri, *uri));
    require(!uri->is_sip() || !uri->host.empty());
    const auto user = aor::from(*uri);
    if (!user) return;
    // The address of record is its own.
    const auto again = aor::from(user->text());
    require(again == user);
    require(user->text() == lyceum::to_lower(user->text()));
    const auto instance = instance_of(uri->params.value_or("opaque", {}));
    if (!instance) return;
    const auto text_of_gruu = make_gruu(*user, *instance);
    const auto gruu = parse_uri(text_of_gruu);
    require(gruu && instance_of(gruu->params.value_or("opaque", {})) == instance);
    require(instance_id::parse(instance->urn()) == instance);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_uri(text);
    if (const auto address = parse_address(text); address && !address->is_star) {
        require(!address->uri.empty());
        check_uri(address->uri);
    }
    if (const auto via = parse_via(text)) require(!via->host.empty() && !via->transport.empty());
    if (const auto cseq = parse_cseq(text)) require(!cseq->method.empty());
    (void)instance_id::parse(text);
    list_view list(text);
    std::size_t values = 0;
    for (std::string_view one; list.next(one); ++values)
        require(one.size() <= text.size());
    require(values <= size + 1);
    return 0;
}

} // namespace lyceum::sip
