/*
 * Lets SAX handlers without namespaces work again with Debian 12's libxml2.
 *
 * Seen: libxml2 2.9.14+dfsg-1.3~deb12u4 and deb12u6. A handler table that says it is of version 2
 * (initialized == XML_SAX2_MAGIC) but sets only startElement and endElement, none of their
 * namespace-aware forms, is accepted and never called. pidgin-sipe 1.25 hands over such a table
 * for every XML body it receives, so it signs in and then knows no contacts and no presence.
 *
 * This stands in front of xmlSAXUserParseMemory, the one entry pidgin-sipe uses, and marks such a
 * table as version 1, which it is in truth. A libxml2 without the defect treats both alike.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libxml/parser.h>
#include <stddef.h>

typedef int (*parse_memory)(xmlSAXHandlerPtr, void*, const char*, int);

static parse_memory libxml2_parse_memory(void) {
    static parse_memory found;
    if (found == NULL) {
        found = (parse_memory)dlsym(RTLD_NEXT, "xmlSAXUserParseMemory");
    }
    if (found == NULL) {
        /* Plugins are opened with their libraries kept to themselves: nothing is "next" then. */
        void* library = dlopen("libxml2.so.2", RTLD_NOW);
        if (library != NULL) {
            found = (parse_memory)dlsym(library, "xmlSAXUserParseMemory");
        }
    }
    return found;
}

int xmlSAXUserParseMemory(xmlSAXHandlerPtr sax, void* user_data, const char* buffer, int size) {
    const parse_memory parse = libxml2_parse_memory();
    if (parse == NULL) {
        return -1;
    }
    const int mislabelled = sax != NULL && sax->initialized == XML_SAX2_MAGIC &&
                            sax->startElementNs == NULL && sax->endElementNs == NULL &&
                            (sax->startElement != NULL || sax->endElement != NULL);
    if (!mislabelled) {
        return parse(sax, user_data, buffer, size);
    }
    xmlSAXHandler version1 = *sax;
    version1.initialized = 1;
    return parse(&version1, user_data, buffer, size);
}
