#include "protocol/pres/contact_card.h"

#include "protocol/pres/names.h"
#include "protocol/xml/parse.h"
#include "protocol/xml/writer.h"

namespace lyceum::pres {

std::string serialise(const contact_card& c) {
    std::string out;
    xml::writer w(out);
    w.open("contactCard").attr("xmlns", ns::contact_card).open("identity");
    if (!c.display_name.empty()) w.open("name").leaf("displayName", c.display_name).close();
    if (!c.email.empty()) w.leaf("email", c.email);
    w.close().close();
    return out;
}

parsed<contact_card> parse_contact_card(std::string_view content) {
    LYCEUM_TRY(const auto root, xml::parse(content));
    if (root.name != "contactCard") {
        return std::unexpected(parse_error{malformed::bad_value, 0, "digest MS-PRES 3.10"});
    }
    contact_card out;
    if (const auto* name = root.find("identity/name/displayName")) out.display_name = name->text();
    if (const auto* email = root.find("identity/email")) out.email = email->text();
    return out;
}

} // namespace lyceum::pres
