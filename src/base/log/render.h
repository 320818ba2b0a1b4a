#pragma once

#include "base/instant.h"
#include "base/log/log.h"

#include <span>
#include <string>
#include <string_view>

namespace lyceum::log {

/// How a line looks: text for people at a terminal, json (RFC 8259, one object a line) for files.
enum class form : std::uint8_t { text, json };

/// Appends one event as one line with its line end. Whatever the values hold, the line stays one
/// line: control characters, terminal escapes and octets that are not UTF-8 are escaped. Values of
/// fields that is_secret() knows are withheld.
void render(std::string& out,
            form,
            wall_instant,
            level,
            std::string_view area,
            std::string_view event,
            std::span<const field> fields);

/// Whether values under this name never reach a log: passwords, hashes, keys, tickets.
[[nodiscard]] bool is_secret(std::string_view field_name);

/// The word for a level.
[[nodiscard]] std::string_view name(level);

} // namespace lyceum::log
