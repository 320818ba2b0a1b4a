#pragma once

#include "protocol/inband/provision.h"

#include <cstdint>
#include <optional>
#include <string>

// The groups as values. A member that is empty is not written: clients take an element for an
// existing service.
namespace lyceum::inband {

/// Whether audio and video between two clients are encrypted. digest MS-SIPREGE 3.7.3
enum class av_encryption : std::uint8_t { support, do_not_support, require };

/// A range of UDP ports, both ends within.
struct port_range {
    std::uint16_t lowest = 0;
    std::uint16_t highest = 0;
};

/// Where this deployment's services are, and how clients are to behave. digest MS-SIPREGE 3.7.3
struct server_configuration {
    std::string focus_factory_uri = {}; ///< sip: uri of the user's conference factory
    std::string mras_uri = {};          ///< sip: uri of the A/V Edge's token service
    std::string test_call_uri = {};     ///< sip: uri of the audio test
    std::string abs_internal_url = {};  ///< address book files
    std::string abs_external_url = {};
    std::string dlx_internal_url = {}; ///< distribution list expansion and address book queries
    std::string dlx_external_url = {};
    std::string organization = {};
    std::string helpdesk_internal_url = {};
    std::string helpdesk_external_url = {};
    std::optional<av_encryption> encryption =
        {}; ///< seen: pidgin-sipe takes its absence for no encryption
    std::optional<port_range> media_ports = {};
};
[[nodiscard]] provision_group to_group(const server_configuration&);

/// What a user may do with calls. [MS-SIPREGE] 2.2.2.5.3
struct uc_policy {
    bool simultaneous_ringing = false;
    bool call_forwarding = false;
    bool call_transfer = false;
    bool call_park = false;
    bool team_call = false;
    bool delegation = false;
    bool malicious_call_trace = false;
};
[[nodiscard]] provision_group to_group(const uc_policy&);

/// [MS-SIPREGE] 2.2.2.5.5
struct user_setting {
    bool disable_file_transfer = false;
    std::string location_profile = {}; ///< the user's dial plan; empty if he has none
    bool common_area_phone = false;
};
[[nodiscard]] provision_group to_group(const user_setting&);

/// [MS-SIPREGE] 2.2.2.5.7
struct location_policy {
    bool enhanced_emergency_services = false;
};
[[nodiscard]] provision_group to_group(const location_policy&);

/// Whether media may go past the mediation server. [MS-SIPREGE] 2.2.2.5.8
struct media_configuration {
    bool bypass = false;
};
[[nodiscard]] provision_group to_group(const media_configuration&);

/// digest MS-SIPREGE 3.7.13
struct persistent_chat_configuration {
    std::string pool_uri = {}; ///< sip: uri; empty: there is no group chat
};
[[nodiscard]] provision_group to_group(const persistent_chat_configuration&);

} // namespace lyceum::inband
