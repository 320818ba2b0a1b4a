#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "protocol/xml/writer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::pres {

/// How long a publication lasts. digest MS-PRES 3.3
enum class expire_type : std::uint8_t {
    never,    ///< static: until replaced or deleted
    endpoint, ///< until the registration of the endpoint that published it ends
    user,     ///< until the user's last endpoint goes
    time,     ///< until expires seconds have passed
};
[[nodiscard]] std::string_view word(expire_type);
[[nodiscard]] std::optional<expire_type> read_expire_type(std::string_view);

/// One category element: an instance of a user's published data, or the sign that there is none
/// left. Which attributes are there depends on who reads it. digest MS-PRES 3.4
struct category {
    std::string name;
    std::optional<std::uint32_t> instance = {};  ///< nothing: no instance left
    std::optional<std::uint16_t> container = {}; ///< never told to watchers
    std::optional<std::uint32_t> version = {};   ///< likewise
    std::optional<wall_instant> publish_time = {};
    std::optional<expire_type> expires_with = {}; ///< likewise
    std::optional<std::uint32_t> expires = {};    ///< seconds; likewise
    std::string endpoint_id = {};                 ///< of an endpoint-bound one; likewise
    std::string content = {}; ///< the value: one element that stands alone, or nothing

    friend bool operator==(const category&, const category&) = default;
};

void write(xml::writer&, const category&);
parsed<category> read_category(const xml::element&);
/// The category children of an element.
parsed<std::vector<category>> read_categories(const xml::element& parent);

/// What a watcher is told about one user. digest MS-PRES 3.4
struct categories {
    std::string uri; ///< sip: uri of the user
    std::vector<category> entries;

    friend bool operator==(const categories&, const categories&) = default;
};
[[nodiscard]] std::string serialise(const categories&);
parsed<categories> parse_categories(std::string_view document);

} // namespace lyceum::pres
