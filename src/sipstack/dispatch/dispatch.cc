#include "sipstack/dispatch/dispatch.h"

#include "base/text.h"

namespace lyceum::sipstack {
namespace {

/// The value before its parameters, lower case: "presence", "application/soap+xml".
std::string bare(std::string_view value) {
    return to_lower(trim(split_first(value, ';')));
}

dispatch::handler* look_up(std::map<std::string, dispatch::handler, std::less<>>& in,
                           const std::string& key) {
    const auto it = in.find(key);
    return it == in.end() ? nullptr : &it->second;
}

} // namespace

void dispatch::on_method(sip::method m, handler h) {
    methods_.insert_or_assign(m, std::move(h));
}
void dispatch::on_event(std::string_view event, handler h) {
    if (!allowed_events_.empty()) allowed_events_ += ',';
    allowed_events_ += event;
    events_.insert_or_assign(to_lower(event), std::move(h));
}
void dispatch::on_service(std::string type, handler h) {
    services_.insert_or_assign(std::move(type), std::move(h));
}
void dispatch::on_component(std::string prefix, handler h) {
    components_.insert_or_assign(std::move(prefix), std::move(h));
}

dispatch::handler* dispatch::find(const sip::message& m) {
    switch (m.method_id()) {
    case sip::method::subscribe:
        return look_up(events_, bare(m.value(sip::header::event)));
    case sip::method::service:
        return look_up(services_, bare(m.value(sip::header::content_type)));
    default:
        break;
    }
    const auto it = methods_.find(m.method_id());
    return it == methods_.end() ? nullptr : &it->second;
}

std::string dispatch::allowed_methods() const {
    std::string out = "OPTIONS";
    for (const auto& [m, h] : methods_)
        out.append(", ").append(sip::name(m));
    if (!events_.empty()) out += ", SUBSCRIBE";
    if (!services_.empty()) out += ", SERVICE";
    return out;
}

std::string dispatch::accepted_types() const {
    std::string out;
    for (const auto& [type, h] : services_)
        out.append(out.empty() ? "" : ", ").append(type);
    return out;
}

dispatch::handler* dispatch::find_component(std::string_view opaque) {
    for (auto& [prefix, h] : components_) {
        if (opaque.starts_with(prefix)) return &h;
    }
    return nullptr;
}

} // namespace lyceum::sipstack
