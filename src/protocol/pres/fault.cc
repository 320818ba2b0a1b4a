#include "protocol/pres/fault.h"

#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

namespace lyceum::pres {
namespace {

constexpr std::string_view code = "Client.BadCall.WrongDelta";

} // namespace

std::string serialise(const wrong_delta& f) { // without namespaces, as the document's example
    std::string out;
    xml::writer w(out);
    w.open("Fault").leaf("Faultcode", code).open("details");
    for (const auto& o : f.operations) {
        w.open("operation")
            .attr("index", o.index)
            .attr("version", o.version)
            .attr("curVersion", o.current_version)
            .close();
    }
    w.close().close();
    return out;
}

parsed<wrong_delta> parse_wrong_delta(std::string_view document) {
    const auto bad = std::unexpected(parse_error{malformed::bad_value, 0, "digest MS-PRES 3.2"});
    LYCEUM_TRY(const auto root, xml::parse(document));
    const auto* details = root.child("details");
    if (root.name != "Fault" || root.child_text("Faultcode") != code || details == nullptr)
        return bad;
    wrong_delta out;
    for (const auto* e : details->children("operation")) {
        const auto index = xml::number(e->attribute_or_empty("index"));
        const auto version = xml::number(e->attribute_or_empty("version"));
        const auto current = xml::number(e->attribute_or_empty("curVersion"));
        if (!index || !version || !current) return bad;
        out.operations.push_back({*index, *version, *current});
    }
    return out;
}

} // namespace lyceum::pres
