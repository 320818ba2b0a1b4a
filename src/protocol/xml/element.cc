#include "protocol/xml/element.h"

#include "base/text.h"

#include <algorithm>

namespace lyceum::xml {

bool operator==(const node& a, const node& b) {
    return a.text == b.text && a.child == b.child;
}

bool operator==(const element& a, const element& b) {
    return a.name == b.name && a.prefix == b.prefix && a.ns == b.ns &&
           a.attributes == b.attributes && a.declarations == b.declarations &&
           a.content == b.content;
}

const element* element::child(std::string_view local_name) const {
    for (const auto& n : content) {
        if (n.child && n.child->name == local_name) return &*n.child;
    }
    return nullptr;
}

const element* element::find(std::string_view path) const {
    const element* here = this;
    while (here != nullptr && !path.empty())
        here = here->child(split_first(path, '/'));
    return here;
}

std::vector<const element*> element::children(std::string_view local_name) const {
    std::vector<const element*> out;
    for (const auto& n : content) {
        if (n.child && (local_name.empty() || n.child->name == local_name))
            out.push_back(&*n.child);
    }
    return out;
}

std::optional<std::string_view> element::attribute_value(std::string_view local_name) const {
    const auto at = std::ranges::find(attributes, local_name, &attribute::name);
    if (at == attributes.end()) return std::nullopt;
    return at->value;
}

std::string_view element::attribute_or_empty(std::string_view local_name) const {
    return attribute_value(local_name).value_or(std::string_view{});
}

std::string element::text() const {
    std::string out;
    for (const auto& n : content) {
        if (!n.child) out += n.text;
    }
    return out;
}

std::optional<std::string> element::child_text(std::string_view local_name) const {
    const auto* e = child(local_name);
    if (e == nullptr) return std::nullopt;
    return std::string(trim(e->text()));
}

std::optional<std::uint32_t> number(std::string_view text) {
    return to_u32(trim(text));
}

std::optional<bool> boolean(std::string_view text) {
    text = trim(text);
    if (iequals(text, "true") || text == "1") return true;
    if (iequals(text, "false") || text == "0") return false;
    return std::nullopt;
}

} // namespace lyceum::xml
