#include "base/settings/catalogue.h"

#include "base/settings/units.h"

namespace lyceum::settings {
namespace {

/// What may stand there, in words; empty when anything may.
std::string range(const field& f) {
    std::string out;
    if (!f.choices.empty()) {
        out = f.what == kind::list ? "of " : "one of ";
        for (const auto& c : f.choices)
            out += (&c == f.choices.data() ? "" : ", ") + c;
    } else if (f.what == kind::number) {
        out = std::to_string(f.least) + " to " + std::to_string(f.most);
    } else if (f.what == kind::octets && f.most != std::numeric_limits<std::int64_t>::max()) {
        out = octets_text(f.least) + " to " + octets_text(f.most);
    } else if (f.what == kind::duration && f.most != std::numeric_limits<std::int64_t>::max()) {
        out = duration_text(f.least) + " to " + duration_text(f.most);
    }
    if (!f.unit.empty()) out += (out.empty() ? "" : " ") + f.unit;
    return out;
}

/// One comment line of at most a hundred columns or so after another.
void comment(std::string& out, std::string_view text) {
    constexpr std::size_t width = 98;
    while (!text.empty()) {
        auto end = text.size();
        if (end > width) {
            end = text.rfind(' ', width);
            if (end == std::string_view::npos || end == 0) end = text.size();
        }
        out += "# ";
        out += text.substr(0, end);
        out += '\n';
        text.remove_prefix(end);
        while (text.starts_with(' '))
            text.remove_prefix(1);
    }
}

std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

} // namespace

std::string to_text(const std::vector<problem>& problems, std::string_view file) {
    std::string out;
    for (const auto& p : problems) {
        if (!out.empty()) out += '\n';
        out += file;
        if (p.line != 0) out += ":" + std::to_string(p.line);
        if (!p.key.empty()) out += ": " + p.key;
        out += ": " + p.what;
    }
    return out;
}

std::vector<problem> catalogue::check() const {
    std::vector<problem> out;
    for (const auto& s : sections_) {
        for (const auto& f : s.fields) {
            if (auto why = f.objection(); !why.empty())
                out.push_back({0, s.name + "." + f.name, std::move(why)});
        }
    }
    return out;
}

std::string catalogue::to_toml(std::string_view heading) const {
    std::string out;
    comment(out, heading);
    for (const auto& s : sections_) {
        out += '\n';
        comment(out, s.sentence);
        out += "[" + s.name + "]\n";
        for (const auto& f : s.fields) {
            const auto allowed = range(f);
            comment(out, f.sentence + (allowed.empty() ? "" : " (" + allowed + ")"));
            out += f.name + " = " + f.toml() + "\n";
        }
    }
    return out;
}

std::string catalogue::to_markdown(std::string_view heading) const {
    std::string out(heading);
    for (const auto& s : sections_) {
        out += "\n## [" + s.name + "]\n\n" + s.sentence + "\n\n";
        out += "| key | default | allowed | restart | meaning |\n|---|---|---|---|---|\n";
        for (const auto& f : s.fields) {
            out += "| `" + f.name + "` | `" + cell(f.toml()) + "` | " + cell(range(f)) + " | " +
                   (f.restart ? "yes" : "no") + " | " + cell(f.sentence) + " |\n";
        }
    }
    return out;
}

} // namespace lyceum::settings
