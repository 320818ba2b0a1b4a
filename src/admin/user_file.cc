#include "admin/user_file.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::admin {
namespace {

using fields = std::vector<std::string>;

/// The fields of one line; nothing when its quotes are not closed, or stand where they must not.
/// RFC 4180 2
std::optional<fields> read_csv(std::string_view line) {
    fields out(1);
    bool is_quoted = false; // within quotes
    bool was_quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (is_quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
            out.back() += line[++i];
        } else if (is_quoted && c == '"') {
            is_quoted = false;
            was_quoted = true;
        } else if (!is_quoted && c == ',') {
            out.emplace_back();
            was_quoted = false;
        } else if (!is_quoted && (was_quoted || (c == '"' && !out.back().empty()))) {
            return std::nullopt;
        } else if (!is_quoted && c == '"') {
            is_quoted = true;
        } else {
            out.back() += c;
        }
    }
    if (is_quoted) return std::nullopt;
    return out;
}

/// What is wrong with the line that names the columns; empty when nothing is.
std::string fault_of(const fields& columns) {
    std::string known;
    for (const auto& a : find_command("user add")->arguments) {
        if (a.what == argument::kind::text) known.append(known.empty() ? "" : ", ").append(a.name);
    }
    for (auto c = columns.begin(); c != columns.end(); ++c) {
        const auto names = split(known, ',');
        if (std::ranges::find(names, *c) == names.end())
            return "column \"" + *c + "\" is none of " + known;
        if (std::find(columns.begin(), c, *c) != c) return "column " + *c + " stands twice";
    }
    const bool is_whole = std::ranges::find(columns, "user") != columns.end() &&
                          std::ranges::find(columns, "password") != columns.end();
    return is_whole ? "" : "the columns user and password are needed";
}

/// Reads one line into arguments; what is wrong with it, or nothing.
std::string read_line(std::string_view line, const fields& columns, arguments& out) {
    if (columns.empty()) {
        const auto end = line.find_first_of(" \t");
        if (end == line.npos) {
            return "has no password; a line is ADDRESS PASSWORD, or the first one names columns: "
                   "user,password,display_name";
        }
        out.texts["user"] = line.substr(0, end);
        out.texts["password"] = trim(line.substr(end));
        return {};
    }
    const auto read = read_csv(line);
    if (!read) return "has quotes that do not fit";
    if (read->size() != columns.size()) {
        return "has " + std::to_string(read->size()) + " fields for " +
               std::to_string(columns.size()) + " columns";
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        // An empty field says nothing, so that what may be left out can be left out of one line.
        if (!(*read)[i].empty()) out.texts[columns[i]] = (*read)[i];
    }
    for (const char* needed : {"user", "password"}) {
        if (!out.texts.contains(needed)) return "has no " + std::string(needed);
    }
    return {};
}

} // namespace

user_file read_user_file(const std::vector<std::string>& lines) {
    user_file out;
    fields columns;
    bool is_first = true;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string_view line = lines[i];
        if (i == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
        line = trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        if (std::exchange(is_first, false)) {
            const auto names = read_csv(line);
            if (names && names->size() > 1 && std::ranges::find(*names, "user") != names->end()) {
                columns = *names;
                if (auto why = fault_of(columns); !why.empty()) {
                    out.bad.push_back({i + 1, std::move(why)});
                    return out;
                }
                continue;
            }
        }
        listed_user u{i + 1, {}};
        if (auto why = read_line(line, columns, u.what); why.empty()) {
            out.users.push_back(std::move(u));
        } else {
            out.bad.push_back({i + 1, std::move(why)});
        }
    }
    return out;
}

} // namespace lyceum::admin
