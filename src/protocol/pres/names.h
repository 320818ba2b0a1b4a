#pragma once

#include <string_view>

// Event packages, content types and namespaces of enhanced presence. digest MS-PRES 3.1
namespace lyceum::pres {

inline constexpr std::string_view presence_event = "presence";
inline constexpr std::string_view self_event = "vnd-microsoft-roaming-self";

namespace type {
inline constexpr std::string_view self = "application/vnd-microsoft-roaming-self+xml";
inline constexpr std::string_view publish = "application/msrtc-category-publish+xml";
inline constexpr std::string_view set_container_members =
    "application/msrtc-setcontainermembers+xml";
inline constexpr std::string_view set_subscribers = "application/msrtc-presence-setsubscriber+xml";
inline constexpr std::string_view fault = "application/msrtc-fault+xml";
inline constexpr std::string_view category_list = "application/msrtc-adrl-categorylist+xml";
inline constexpr std::string_view categories = "application/msrtc-event-categories+xml";
inline constexpr std::string_view rlmi = "application/rlmi+xml";
} // namespace type

namespace ns {
inline constexpr std::string_view roaming_self =
    "http://schemas.microsoft.com/2006/09/sip/roaming-self";
inline constexpr std::string_view rich_presence =
    "http://schemas.microsoft.com/2006/09/sip/rich-presence";
inline constexpr std::string_view categories =
    "http://schemas.microsoft.com/2006/09/sip/categories";
inline constexpr std::string_view containers =
    "http://schemas.microsoft.com/2006/09/sip/container-management";
inline constexpr std::string_view subscribers =
    "http://schemas.microsoft.com/2006/09/sip/presence-subscribers";
inline constexpr std::string_view delegates = "http://schemas.microsoft.com/2007/09/sip/delegates";
inline constexpr std::string_view batch_subscribe =
    "http://schemas.microsoft.com/2006/01/sip/batch-subscribe";
inline constexpr std::string_view category_list =
    "http://schemas.microsoft.com/2006/09/sip/categorylist";
inline constexpr std::string_view subscription_context =
    "http://schemas.microsoft.com/2008/09/sip/SubscriptionContext";
inline constexpr std::string_view rlmi = "urn:ietf:params:xml:ns:rlmi";
inline constexpr std::string_view state = "http://schemas.microsoft.com/2006/09/sip/state";
inline constexpr std::string_view contact_card =
    "http://schemas.microsoft.com/2006/09/sip/contactcard";
inline constexpr std::string_view schema_instance = "http://www.w3.org/2001/XMLSchema-instance";
} // namespace ns

} // namespace lyceum::pres
