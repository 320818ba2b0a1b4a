#include "protocol/pres/contact_card.h"
#include "protocol/pres/fault.h"
#include "protocol/pres/publish.h"
#include "protocol/pres/rlmi.h"
#include "protocol/pres/roaming.h"
#include "protocol/pres/state.h"
#include "protocol/pres/subscribe.h"

#include <cstdlib>

namespace lyceum {
namespace {

/// A value that was read can be written and read again; from the second reading on nothing changes
/// (on the first a fragment without a namespace may take that of the document it is put into).
template <class Parse>
void check(std::string_view text, Parse parse) {
    const auto first = parse(text);
    if (!first) return;
    const auto second = parse(pres::serialise(*first));
    if (!second || !(parse(pres::serialise(*second)) == second)) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text, pres::parse_publish);
    check(text, pres::parse_wrong_delta);
    check(text, pres::parse_rlmi);
    check(text, pres::parse_roaming_list);
    check(text, pres::parse_roaming_data);
    check(text, pres::parse_categories);
    check(text, pres::parse_set_container_members);
    check(text, pres::parse_set_subscribers);
    check(text, pres::parse_batch_subscribe);
    check(text, pres::parse_state);
    check(text, pres::parse_contact_card);
    return 0;
}

} // namespace lyceum
