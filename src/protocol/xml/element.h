#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::xml {

/// An attribute; ns is empty unless it has a prefix. Namespaces in XML 1.0, 6.2
struct attribute {
    std::string name; ///< local name
    std::string value;
    std::string prefix;
    std::string ns;

    friend bool operator==(const attribute&, const attribute&) = default;
};

/// A namespace declaration as it stands on an element; prefix empty: the default namespace.
struct declaration {
    std::string prefix;
    std::string ns;

    friend bool operator==(const declaration&, const declaration&) = default;
};

struct node;

/// One element of a document, owned. Comments and processing instructions are not kept; CDATA is
/// text. Lookups are by local name, whatever the namespace: the clients differ in what they
/// declare.
struct element {
    std::string name; ///< local name
    std::string prefix;
    std::string ns; ///< empty: in no namespace
    std::vector<attribute> attributes;
    std::vector<declaration> declarations;
    std::vector<node> content; ///< elements and text in document order

    /// The first child element of that name; nullptr when there is none. Points into this element.
    [[nodiscard]] const element* child(std::string_view local_name) const;
    /// The first element at the end of a path of names below this one: find("Body/addGroup").
    [[nodiscard]] const element* find(std::string_view path) const;
    /// All child elements, or those of that name, in order. They point into this element.
    [[nodiscard]] std::vector<const element*> children(std::string_view local_name = {}) const;
    /// The value of the first attribute of that local name.
    [[nodiscard]] std::optional<std::string_view>
    attribute_value(std::string_view local_name) const;
    /// The same, or the empty text.
    [[nodiscard]] std::string_view attribute_or_empty(std::string_view local_name) const;
    /// The character data directly in this element, joined; not that of its children.
    [[nodiscard]] std::string text() const;
    /// The trimmed text of a child; nothing when there is no such child.
    [[nodiscard]] std::optional<std::string> child_text(std::string_view local_name) const;
};

bool operator==(const element&, const element&);

/// A piece of an element's content: an element, or character data when element is empty.
struct node {
    std::string text;
    std::optional<element> child;
};

bool operator==(const node&, const node&);

/// Decimal digits of an attribute or text, blanks around them allowed.
[[nodiscard]] std::optional<std::uint32_t> number(std::string_view text);
/// xs:boolean: true, false, 1, 0; any case.
[[nodiscard]] std::optional<bool> boolean(std::string_view text);

} // namespace lyceum::xml
