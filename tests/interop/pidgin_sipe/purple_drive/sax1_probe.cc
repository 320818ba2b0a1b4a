#include "sax1_probe.h"

#include <dlfcn.h>
#include <libxml/parser.h>

#include <string_view>

namespace purple_drive {
namespace {

using parse_memory = int(xmlSAXHandlerPtr, void*, const char*, int);

void on_start(void* called, const xmlChar*, const xmlChar**) {
    *static_cast<bool*>(called) = true;
}

bool calls_handlers(parse_memory* parse) {
    constexpr std::string_view document = "<a/>";
    xmlSAXHandler handlers{};
    handlers.startElement = on_start;
    handlers.initialized = XML_SAX2_MAGIC;
    bool called = false;
    parse(&handlers, &called, document.data(), static_cast<int>(document.size()));
    return called;
}

} // namespace

const char* probe_sax1() {
    void* library = dlopen("libxml2.so.2", RTLD_NOW);
    void* entry = library == nullptr ? nullptr : dlsym(library, "xmlSAXUserParseMemory");
    if (entry != nullptr && calls_handlers(reinterpret_cast<parse_memory*>(entry))) return "works";
    return calls_handlers(xmlSAXUserParseMemory) ? "cured" : "broken";
}

} // namespace purple_drive
