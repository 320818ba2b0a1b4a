#include "admin/user_file.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::admin {
namespace {

using fields = std::vector<std::string>;

constexpr std::size_t faults_told = 100;

/// Empties the text when there are but blanks in it.
bool is_only_blanks(std::string& text) {
    if (!trim(text).empty()) return false;
    text.clear();
    return true;
}

/// The fields of one line; nothing when its quotes are not closed, or stand where they must not.
/// RFC 4180 2, with blanks around fields
std::optional<fields> read_csv(std::string_view line, char separator) {
    fields out(1);
    bool is_quoted = false; // within quotes
    bool was_quoted = false;
    const auto end_field = [&] {
        if (!std::exchange(was_quoted, false)) out.back() = std::string(trim(out.back()));
    };
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (is_quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
            out.back() += line[++i];
        } else if (is_quoted && c == '"') {
            is_quoted = false;
            was_quoted = true;
        } else if (!is_quoted && c == separator) {
            end_field();
            out.emplace_back();
        } else if (was_quoted && is_blank(c)) {
            continue;
        } else if (!is_quoted && (was_quoted || (c == '"' && !is_only_blanks(out.back())))) {
            return std::nullopt;
        } else if (!is_quoted && c == '"') {
            is_quoted = true;
        } else {
            out.back() += c;
        }
    }
    if (is_quoted) return std::nullopt;
    end_field();
    return out;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// What a file's first line says of the others.
struct form {
    fields columns; ///< none: ADDRESS PASSWORD
    char separator = ',';
};

/// Display Name is display_name.
std::string column_name(std::string_view written) {
    auto out = to_lower(written);
    std::ranges::replace(out, ' ', '_');
    return out;
}

/// The columns that this line names, if that is what it does.
std::optional<form> read_heading(std::string_view line) {
    if (line.find('@') != line.npos) return std::nullopt; // a user
    for (const char separator : {',', ';', '\t'}) {
        auto names = read_csv(line, separator);
        if (!names || names->size() < 2) continue;
        for (auto& n : *names)
            n = column_name(n);
        if (std::ranges::find(*names, "user") != names->end())
            return form{*std::move(names), separator};
    }
    return std::nullopt;
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
std::string read_line(std::string_view line, const form& f, arguments& out) {
    if (f.columns.empty()) {
        line = trim(line);
        const auto end = line.find_first_of(" \t");
        if (end == line.npos) {
            return "has no password; a line is ADDRESS PASSWORD, or the first one names columns: "
                   "user,password,display_name";
        }
        out.texts["user"] = line.substr(0, end);
        out.texts["password"] = trim(line.substr(end));
    } else {
        const auto read = read_csv(line, f.separator);
        if (!read) return "has quotes that do not fit";
        if (read->size() != f.columns.size()) {
            return "has " + std::to_string(read->size()) + " fields for " +
                   std::to_string(f.columns.size()) + " columns";
        }
        for (std::size_t i = 0; i < f.columns.size(); ++i) {
            // An empty field says nothing, so that what may be left out can be left out of one
            // line.
            if (!(*read)[i].empty()) out.texts[f.columns[i]] = (*read)[i];
        }
    }
    for (const char* needed : {"user", "password"}) {
        if (!out.texts.contains(needed)) return "has no " + std::string(needed);
    }
    for (const auto& [name, value] : out.texts) {
        if (std::ranges::any_of(value, is_control)) return "has a tab in its " + name;
    }
    return {};
}

/// What no line may have; empty when it has none of it. Tabs may separate.
std::string control_character_of(std::string_view line) {
    const auto at = std::ranges::find_if(line, [](char c) { return is_control(c) && c != '\t'; });
    if (at == line.end()) return {};
    if (*at == '\r') return "has a carriage return inside; lines end with LF or CR LF";
    const auto octet = static_cast<std::uint8_t>(*at);
    return "has a control character, 0x" + to_upper_hex(byte_view(&octet, 1));
}

} // namespace

user_file read_user_file(const std::vector<std::string>& lines) {
    user_file out;
    form f;
    bool is_first = true;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::string_view line = lines[i];
        if (i == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto bare = trim(line);
        // Below a heading # is what a field may begin with, a password above all.
        if (bare.empty() || (bare.starts_with('#') && f.columns.empty())) {
            // Unless a carriage return ended it: then there is more than a remark.
            if (line.find('\r') == line.npos) continue;
        }
        if (auto why = control_character_of(line); !why.empty()) {
            out.bad.push_back({i + 1, std::move(why)});
            is_first = false;
            continue;
        }
        if (std::exchange(is_first, false)) {
            if (auto heading = read_heading(line)) {
                f = *std::move(heading);
                if (auto why = fault_of(f.columns); !why.empty()) {
                    out.bad.push_back({i + 1, std::move(why)});
                    return out;
                }
                continue;
            }
        }
        listed_user u{i + 1, {}};
        if (auto why = read_line(line, f, u.what); why.empty()) {
            out.users.push_back(std::move(u));
        } else {
            out.bad.push_back({i + 1, std::move(why)});
        }
    }
    return out;
}

failure wrong_lines(const std::map<std::size_t, std::string>& faults) {
    const auto n = faults.size();
    failure out{"refused",
                n == 1 ? "1 line is wrong; nobody was added"
                       : std::to_string(n) + " lines are wrong; nobody was added"};
    for (const auto& [line, why] : faults) {
        if (out.lines.size() == faults_told) break;
        out.lines.push_back({line, why});
    }
    out.more_lines = n - out.lines.size();
    return out;
}

} // namespace lyceum::admin
