#include "base/overloaded.h"
#include "base/settings/catalogue.h"
#include "base/settings/units.h"

namespace lyceum::settings {
/// toml++ takes the text to be something that it is not. Its assertions are about the text in
/// places
/// ("[~a]" ends the process otherwise); TOML_ASSERT is its own hook.
struct unforeseen {};
static void give_up() {
    throw unforeseen();
}
} // namespace lyceum::settings
#define TOML_ASSERT(expr) ((expr) ? void() : lyceum::settings::give_up())
#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

namespace lyceum::settings {
namespace {

std::uint32_t line_of(const toml::node& n) {
    return n.source().begin.line;
}

/// Why the node could not be set; empty when it was.
std::string set_number(const field& f, const number_slot& slot, const toml::node& n) {
    std::optional<std::int64_t> v;
    if (f.what == kind::number) {
        v = n.value_exact<std::int64_t>();
        if (!v) return "must be a whole number";
    } else if (f.what == kind::duration) {
        if (const auto text = n.value_exact<std::string>()) v = parse_duration(*text);
        if (!v) {
            return "must be a duration with its unit, such as \"15 s\" (ns, us, ms, s, min, h, d)";
        }
    } else {
        const auto text = n.value_exact<std::string>();
        v = text ? parse_octets(*text) : n.value_exact<std::int64_t>();
        if (!v) return "must be a size with its unit, such as \"4 MiB\" (B, KiB, MiB, GiB)";
    }
    if (*v < f.least || *v > f.most) {
        const auto text = [&](std::int64_t x) {
            if (f.what == kind::duration) return duration_text(x);
            return f.what == kind::octets ? octets_text(x) : std::to_string(x);
        };
        return text(*v) + " is not between " + text(f.least) + " and " + text(f.most);
    }
    slot.set(slot.where, *v);
    return {};
}

std::string set(const field& f, const toml::node& n) {
    const auto why = std::visit(overloaded{
                                    [&](bool* b) -> std::string {
                                        const auto v = n.value_exact<bool>();
                                        if (!v) return "must be true or false";
                                        *b = *v;
                                        return {};
                                    },
                                    [&](std::string* s) -> std::string {
                                        auto v = n.value_exact<std::string>();
                                        if (!v) return "must be a text in quotes";
                                        *s = std::move(*v);
                                        return {};
                                    },
                                    [&](std::vector<std::string>* items) -> std::string {
                                        const auto* array = n.as_array();
                                        if (array == nullptr)
                                            return "must be a list of texts: [\"a\", \"b\"]";
                                        items->clear();
                                        for (const auto& item : *array) {
                                            auto v = item.value_exact<std::string>();
                                            if (!v)
                                                return "must be a list of texts: [\"a\", \"b\"]";
                                            items->push_back(std::move(*v));
                                        }
                                        return {};
                                    },
                                    [&](const number_slot& slot) { return set_number(f, slot, n); },
                                },
                                f.slot);
    return why.empty() ? f.objection() : why;
}

std::string
unknown(std::string_view word, std::string_view prefix, std::span<const std::string> names) {
    const auto near = nearest(word, names);
    if (near.empty()) return "unknown";
    return "unknown; did you mean " + std::string(prefix) + near + "?";
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& things) {
    std::vector<std::string> out;
    out.reserve(things.size());
    for (const auto& t : things)
        out.push_back(t.name);
    return out;
}

void read_section(const section& s, const toml::table& table, std::vector<problem>& problems) {
    for (const auto& [key, node] : table) {
        const std::string full = s.name + "." + std::string(key.str());
        const auto f = std::ranges::find(s.fields, key.str(), &field::name);
        auto why = f == s.fields.end() ? unknown(key.str(), s.name + ".", names_of(s.fields))
                                       : set(*f, node);
        if (!why.empty()) problems.push_back({line_of(node), full, std::move(why)});
    }
}

/// The first line with a letter beyond ASCII outside of quotes and comments, where TOML 1.0 has
/// none; 0 when there is none. toml++ 3.3 must not get to see one: it takes most of them for
/// impossible (TOML_UNREACHABLE in is_non_ascii_horizontal_whitespace), which is undefined
/// behaviour.
std::uint32_t line_with_stray_letter(std::string_view text) {
    std::uint32_t line = 1;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3); // a byte order mark
    std::string_view fence; // what ends the text or comment that we are in
    while (!text.empty()) {
        const char c = text.front();
        std::size_t taken = 1;
        if (c == '\n') {
            ++line;
            if (fence.size() == 1) fence = {}; // only """ and ''' go on
        } else if (!fence.empty()) {
            if (c == '\\' && fence.front() == '"') {
                taken = text.size() > 1 && text[1] != '\n' ? 2 : 1;
            } else if (text.starts_with(fence)) {
                taken = fence.size();
                fence = {};
            }
        } else if (c == '#') {
            fence = "\n";
        } else if (c == '"' || c == '\'') {
            fence = c == '"' ? "\"\"\"" : "'''";
            if (!text.starts_with(fence)) fence = fence.substr(0, 1);
            taken = fence.size();
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            return line;
        }
        text.remove_prefix(taken);
    }
    return 0;
}

} // namespace

std::expected<void, std::vector<problem>> catalogue::read(std::string_view toml_text) const {
    std::vector<problem> problems;
    if (const auto line = line_with_stray_letter(toml_text)) {
        problems.push_back({line, {}, "only ASCII may stand outside of quotes and comments"});
        return std::unexpected(std::move(problems));
    }
    toml::table root;
    try {
        root = toml::parse(toml_text);
    } catch (const toml::parse_error& e) {
        problems.push_back({e.source().begin.line, {}, std::string(e.description())});
        return std::unexpected(std::move(problems));
    } catch (const unforeseen&) {
        problems.push_back({0, {}, "is not TOML: something else stands where a name has to"});
        return std::unexpected(std::move(problems));
    }
    for (const auto& [key, node] : root) {
        const std::string name(key.str());
        const auto s = std::ranges::find(sections_, name, &section::name);
        if (s == sections_.end()) {
            problems.push_back({line_of(node), name, unknown(name, {}, names_of(sections_))});
        } else if (const auto* table = node.as_table()) {
            read_section(*s, *table, problems);
        } else {
            problems.push_back({line_of(node), name, "must be a table: [" + name + "]"});
        }
    }
    if (problems.empty()) return {};
    // toml++ walks tables by name; people read files by line.
    std::ranges::sort(problems, [](const problem& a, const problem& b) {
        return std::tie(a.line, a.key) < std::tie(b.line, b.key);
    });
    return std::unexpected(std::move(problems));
}

} // namespace lyceum::settings
