#include "random_change.h"

#include "base/random/random.h"
#include "base/text.h"

namespace lyceum::tests {
namespace {

constexpr store::contact_limits limits{.max_contacts = 12, .max_groups = 6};

sip::aor someone(random::source& r) {
    return *sip::aor::from("sip:u" + std::to_string(r.below(8)) + "@a.test");
}

people::user some_user(random::source& r) {
    people::user u;
    u.aor = someone(r);
    u.display_name = r.hex(4);
    u.login = u.aor.user();
    u.domain = "a.test";
    u.enabled = r.below(4) != 0;
    return u;
}

store::sealed_secret some_secret(random::source& r) {
    store::sealed_secret s(60);
    r.fill(s);
    return s;
}

store::contact_change some_contact_change(random::source& r) {
    const auto group = static_cast<std::uint32_t>(r.below(7));
    const auto uri = "c" + std::to_string(r.below(16)) + "@a.test";
    switch (r.below(6)) {
    case 0:
        return store::add_group{"g" + r.hex(1), ""};
    case 1:
        return store::modify_group{group, "g" + r.hex(1), r.hex(2)};
    case 2:
        return store::delete_group{group};
    case 3:
        return store::delete_contact{uri};
    default:
        break;
    }
    return store::set_contact{
        {uri, r.hex(3), {1, group == 0 ? 1 : group}, r.below(2) == 0, "", "<x/>"}};
}

store::trusted_peer some_peer(random::source& r) {
    return {"192.0.2." + std::to_string(r.below(4)),
            r.below(2) == 0 ? "udp" : "",
            r.below(2) == 0,
            {r.hex(2)}};
}

} // namespace

bool change(changed_store s, std::uint64_t seed, std::uint32_t n) {
    random::seeded r(seed * 1'000'003 + n);
    const auto kind = r.below(12);
    if (kind < 2) return s.users.add(some_user(r), some_secret(r)).has_value();
    if (kind == 2) return s.users.change(some_user(r)).has_value();
    if (kind == 3) return s.users.set_secret(someone(r), some_secret(r)).has_value();
    if (kind == 4) return s.users.remove(someone(r)).has_value();
    if (kind == 5) return s.trusted.put(some_peer(r)).has_value();
    if (kind == 6) {
        const auto peer = some_peer(r);
        return s.trusted.remove(peer.host, peer.transport).has_value();
    }
    const auto owner = someone(r);
    return s.contacts.apply(owner, 0, some_contact_change(r), limits).has_value();
}

std::string picture(changed_store s) {
    std::string out;
    const auto all = s.users.all().value();
    for (const auto& u : all) {
        out += "user " + u.aor.text() + " " + u.display_name + " " + u.login +
               (u.enabled ? " on " : " off ") + to_hex(s.users.secret(u.aor).value().value()) +
               "\n";
    }
    for (int i = 0; i < 8; ++i) {
        const auto owner = *sip::aor::from("sip:u" + std::to_string(i) + "@a.test");
        const auto list = s.contacts.load(owner).value();
        out += "list " + owner.text() + " " + std::to_string(list.delta_num) + "\n";
        for (const auto& g : list.groups) {
            out += " group " + std::to_string(g.id) + " " + g.name + " " + g.external_uri + "\n";
        }
        for (const auto& c : list.contacts) {
            out +=
                " contact " + c.uri + " " + c.name + (c.subscribed ? " yes" : " no") + c.extension;
            for (const auto g : c.groups)
                out += " " + std::to_string(g);
            out += "\n";
        }
    }
    const auto peers = s.trusted.all().value();
    for (const auto& p : peers) {
        out += "peer " + p.host + " " + p.transport + (p.may_register ? " yes" : " no");
        for (const auto& d : p.domains)
            out += " " + d;
        for (const auto port : p.ports)
            out += " " + std::to_string(port);
        out += "\n";
    }
    return out;
}

} // namespace lyceum::tests
