#include "roles/presence/publications.h"

#include <algorithm>
#include <array>

namespace lyceum::roles::presence {
namespace {

using diagnostics::id;
using pres::expire_type;

// digest MS-PRES 3.10
constexpr std::array<std::string_view, 17> product_categories{"alerts",
                                                              "calendarData",
                                                              "contactCard",
                                                              "device",
                                                              "dndState",
                                                              "legacyInterop",
                                                              "mwi",
                                                              "note",
                                                              "noteHistory",
                                                              "otherOptions",
                                                              "rccOptions",
                                                              "routing",
                                                              "services",
                                                              "state",
                                                              "userInformation",
                                                              "userProperties",
                                                              "workingHours"};

bool is_category(const std::string& name, const settings& s) {
    return std::ranges::find(product_categories, name) != product_categories.end() ||
           std::ranges::find(s.further_categories, name) != s.further_categories.end();
}

bool is_servers(const pres::publication& p) {
    if (p.category_name == "state") {
        return p.instance == server_instance::static_aggregate ||
               p.instance == server_instance::aggregate ||
               p.instance == server_instance::aggregate_machine;
    }
    if (p.category_name == "contactCard") return p.instance == server_instance::contact_card;
    return p.category_name == "userProperties" || p.category_name == "legacyInterop" ||
           p.category_name == "mwi";
}

publications::key key_of(const pres::publication& p) {
    return {p.category_name, p.container, p.instance};
}

} // namespace

std::optional<publications::refused> publications::check(const pres::publish& request,
                                                         const settings& s) const {
    std::set<key> seen;
    pres::wrong_delta stale;
    std::size_t added = 0;
    for (std::uint32_t index = 1; const auto& p : request.publications) {
        const auto at = table_.find(key_of(p));
        const auto current = at == table_.end() ? 0 : at->second.version;
        if (!is_category(p.category_name, s)) return diagnostics::refuse(id::default_user_services);
        if (is_servers(p)) return diagnostics::refuse(id::read_only_publication);
        if (p.content.size() > s.max_category_size)
            return diagnostics::refuse(id::category_size_limit);
        if (p.expires_with == expire_type::time && !p.expires)
            return diagnostics::refuse(id::default_user_services);
        if (!seen.insert(key_of(p)).second) return diagnostics::refuse(id::default_user_services);
        if (p.version != current) stale.operations.push_back({index, p.version, current});
        if (at == table_.end() && p.expires != 0U) ++added;
        ++index;
    }
    if (!stale.operations.empty()) return stale;
    if (table_.size() + added > s.max_publications) return diagnostics::refuse(id::input_too_large);
    return std::nullopt;
}

std::expected<publications::touched, publications::refused> publications::apply(
    const pres::publish& request, const std::string& endpoint, moment at, const settings& s) {
    if (auto no = check(request, s)) return std::unexpected(*std::move(no));
    touched out;
    for (const auto& p : request.publications) {
        out.emplace(p.category_name, p.container);
        if (p.expires == 0U) { // deletes, whatever the type. digest MS-PRES 3.2
            table_.erase(key_of(p));
            continue;
        }
        auto& v = table_[key_of(p)];
        v = {.version = p.version + 1,
             .lasts = p.expires_with,
             .published = at.wall,
             .content = p.content};
        if (p.expires_with == expire_type::endpoint) v.endpoint = endpoint;
        if (p.expires && p.expires_with == expire_type::time) { // check() refuses one alone
            v.expires = p.expires;
            v.until = at.now + std::chrono::seconds(*p.expires);
        }
    }
    return out;
}

publications::touched
publications::set_by_server(const key& k, expire_type lasts, std::string content, moment at) {
    const auto old = table_.find(k);
    if (content.empty()) {
        if (old == table_.end()) return {};
        table_.erase(old);
    } else if (old != table_.end() && old->second.content == content) {
        return {};
    } else {
        const auto version = old == table_.end() ? 1 : old->second.version + 1;
        table_[k] = {.version = version,
                     .lasts = lasts,
                     .published = at.wall,
                     .content = std::move(content)};
    }
    return {{k.name, k.container}};
}

template <class Predicate>
publications::touched publications::erase(Predicate which) {
    touched out;
    std::erase_if(table_, [&](const auto& entry) {
        if (!which(entry.second)) return false;
        out.emplace(entry.first.name, entry.first.container);
        return true;
    });
    return out;
}

publications::touched publications::end_endpoint(const std::string& endpoint) {
    return erase(
        [&](const value& v) { return v.lasts == expire_type::endpoint && v.endpoint == endpoint; });
}

publications::touched publications::end_user_bound() {
    return erase([](const value& v) { return v.lasts == expire_type::user; });
}

publications::touched publications::end_expired(instant now) {
    return erase([&](const value& v) { return v.until && *v.until <= now; });
}

std::optional<instant> publications::deadline() const {
    std::optional<instant> out;
    for (const auto& [k, v] : table_) {
        if (v.until && (!out || *v.until < *out)) out = v.until;
    }
    return out;
}

} // namespace lyceum::roles::presence
