#include "protocol/soap/soap.h"

#include "protocol/xml/writer.h"

namespace lyceum::soap {
namespace {

constexpr std::string_view ns = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr auto rule = "SOAP 1.1 4";

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

} // namespace

parsed<message> parse(std::string_view document, const xml::limits& bounds) {
    LYCEUM_TRY(auto root, xml::parse(document, bounds));
    if (root.name != "Envelope") return bad();
    for (auto& n : root.content) {
        if (n.child && n.child->name == "Body") {
            message out{*std::move(n.child)};
            if (out.body.children().empty()) return bad();
            return out;
        }
    }
    return bad();
}

std::string envelope(std::string_view content) {
    std::string out;
    xml::writer(out)
        .open("s:Envelope")
        .attr("xmlns:s", ns)
        .open("s:Body")
        .raw(content)
        .close()
        .close();
    return out;
}

std::string serialise(const fault& f) {
    std::string body;
    xml::writer(body)
        .open("s:Fault")
        .attr("xmlns:s", ns)
        .leaf("faultcode", f.is_client ? "s:Client" : "s:Server") // unqualified: SOAP 1.1 4.4
        .leaf("faultstring", std::string_view(f.reason))
        .close();
    return envelope(body);
}

parsed<fault> parse_fault(std::string_view document) {
    LYCEUM_TRY(const auto m, parse(document));
    if (m.method().name != "Fault") return bad();
    const auto code = m.method().child_text("faultcode");
    const auto reason = m.method().child_text("faultstring");
    if (!code || !reason) return bad();
    const auto local = code->substr(code->find(':') + 1); // npos + 1 is 0
    const bool is_client = local == "Client" || local.starts_with("Client.");
    if (!is_client && local != "Server" && !local.starts_with("Server.")) return bad();
    return fault{is_client, *reason};
}

} // namespace lyceum::soap
