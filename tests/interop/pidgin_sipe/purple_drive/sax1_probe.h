#pragma once

namespace purple_drive {

/// How libxml2 treats a handler table without namespaces that is labelled as version 2, the kind
/// pidgin-sipe uses: "works", "cured" (by ../../../packaging/pidgin_libxml2_cure, which is
/// linked in), or "broken".
[[nodiscard]] const char* probe_sax1();

} // namespace purple_drive
