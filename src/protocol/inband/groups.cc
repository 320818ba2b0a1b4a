#include "protocol/inband/groups.h"

#include "base/text.h"

#include <utility>

namespace lyceum::inband {
namespace {

std::string word(bool b) {
    return b ? "true" : "false";
}

std::string word(av_encryption e) {
    switch (e) {
    case av_encryption::support:
        return "SupportEncryption";
    case av_encryption::do_not_support:
        return "DoNotSupportEncryption";
    case av_encryption::require:
        return "RequireEncryption";
    }
    std::unreachable();
}

std::string word(std::uint16_t n) {
    std::string out;
    append_number(out, n);
    return out;
}

} // namespace

provision_group to_group(const server_configuration& c) {
    provision_group out{.name = "ServerConfiguration", .properties = {}};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) out.properties.push_back({name, value});
    };
    add("organization", c.organization);
    add("focusFactoryUri", c.focus_factory_uri);
    add("mrasUri", c.mras_uri);
    add("botSipUriForTestCall", c.test_call_uri);
    add("absInternalServerUrl", c.abs_internal_url);
    add("absExternalServerUrl", c.abs_external_url);
    add("dlxInternalUrl", c.dlx_internal_url);
    add("dlxExternalUrl", c.dlx_external_url);
    add("helpdeskInternalUrl", c.helpdesk_internal_url);
    add("helpdeskExternalUrl", c.helpdesk_external_url);
    if (c.encryption) add("ucPC2PCAVEncryption", word(*c.encryption));
    if (c.media_ports) {
        add("ucPortRangeEnabled", word(true));
        add("ucMinMediaPort", word(c.media_ports->lowest));
        add("ucMaxMediaPort", word(c.media_ports->highest));
    }
    return out;
}

provision_group to_group(const uc_policy& p) {
    return {.name = "ucPolicy",
            .properties = {
                {"AllowSimultaneousRinging", word(p.simultaneous_ringing)},
                {"AllowCallForwarding", word(p.call_forwarding)},
                {"EnableCallTransfer", word(p.call_transfer)},
                {"EnableCallPark", word(p.call_park)},
                {"EnableTeamCall", word(p.team_call)},
                {"EnableDelegation", word(p.delegation)},
                {"EnableMaliciousCallTrace", word(p.malicious_call_trace)},
            }};
}

provision_group to_group(const user_setting& s) {
    return {.name = "userSetting",
            .properties = {
                {"disableFileTransfer", word(s.disable_file_transfer)},
                {"ucUserLocationProfile", s.location_profile},
                {"commonAreaPhone", word(s.common_area_phone)},
            }};
}

provision_group to_group(const location_policy& p) {
    return {
        .name = "locationPolicy",
        .properties = {{"EnhancedEmergencyServicesEnabled", word(p.enhanced_emergency_services)}}};
}

provision_group to_group(const media_configuration& c) {
    const std::string mode = c.bypass ? "Any" : "Off";
    return {.name = "mediaConfiguration",
            .properties = {{"bypassEnabled", word(c.bypass)},
                           {"internalBypassMode", mode},
                           {"externalBypassMode", "Off"}}};
}

provision_group to_group(const persistent_chat_configuration& c) {
    provision_group out{.name = "persistentChatConfiguration",
                        .properties = {{"EnablePersistentChat", word(!c.pool_uri.empty())}}};
    if (!c.pool_uri.empty()) out.properties.push_back({"DefaultPersistentChatPoolUri", c.pool_uri});
    return out;
}

} // namespace lyceum::inband
