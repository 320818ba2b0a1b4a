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

bool is_at(auto it, auto end, const publications::key& k) {
    return it != end && it->at == k;
}

} // namespace

std::optional<publications::refused> publications::check(const pres::publish& request,
                                                         const settings& s) const {
    std::set<key> seen;
    pres::wrong_delta stale;
    std::size_t added = 0;
    for (std::uint32_t index = 1; const auto& p : request.publications) {
        const auto* const there = find(key_of(p));
        const auto current = there == nullptr ? 0 : there->version;
        if (!is_category(p.category_name, s)) return diagnostics::refuse(id::default_user_services);
        if (is_servers(p)) return diagnostics::refuse(id::read_only_publication);
        if (p.content.size() > s.max_category_size)
            return diagnostics::refuse(id::category_size_limit);
        if (p.expires_with == expire_type::time && !p.expires)
            return diagnostics::refuse(id::default_user_services);
        if (!seen.insert(key_of(p)).second) return diagnostics::refuse(id::default_user_services);
        if (p.version != current) stale.operations.push_back({index, p.version, current});
        if (there == nullptr && p.expires != 0U) ++added;
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
            if (const auto it = place(key_of(p)); is_at(it, table_.end(), key_of(p)))
                table_.erase(it);
            continue;
        }
        value v{.version = p.version + 1,
                .lasts = p.expires_with,
                .published = at.wall,
                .content = shared_text(p.content)};
        if (p.expires_with == expire_type::endpoint)
            v.bound = std::make_unique<bounds>(bounds{.endpoint = endpoint});
        if (p.expires && p.expires_with == expire_type::time) { // check() refuses one alone
            v.bound = std::make_unique<bounds>(
                bounds{.expires = p.expires, .until = at.now + std::chrono::seconds(*p.expires)});
        }
        put(key_of(p), std::move(v));
    }
    return out;
}

publications::touched
publications::set_by_server(const key& k, expire_type lasts, shared_text content, moment at) {
    const auto old = place(k);
    const bool is_there = is_at(old, table_.end(), k);
    if (content.empty()) {
        if (!is_there) return {};
        table_.erase(old);
    } else if (is_there && old->what.content == content) {
        return {};
    } else {
        const auto version = is_there ? old->what.version + 1 : 1;
        put(k,
            {.version = version,
             .lasts = lasts,
             .published = at.wall,
             .content = std::move(content)});
    }
    return {{k.name, k.container}};
}

publications::table::iterator publications::place(const key& k) {
    return std::ranges::lower_bound(table_, k, {}, &entry::at);
}

void publications::put(const key& k, value v) {
    const auto it = place(k);
    if (is_at(it, table_.end(), k)) {
        it->what = std::move(v);
    } else {
        table_.insert(it, entry{k, std::move(v)});
    }
}

const publications::value* publications::find(const key& k) const {
    const auto it = std::ranges::lower_bound(table_, k, {}, &entry::at);
    return is_at(it, table_.end(), k) ? &it->what : nullptr;
}

std::span<const publications::entry> publications::of(std::string_view name,
                                                      std::uint16_t container) const {
    const auto range =
        std::ranges::equal_range(table_, std::pair(name, container), {}, [](const entry& e) {
            return std::pair(std::string_view(e.at.name), e.at.container);
        });
    return {range.begin(), range.end()};
}

template <class Predicate>
publications::touched publications::erase(Predicate which) {
    touched out;
    std::erase_if(table_, [&](const entry& e) {
        if (!which(e.what)) return false;
        out.emplace(e.at.name, e.at.container);
        return true;
    });
    return out;
}

publications::touched publications::end_endpoint(const std::string& endpoint) {
    return erase([&](const value& v) {
        return v.lasts == expire_type::endpoint && v.endpoint() == endpoint;
    });
}

publications::touched publications::end_user_bound() {
    return erase([](const value& v) { return v.lasts == expire_type::user; });
}

publications::touched publications::end_expired(instant now) {
    return erase([&](const value& v) { return v.until() && *v.until() <= now; });
}

std::optional<instant> publications::deadline() const {
    std::optional<instant> out;
    for (const auto& [k, v] : table_) {
        if (const auto until = v.until(); until && (!out || *until < *out)) out = until;
    }
    return out;
}

} // namespace lyceum::roles::presence
