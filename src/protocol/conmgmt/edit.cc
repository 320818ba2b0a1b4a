#include "protocol/conmgmt/edit.h"

#include "base/overloaded.h"
#include "base/text.h"
#include "protocol/conmgmt/contact_element.h"
#include "protocol/soap/soap.h"

namespace lyceum::conmgmt {
namespace {

constexpr std::string_view methods_ns =
    "http://schemas.microsoft.com/winrtc/2002/11/sip"; // [MS-SIP] 4.6
constexpr auto rule = "[MS-SIP] 2.2.4.2";

std::unexpected<parse_error> bad() {
    return std::unexpected(parse_error{malformed::bad_value, 0, rule});
}

std::string text_of(const xml::element& method, std::string_view name) {
    return method.child_text(name).value_or(std::string{});
}

std::optional<std::uint32_t> number_of(const xml::element& method, std::string_view name) {
    return xml::number(text_of(method, name));
}

parsed<people::set_contact> read_set_contact(const xml::element& method) {
    const auto uri = bare_uri(text_of(method, "URI"));
    const auto groups = read_group_ids(text_of(method, "groups"));
    const auto subscribed = xml::boolean(method.child_text("subscribed").value_or("true"));
    if (!uri || !groups || !subscribed) return bad();
    people::set_contact out{{
        .uri = *uri,
        .name = text_of(method, "displayName"),
        .groups = *groups,
        .subscribed = *subscribed,
        .external_uri = text_of(method, "externalURI"),
        .extension = {},
    }};
    if (const auto* extension = method.child("contactExtension"))
        out.contact.extension = xml::inner(*extension);
    return out;
}

parsed<people::contact_change> read_change(const xml::element& method) {
    if (method.name == "setContact") {
        LYCEUM_TRY(auto change, read_set_contact(method));
        return change;
    }
    if (method.name == "deleteContact") {
        auto uri = bare_uri(text_of(method, "URI"));
        if (!uri) return bad();
        return people::delete_contact{*std::move(uri)};
    }
    const auto name = method.child_text("name");
    if (method.name == "addGroup") {
        if (!name) return bad();
        return people::add_group{*name, text_of(method, "externalURI")};
    }
    const auto id = number_of(method, "groupID");
    if (!id) return bad();
    if (method.name == "deleteGroup") return people::delete_group{*id};
    if (!name) return bad();
    return people::modify_group{*id, *name, text_of(method, "externalURI")};
}

bool is_edit(std::string_view name) {
    return name == "setContact" || name == "deleteContact" || name == "addGroup" ||
           name == "modifyGroup" || name == "deleteGroup";
}

/// Writes the envelope around one method whose elements fill writes.
template <class Fill>
std::string call(std::string_view name, Fill fill) {
    std::string body;
    xml::writer w(body);
    w.open("m:" + std::string(name)).attr("xmlns:m", methods_ns);
    fill(w);
    w.close();
    return soap::envelope(body);
}

void write_contact(xml::writer& w, const people::contact& c) {
    w.leaf("m:displayName", c.name);
    w.leaf("m:groups", write_group_ids(c.groups));
    w.leaf("m:subscribed", c.subscribed ? "true" : "false");
    w.leaf("m:URI", "sip:" + c.uri);
    w.leaf("m:externalURI", c.external_uri);
}

void write_group(xml::writer& w, const std::string& name, const std::string& external_uri) {
    w.leaf("m:name", name);
    w.leaf("m:externalURI", external_uri);
}

} // namespace

parsed<soap_request> parse_soap_request(std::string_view document) {
    LYCEUM_TRY(const auto message, soap::parse(document));
    const auto& method = message.method();
    const auto delta = number_of(method, "deltaNum");
    if (is_edit(method.name)) {
        if (!delta) return bad();
        LYCEUM_TRY(auto change, read_change(method));
        return edit{std::move(change), *delta};
    }
    if (method.name == "setACE") {
        if (!delta) return bad();
        return set_ace{
            text_of(method, "type"), text_of(method, "mask"), text_of(method, "rights"), *delta};
    }
    return other_method{method.name};
}

std::string serialise(const edit& e) {
    const auto with_delta = [&](std::string_view name, auto fill) {
        return call(name, [&](xml::writer& w) {
            fill(w);
            w.leaf("m:deltaNum", e.delta_num);
        });
    };
    return std::visit(overloaded{
                          [&](const people::add_group& c) {
                              return with_delta("addGroup", [&](xml::writer& w) {
                                  write_group(w, c.name, c.external_uri);
                              });
                          },
                          [&](const people::modify_group& c) {
                              return with_delta("modifyGroup", [&](xml::writer& w) {
                                  w.leaf("m:groupID", c.id);
                                  write_group(w, c.name, c.external_uri);
                              });
                          },
                          [&](const people::delete_group& c) {
                              return with_delta("deleteGroup",
                                                [&](xml::writer& w) { w.leaf("m:groupID", c.id); });
                          },
                          [&](const people::set_contact& c) {
                              return call("setContact", [&](xml::writer& w) {
                                  write_contact(w, c.contact);
                                  w.leaf("m:deltaNum", e.delta_num);
                                  if (!c.contact.extension.empty()) {
                                      w.open("m:contactExtension").raw(c.contact.extension).close();
                                  }
                              });
                          },
                          [&](const people::delete_contact& c) {
                              return with_delta("deleteContact", [&](xml::writer& w) {
                                  w.leaf("m:URI", "sip:" + c.uri);
                              });
                          },
                      },
                      e.change);
}

std::string serialise(const set_ace& a) {
    return call("setACE", [&](xml::writer& w) {
        w.leaf("m:type", a.type)
            .leaf("m:mask", a.mask)
            .leaf("m:rights", a.rights)
            .leaf("m:deltaNum", a.delta_num);
    });
}

std::string add_group_reply(std::uint32_t group_id) {
    return call("addGroup", [&](xml::writer& w) { w.leaf("m:groupID", group_id); });
}

parsed<std::uint32_t> parse_add_group_reply(std::string_view document) {
    LYCEUM_TRY(const auto message, soap::parse(document));
    const auto id = number_of(message.method(), "groupID");
    if (message.method().name != "addGroup" || !id) return bad();
    return *id;
}

} // namespace lyceum::conmgmt
