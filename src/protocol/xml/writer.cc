#include "protocol/xml/writer.h"

#include "base/check.h"
#include "base/text.h"

#include <algorithm>

namespace lyceum::xml {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

/// The length of the UTF-8 character at the start of s that XML 1.0 2.2 allows, or 0.
std::size_t allowed(std::string_view s) {
    const auto lead = static_cast<unsigned char>(s[0]);
    if (lead < 0x20) return lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || s.size() < length || !is_utf8(s.substr(0, length))) return 0;
    const bool noncharacter = s.starts_with("\xEF\xBF\xBE") || s.starts_with("\xEF\xBF\xBF");
    return noncharacter ? 0 : length;
}

enum class place { text, attribute };

void escape(std::string& out, std::string_view value, place where) {
    while (!value.empty()) {
        const auto length = allowed(value);
        const char c = value[0];
        if (length == 0) {
            out += replacement;
        } else if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;"; // ]]> may not stand in text
        } else if (c == '\r') {
            out += "&#13;"; // a reader would make a line feed of it. XML 1.0 2.11
        } else if (where == place::attribute && c == '"') {
            out += "&quot;";
        } else if (where == place::attribute && (c == '\n' || c == '\t')) {
            out += c == '\n' ? "&#10;" : "&#9;"; // a reader would make a blank of it. XML 1.0 3.3.3
        } else {
            out += value.substr(0, length);
        }
        value.remove_prefix(std::max<std::size_t>(length, 1));
    }
}

std::string qualified(std::string_view prefix, std::string_view name) {
    std::string out(prefix);
    if (!out.empty()) out += ':';
    return out += name;
}

using scope = std::vector<declaration>; ///< innermost last

/// What a prefix means in a scope; empty when it was never declared.
std::string_view meaning(const scope& declared, std::string_view prefix) {
    if (prefix == "xml") return "http://www.w3.org/XML/1998/namespace";
    const auto at = std::find_if(declared.rbegin(), declared.rend(), [&](const declaration& d) {
        return d.prefix == prefix;
    });
    return at == declared.rend() ? std::string_view{} : std::string_view(at->ns);
}

// The recursion is bounded by the depth that parse() let in.
void write(writer& w, const element& e, scope& declared) {
    const auto before = declared.size();
    w.open(qualified(e.prefix, e.name));
    const auto declare = [&](const declaration& d) {
        w.attr(d.prefix.empty() ? "xmlns" : "xmlns:" + d.prefix, d.ns);
        declared.push_back(d);
    };
    for (const auto& d : e.declarations)
        declare(d);
    if (meaning(declared, e.prefix) != e.ns) declare({e.prefix, e.ns});
    for (const auto& a : e.attributes) {
        if (!a.prefix.empty() && meaning(declared, a.prefix) != a.ns) declare({a.prefix, a.ns});
    }
    for (const auto& a : e.attributes)
        w.attr(qualified(a.prefix, a.name), a.value);
    for (const auto& n : e.content) {
        if (n.child) {
            write(w, *n.child, declared);
        } else {
            w.text(n.text);
        }
    }
    w.close();
    declared.resize(before);
}

} // namespace

void writer::end_start_tag() {
    if (in_start_tag_) out_ += '>';
    in_start_tag_ = false;
}

writer& writer::open(std::string_view name) {
    end_start_tag();
    out_ += '<';
    out_ += name;
    open_.emplace_back(name);
    in_start_tag_ = true;
    return *this;
}

writer& writer::attr(std::string_view name, std::string_view value) {
    LYCEUM_CHECK(in_start_tag_);
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    escape(out_, value, place::attribute);
    out_ += '"';
    return *this;
}

writer& writer::attr(std::string_view name, std::uint64_t value) {
    std::string digits;
    append_number(digits, value);
    return attr(name, std::string_view(digits));
}

writer& writer::text(std::string_view value) {
    if (value.empty()) return *this;
    end_start_tag();
    escape(out_, value, place::text);
    return *this;
}

writer& writer::raw(std::string_view fragment) {
    if (fragment.empty()) return *this;
    end_start_tag();
    out_ += fragment;
    return *this;
}

writer& writer::close() {
    LYCEUM_CHECK(!open_.empty());
    if (in_start_tag_) {
        out_ += "/>";
        in_start_tag_ = false;
    } else {
        out_ += "</";
        out_ += open_.back();
        out_ += '>';
    }
    open_.pop_back();
    return *this;
}

writer& writer::leaf(std::string_view name, std::string_view value) {
    return open(name).text(value).close();
}

writer& writer::leaf(std::string_view name, std::uint64_t value) {
    std::string digits;
    append_number(digits, value);
    return leaf(name, std::string_view(digits));
}

std::string outer(const element& e) {
    std::string out;
    writer w(out);
    scope declared;
    write(w, e, declared);
    return out;
}

std::string inner(const element& e) {
    std::string out;
    for (const auto& n : e.content) {
        if (n.child) {
            out += outer(*n.child);
        } else {
            escape(out, n.text, place::text);
        }
    }
    return out;
}

} // namespace lyceum::xml
