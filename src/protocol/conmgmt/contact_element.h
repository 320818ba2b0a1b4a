#pragma once

#include "base/result.h"
#include "domain/people/contact_list.h"
#include "protocol/xml/writer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What contactList and contactDelta have in common: their group and contact elements. [MS-SIP] 9.1
namespace lyceum::conmgmt {

inline constexpr auto schema_rule = "[MS-SIP] 9.1";

/// Whether a contact's uri is written with its scheme.
enum class scheme { without, with };

void write(xml::writer&, std::string_view element_name, const people::group&);
void write(xml::writer&, std::string_view element_name, const people::contact&, scheme);
parsed<people::group> read_group(const xml::element&);
parsed<people::contact> read_contact(const xml::element&);

/// user@host in lower case from a sip: uri or a bare user@host.
[[nodiscard]] std::optional<std::string> bare_uri(std::string_view uri);
/// Group ids separated by blanks, sorted, each once. 0 stands for none and is left out.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> read_group_ids(std::string_view text);
[[nodiscard]] std::string write_group_ids(const std::vector<std::uint32_t>&);

} // namespace lyceum::conmgmt
