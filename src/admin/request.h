#pragma once

#include "admin/command.h"

#include <utility>

namespace lyceum::admin {

/// A request line read and checked against the table: its command and arguments. Codes: usage,
/// unknown_command.
[[nodiscard]] std::expected<std::pair<const command*, arguments>, failure>
read_request(std::string_view line);

/// The request line of a call, without line end: what lyceum sends.
[[nodiscard]] std::string write_request(std::string_view command, const arguments&);

/// The answer line, without line end.
[[nodiscard]] std::string write_answer(const outcome&);
/// {"code":...,"message":...}, and "lines" and "more_lines" of a file.
[[nodiscard]] std::string to_json(const failure&);
/// What an answer line says. An answer that is none is a failure "unavailable".
[[nodiscard]] outcome read_answer(std::string_view line);

} // namespace lyceum::admin
