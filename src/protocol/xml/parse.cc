#include "protocol/xml/parse.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <memory>

namespace lyceum::xml {
namespace {

std::string owned(const xmlChar* s) {
    return s == nullptr ? std::string{} : reinterpret_cast<const char*>(s);
}

std::string owned(const xmlChar* begin, const xmlChar* end) {
    return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin)};
}

/// Collects what libxml2 reports into our elements; stops it at the first thing we do not want.
struct builder {
    const limits* bounds = nullptr;
    xmlParserCtxtPtr parser = nullptr;
    std::vector<element> open; ///< the root first; an element is moved into its parent when it ends
    std::optional<element> root;
    std::uint32_t nodes = 0;
    std::optional<parse_error> refused;

    void refuse(malformed why, const char* rule) {
        if (refused) return;
        const auto at = xmlByteConsumed(parser);
        refused = parse_error{why, at < 0 ? 0 : static_cast<std::uint32_t>(at), rule};
        xmlStopParser(parser);
    }

    bool count(std::size_t more) {
        if (more > bounds->max_nodes - nodes) {
            refuse(malformed::too_large, "xml: max_nodes");
            return false;
        }
        nodes += static_cast<std::uint32_t>(more);
        return true;
    }
};

builder& self(void* context) {
    return *static_cast<builder*>(static_cast<xmlParserCtxtPtr>(context)->_private);
}

extern "C" {

void on_doctype(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
    self(context).refuse(malformed::unsupported, "XML 1.0 2.8");
}

void on_start(void* context,
              const xmlChar* name,
              const xmlChar* prefix,
              const xmlChar* ns,
              int declared,
              const xmlChar** declarations,
              int attributes,
              int,
              const xmlChar** values) {
    auto& b = self(context);
    if (b.refused) return;
    if (b.open.size() >= b.bounds->max_depth) {
        b.refuse(malformed::too_large, "xml: max_depth");
        return;
    }
    if (!b.count(1 + static_cast<std::size_t>(declared) + static_cast<std::size_t>(attributes)))
        return;
    auto& e = b.open.emplace_back();
    e.name = owned(name);
    e.prefix = owned(prefix);
    e.ns = owned(ns);
    for (int i = 0; i < declared; ++i) { // two pointers each: prefix, namespace
        const auto* d = declarations + 2 * static_cast<std::ptrdiff_t>(i);
        e.declarations.push_back({owned(d[0]), owned(d[1])});
    }
    for (int i = 0; i < attributes;
         ++i) { // five pointers each: name, prefix, namespace, value, its end
        const auto* a = values + 5 * static_cast<std::ptrdiff_t>(i);
        e.attributes.push_back({owned(a[0]), owned(a[3], a[4]), owned(a[1]), owned(a[2])});
    }
}

void on_end(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
    auto& b = self(context);
    if (b.refused || b.open.empty()) return;
    auto done = std::move(b.open.back());
    b.open.pop_back();
    if (b.open.empty()) {
        b.root = std::move(done);
    } else {
        b.open.back().content.push_back({{}, std::move(done)});
    }
}

void on_text(void* context, const xmlChar* text, int length) {
    auto& b = self(context);
    if (b.refused || b.open.empty()) return;
    auto& content = b.open.back().content;
    if (content.empty() || content.back().child) { // libxml2 reports one text in several pieces
        if (!b.count(1)) return;
        content.emplace_back();
    }
    content.back().text += owned(text, text + length);
}

// Any error ends the parse. Warnings come with a lower level and do not.
#if LIBXML_VERSION >= 21200
void on_error(void* context, const xmlError* error) {
#else
void on_error(void* context, xmlError* error) {
#endif
    if (error == nullptr || error->level < XML_ERR_ERROR) return;
    self(context).refuse(malformed::bad_value,
                         error->domain == XML_FROM_NAMESPACE ? "Namespaces in XML 1.0 3"
                                                             : "XML 1.0 2.1");
}

} // extern "C"

xmlSAXHandler handlers() {
    xmlSAXHandler h{};
    h.initialized = XML_SAX2_MAGIC;
    h.internalSubset = on_doctype;
    h.externalSubset = on_doctype;
    h.startElementNs = on_start;
    h.endElementNs = on_end;
    h.characters = on_text;
    h.ignorableWhitespace = on_text;
    h.cdataBlock = on_text;
    h.serror = on_error;
    return h;
}

} // namespace

parsed<element> parse(std::string_view document, const limits& bounds) {
    static const bool initialised = (xmlInitParser(), true);
    static_cast<void>(initialised);

    if (document.size() > bounds.max_bytes || document.size() > INT_MAX) {
        return std::unexpected(parse_error{malformed::too_large, 0, "xml: max_bytes"});
    }
    if (document.empty())
        return std::unexpected(parse_error{malformed::truncated, 0, "XML 1.0 2.1"});

    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> parser(
        xmlCreateMemoryParserCtxt(document.data(), static_cast<int>(document.size())),
        xmlFreeParserCtxt);
    if (!parser) return std::unexpected(parse_error{malformed::too_large, 0, "xml: memory"});

    builder b{.bounds = &bounds,
              .parser = parser.get(),
              .open = {},
              .root = {},
              .nodes = 0,
              .refused = {}};
    parser->_private = &b;
    *parser->sax = handlers();
    // NOENT makes &amp; in attributes an ampersand, instead of &#38;. Other entities there are
    // none: the declaration that could bring them has stopped the parser.
    xmlCtxtUseOptions(parser.get(), XML_PARSE_NONET | XML_PARSE_NOENT);
    xmlParseDocument(parser.get());

    if (b.refused) return std::unexpected(*b.refused);
    if (parser->wellFormed == 0 || !b.root) {
        return std::unexpected(parse_error{malformed::bad_value, 0, "XML 1.0 2.1"});
    }
    return *std::move(b.root);
}

} // namespace lyceum::xml
