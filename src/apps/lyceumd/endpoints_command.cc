#include "apps/lyceumd/endpoints_command.h"

#include "admin/trace_line.h"
#include "base/environment.h"
#include "base/text.h"
#include "net/flow.h"
#include "net/shard.h"

#include <boost/json.hpp>

namespace lyceum::apps::server {
namespace {

namespace json = boost::json;
using roles::registrar::binding;

constexpr std::size_t users_of_a_page = 200;

/// What a client said of itself, as text: JSON is UTF-8, and a list has to stay readable.
std::string readable(std::string_view said) {
    constexpr std::size_t most = 512;
    std::string out(said.substr(0, most));
    if (!is_utf8(out)) { // or cut within a character
        for (char& c : out) {
            if (static_cast<unsigned char>(c) >= 0x80) c = '?';
        }
    }
    if (said.size() > most) out += "...";
    return out;
}

json::object to_json(const binding& b) {
    const auto& clock = system_environment();
    const auto now = clock.now();
    const auto since = clock.wall_now() -
                       std::chrono::duration_cast<std::chrono::milliseconds>(now - b.registered);
    return {
        {"epid", readable(b.epid)},
        {"instance", b.instance ? b.instance->text() : std::string()},
        {"gruu", readable(b.gruu)},
        {"contact", readable(b.contact)},
        {"peer", b.where.peer.text()},
        {"transport", net::name(static_cast<net::transport>(b.where.transport))},
        {"agent", readable(b.user_agent)},
        {"since", admin::time_text(since)},
        {"expires_seconds",
         std::chrono::duration_cast<std::chrono::seconds>(b.expires - now).count()},
    };
}

using admin::fail;

admin::outcome
of_one(const sip::aor& user, store::users& users, unsigned shards, const endpoints_asker& ask) {
    if (const auto known = users.find(user); known && !*known)
        return fail("not_found", "there is no user " + user.text());
    json::array out;
    for (const auto& live : ask(net::home_of(user.text(), shards), {user})) {
        for (const auto& b : live)
            out.push_back(to_json(b));
    }
    return json::serialize(out);
}

admin::outcome page_of_all(const sip::aor& after,
                           store::users& users,
                           unsigned shards,
                           const endpoints_asker& ask) {
    const auto page = users.page(after, users_of_a_page);
    if (!page) return fail("unavailable", page.error().what);
    std::vector<std::vector<sip::aor>> at_home(shards);
    for (const auto& u : *page)
        at_home[net::home_of(u.aor.text(), shards)].push_back(u.aor);
    std::vector<endpoints_of_some> live(shards);
    for (unsigned i = 0; i < shards; ++i) {
        if (!at_home[i].empty()) live[i] = ask(i, at_home[i]);
    }
    json::array rows;
    std::vector<std::size_t> told(shards); // users of each shard; the order is that of the page
    for (const auto& u : *page) {
        const auto home = net::home_of(u.aor.text(), shards);
        for (const auto& b : live[home][told[home]++]) {
            json::object row{{"user", u.aor.text()}};
            for (auto& [name, value] : to_json(b))
                row[name] = std::move(value);
            rows.push_back(std::move(row));
        }
    }
    json::object out{{"endpoints", std::move(rows)}};
    if (page->size() == users_of_a_page) out["next"] = page->back().aor.text();
    return json::serialize(out);
}

} // namespace

admin::outcome list_endpoints(const admin::arguments& a,
                              store::users& users,
                              unsigned shards,
                              const endpoints_asker& ask) {
    const auto named = a.optional_text("user");
    const auto after = a.optional_text("after");
    if (named && after) return fail("usage", "after is for endpoints without a user");
    const auto& text = named ? named : after;
    const auto who = text ? sip::aor::from(*text) : sip::aor();
    if (!who) return fail("usage", "endpoints wants a SIP address: sip:alice@contoso.test");
    return named ? of_one(*who, users, shards, ask) : page_of_all(*who, users, shards, ask);
}

} // namespace lyceum::apps::server
