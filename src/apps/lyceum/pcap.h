#pragma once

#include "admin/trace_line.h"
#include "base/bytes.h"

namespace lyceum::apps::console {

/// The head of a pcap file of raw IP packets (LINKTYPE_RAW, 101), little-endian, microseconds.
[[nodiscard]] byte_vector pcap_head();

/// One message as a pcap record. Whatever carried it, it becomes a UDP packet whose server side is
/// port 5060: so Wireshark takes it for SIP, and what was encrypted can be read. A message that
/// fits no UDP packet is cut.
[[nodiscard]] byte_vector pcap_record(const admin::trace_line&);

} // namespace lyceum::apps::console
