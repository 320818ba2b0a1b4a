#include "protocol/conmgmt/acl.h"
#include "protocol/conmgmt/contact_delta.h"
#include "protocol/conmgmt/contact_list.h"
#include "protocol/conmgmt/edit.h"

#include <cstdlib>

namespace lyceum {
namespace {

/// A value that was read can be written, and is read back as the same.
template <class T, class Parse>
void check(const parsed<T>& value, Parse parse) {
    if (!value) return;
    const auto again = parse(conmgmt::serialise(*value));
    if (!again || conmgmt::serialise(*again) != conmgmt::serialise(*value)) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(conmgmt::parse_contact_list(text), conmgmt::parse_contact_list);
    check(conmgmt::parse_contact_delta(text), conmgmt::parse_contact_delta);
    check(conmgmt::parse_acl(text), conmgmt::parse_acl);
    const auto request = conmgmt::parse_soap_request(text);
    const auto* edit = request ? std::get_if<conmgmt::edit>(&*request) : nullptr;
    if (edit != nullptr && !conmgmt::parse_soap_request(conmgmt::serialise(*edit))) std::abort();
    (void)conmgmt::parse_add_group_reply(text);
    return 0;
}

} // namespace lyceum
