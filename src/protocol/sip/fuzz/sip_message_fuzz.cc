#include "base/fuzz/require.h"
#include "protocol/sip/address.h"
#include "protocol/sip/message.h"
#include "protocol/sip/respond.h"
#include "protocol/sip/validate.h"

#include <utility>

namespace lyceum::sip {
namespace {

using lyceum::fuzz::require;

/// serialise(parse(x)) reads as x did; and what goes out once goes out again, byte for byte.
void check_round_trip(const message& m, std::size_t size) {
    const auto text = m.text();
    require(text.size() <= size); // folds are as long as what takes their place; a body may be cut
    const auto again = message::parse(text);
    require(again && again->text() == text);
    require(again->body() == m.body() && again->fields().size() == m.fields().size());
    require(again->status() == m.status() && again->uri() == m.uri() &&
            again->method_name() == m.method_name());
    for (std::size_t i = 0; i < m.fields().size(); ++i) {
        require(m.value(m.fields()[i]) == again->value(again->fields()[i]));
        require(m.name(m.fields()[i]) == again->name(again->fields()[i]));
    }
}

/// Whatever was read may be changed, and is a message still.
void check_changes(message m) {
    const std::string body(m.body());
    const auto vias = m.values(header::via).size();
    m.prepend(header::via, "SIP/2.0/TLS here.test;branch=z9hG4bKx");
    require(m.first(header::via) == "SIP/2.0/TLS here.test;branch=z9hG4bKx");
    require(m.values(header::via).size() == vias + 1);
    m.remove_first(header::via);
    require(m.values(header::via).size() == vias);
    m.replace_first(header::route, "<sip:p.test;lr>");
    m.remove_first(header::via);
    m.set(header::to, m.value(header::from));
    m.set("X-New", m.value(header::contact));
    if (m.is_request() && !m.uri().empty()) m.set_uri(m.uri());
    const auto text = m.text();
    const auto again = message::parse(text,
                                      {.max_bytes = text.size(),
                                       .max_header_bytes = text.size(),
                                       .max_fields = m.fields().size() + 1});
    require(again && again->body() == body && again->has(header::content_length));
    require(again->value(header::to) == again->value(header::from));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto m = message::parse(std::string(reinterpret_cast<const char*>(data), size));
    if (!m) return 0;
    check_round_trip(*m, size);
    check_changes(*m);
    if (m->is_request()) {
        const auto refused = check_request(*m);
        const auto response = make_response(*m, refused ? refused->status : 200, {}, "tag");
        require(message::parse(response.text()).has_value());
        if (!refused) require(!response.to_tag().empty() && response.call_id() == m->call_id());
    }
    for (const auto via : m->values(header::via)) {
        (void)parse_via(via);
    }
    return 0;
}

} // namespace lyceum::sip
