#pragma once

#include "sipstack/incoming.h"

#include <functional>
#include <map>
#include <string>

namespace lyceum::sipstack {

/// Where a shard's rims say which requests to this house they answer. The router asks it; no role
/// knows another.
class dispatch {
public:
    /// Called on the home shard of the user (To) that the request is about.
    using handler = std::move_only_function<void(incoming&&)>;

    void on_method(sip::method, handler); ///< REGISTER
    void on_event(std::string_view event,
                  handler); ///< SUBSCRIBE with that Event, as Allow-Events shall spell it
    void on_service(std::string content_type,
                    handler); ///< SERVICE with that Content-Type; lower case
    void on_component(std::string opaque_prefix,
                      handler); ///< a GRUU with opaque=app:... or srvr:...

    /// Whom a request concerns; nullptr when no role of this house answers such a thing.
    [[nodiscard]] handler* find(const sip::message&);
    [[nodiscard]] handler* find_component(std::string_view opaque);
    /// The names of all events, for Allow-Events: comma-separated without blanks (pidgin-sipe trims
    /// nothing).
    [[nodiscard]] const std::string& allowed_events() const { return allowed_events_; }
    /// What the house itself answers, for Allow.
    [[nodiscard]] std::string allowed_methods() const;
    /// The contents that SERVICE may bear, for Accept.
    [[nodiscard]] std::string accepted_types() const;

private:
    std::map<sip::method, handler> methods_;
    std::map<std::string, handler, std::less<>> events_; ///< by lower case
    std::string allowed_events_;
    std::map<std::string, handler, std::less<>> services_;
    std::map<std::string, handler, std::less<>> components_;
};

} // namespace lyceum::sipstack
