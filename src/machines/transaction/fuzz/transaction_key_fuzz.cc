#include "base/fuzz/require.h"
#include "machines/transaction/key.h"

using namespace lyceum;

namespace {

using lyceum::fuzz::require;

std::string key_of(const sip::message& m, std::uint64_t flow) {
    std::string out = "left over";
    const bool found = transaction::server_key(m, flow, out);
    require(found != out.empty());
    return out;
}

} // namespace

// A message again has the same key; over another connection, or by another method, it has not; a
// CANCEL finds its INVITE.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto m = sip::message::parse(std::string(reinterpret_cast<const char*>(data), size));
    if (!m) return 0;
    std::string client;
    require(transaction::client_key(*m, client) != client.empty());
    if (!m->is_request()) return 0;
    (void)transaction::acknowledges(*m, "tag");
    const auto key = key_of(*m, 1);
    if (key.empty()) return 0;
    const auto copy = sip::message::parse(m->text());
    require(copy && key_of(*copy, 1) == key && key_of(*m, 2) != key);
    if (m->method_name() == "CANCEL") {
        std::string cancelled;
        require(transaction::cancelled_key(*m, 1, cancelled));
        require(cancelled != key);
    }
    return 0;
}
