#include "machines/security_association/authenticator.h"

#include "base/overloaded.h"
#include "protocol/sip/address.h"

#include <algorithm>

namespace lyceum::security_association {
namespace {

/// Nobody answers these: a challenge would go nowhere. [MS-SIPAE] 3.3.5.1
bool unanswerable(const sip::message& m) {
    return m.method_id() == sip::method::ack || m.method_id() == sip::method::cancel;
}

/// From as it stands in the message: what a member remembers to recognise its own by.
struct from_text {
    std::string_view uri;
    std::string_view epid;
};

from_text from_of(const sip::message& m) {
    const auto address = m.from();
    if (!address) return {};
    return {address->uri, address->params.value_or("epid", {})};
}

bool same_instance(std::string_view epid, const endpoint& who) {
    return epid.empty() ||
           (epid.size() <= max_epid && sip::instance_id::from_epid(epid) == who.instance);
}

} // namespace

authenticator::authenticator(std::shared_ptr<const settings> s, random::source& random)
    : settings_(std::move(s)), random_(&random) {}

void authenticator::on(const event& e, instant now, actions& out) {
    std::visit(overloaded{
                   [&](const request_received& r) { on_request(r.message, r.wall, now, out); },
                   [&](const response_received& r) { on_response(r.message, now, out); },
                   [&](const ntlm_proven& p) { on_proven(p, now, out); },
                   [&](const ntlm_refused& r) { on_refused(r, out); },
                   [&](const ntlm_unavailable& u) { on_unavailable(u, out); },
                   [&](const tick&) { on_tick(now, out); },
                   [&](const closed&) {
                       half_open_.clear();
                       established_.clear();
                   },
               },
               e);
}

std::optional<sipauth::fields_view> authenticator::credentials_of(const sip::message& m) const {
    return find_fields(m,
                       sip::header::authorization,
                       sip::header::proxy_authorization,
                       settings_->realm,
                       settings_->targetname);
}

void authenticator::on_request(const sip::message& m,
                               wall_instant wall,
                               instant now,
                               actions& out) {
    const auto f = credentials_of(m);
    if (f && !f->gssapi_data) return on_signed(m, *f, wall, now, out);
    if (!f || unanswerable(m)) return not_proven(m, drop_why::unsigned_, wall, out);
    challenged_.clear();
    on_handshake(m, *f, wall, now, out);
}

void authenticator::not_proven(const sip::message& m,
                               drop_why why,
                               wall_instant wall,
                               actions& out) {
    if (unanswerable(m)) {
        out.emplace_back(drop{0, why});
        return;
    }
    if (m.method_id() != sip::method::register_) {
        // seen: pidgin-sipe 1.25 signs such a request again, or not at all, and sends it again,
        // without end. A client that authenticates counts its CSeq up. digest MS-SIPAE 5
        const auto this_one = std::hash<std::string_view>{}(m.call_id()) * 31 +
                              std::hash<std::string_view>{}(m.value(sip::header::cseq));
        if (challenged_.size() >= settings_->max_challenged ||
            std::ranges::find(challenged_, this_one) != challenged_.end()) {
            // Who has no association here will not make one by itself: only a new connection helps.
            out.emplace_back(refuse{.why = no_association, .hang_up = established_.empty()});
            return;
        }
        challenged_.push_back(this_one);
    }
    out.emplace_back(fresh_challenge(0, wall)); // [MS-SIPAE] 3.3.5.1
}

void authenticator::on_signed(const sip::message& m,
                              const sipauth::fields_view& f,
                              wall_instant wall,
                              instant now,
                              actions& out) {
    auto* a = find(f.opaque.value_or(std::string_view{}), now);
    std::string scratch; // not kept: most connections are idle
    const auto verdict = a == nullptr ? association::verdict::bad : a->keys.verify(m, f, scratch);
    if (verdict == association::verdict::replayed) {
        out.emplace_back(drop{0, drop_why::replayed});
        return;
    }
    if (verdict == association::verdict::bad)
        return not_proven(m, drop_why::bad_signature, wall, out);

    // The keys are this endpoint's. Is the name in From, too?
    const auto from = from_of(m);
    if (from.uri.empty() || from.uri != a->from || from.epid != a->epid) {
        const auto aor = sip::aor::from(from.uri);
        if (aor != a->who.aor) {
            if (unanswerable(m)) {
                out.emplace_back(drop{0, drop_why::bad_signature});
            } else {
                out.emplace_back(refuse{0, 403, from_not_yours});
            }
            return;
        }
        if (!same_instance(from.epid, a->who))
            return not_proven(m, drop_why::bad_signature, wall, out);
        a->from = from.uri;
        a->epid = from.epid;
    }
    // Nor may it say that it is another of the user's endpoints. assumed: what [MS-SIPAE] 3.3.5.2
    // asks of a handshake holds for what is signed later, too
    const auto contact = m.value(sip::header::contact);
    if (!contact.empty() && contact != a->contact) {
        if (!agrees_with(m, a->who)) {
            if (unanswerable(m)) {
                out.emplace_back(drop{0, drop_why::bad_signature});
            } else {
                out.emplace_back(refuse{.status = 400, .why = other_endpoint});
            }
            return;
        }
        a->contact = contact;
    }
    challenged_.clear();
    out.emplace_back(pass{0, a->user});
}

void authenticator::on_response(const sip::message& m, instant now, actions& out) {
    const auto f = credentials_of(m);
    if (!f) {
        out.emplace_back(drop{0, drop_why::unsigned_});
        return;
    }
    auto* a = find(f->opaque.value_or(std::string_view{}), now);
    std::string scratch;
    const auto verdict = a == nullptr ? association::verdict::bad : a->keys.verify(m, *f, scratch);
    // To names whoever was called first; only where that is this user its epid says something.
    const auto to =
        verdict == association::verdict::good ? party_of(m, sip::header::to) : std::nullopt;
    const bool foreign = to && to->aor == a->who.aor && !same_instance(to->epid, a->who);
    if (verdict == association::verdict::good && !foreign) {
        out.emplace_back(pass{0, a->user});
    } else {
        out.emplace_back(drop{0,
                              verdict == association::verdict::replayed ? drop_why::replayed
                                                                        : drop_why::bad_signature});
    }
}

void authenticator::on_tick(instant now, actions& out) {
    for (const auto& h : half_open_) {
        if (h.until <= now && h.waiting != 0)
            out.emplace_back(refuse{h.waiting, 503, service_unavailable, std::nullopt});
    }
    std::erase_if(half_open_, [&](const handshake& h) { return h.until <= now; });
    std::erase_if(established_, [&](const member& a) { return a.until <= now; });
}

std::optional<instant> authenticator::deadline() const {
    std::optional<instant> first;
    const auto consider = [&](instant t) { first = first ? std::min(*first, t) : t; };
    for (const auto& h : half_open_)
        consider(h.until);
    for (const auto& a : established_)
        consider(a.until);
    return first;
}

authenticator::member* authenticator::find(std::string_view opaque, instant now) {
    const auto at = std::ranges::find_if(established_, [&](const member& a) {
        return a.keys.known_by().opaque == opaque && a.until > now;
    });
    return at == established_.end() ? nullptr : &*at;
}

authenticator::member*
authenticator::recipient_of(const sip::message& m, instant now, const sip::aor* recipient) {
    if (recipient == nullptr && established() == 1) {
        // Nearly always: one client, one association. To of a retargeted request need not be its
        // user.
        const auto only = std::ranges::find(established_, false, &member::superseded);
        return only->until > now ? &*only : nullptr;
    }
    const auto party = party_of(m, m.is_response() ? sip::header::from : sip::header::to);
    const auto* aor = recipient != nullptr ? recipient : party ? &party->aor : nullptr;
    if (aor == nullptr) return nullptr;
    member* found = nullptr;
    for (auto& a : established_) {
        if (a.who.aor != *aor || a.until <= now || a.superseded) continue;
        if (!party || party->aor != *aor || same_instance(party->epid, a.who)) found = &a;
    }
    return found;
}

bool authenticator::forget(const sip::aor& user) {
    const auto gone =
        std::erase_if(established_, [&](const member& m) { return m.user->aor == user; }) +
        std::erase_if(half_open_, [&](const handshake& h) { return h.who.aor == user; });
    return gone != 0;
}

bool authenticator::sign(sip::message& out, instant now, const sip::aor* recipient) {
    auto* a = recipient_of(out, now, recipient);
    if (a == nullptr) return false;
    std::string scratch;
    auto s = a->keys.sign(out, *random_, scratch);
#ifdef LYCEUM_BREAK_SIGNATURE
    // A test build: one bit of each signature is wrong, and the interop suite must notice.
    s.value[8] = "1032547698BADCFE"[std::string_view("0123456789ABCDEF").find(s.value[8])];
#endif
    const auto& known_by = a->keys.known_by();
    scratch.clear();
    sipauth::serialise({.scheme = ntlm_scheme,
                        .realm = known_by.realm,
                        .targetname = known_by.targetname,
                        .qop = "auth",
                        .opaque = known_by.opaque,
                        .srand = s.rand_text(),
                        .snum = s.num,
                        .rspauth = s.value_text()},
                       sipauth::kind::info,
                       scratch);
    out.set(sip::header::authentication_info, scratch);
    return true;
}

} // namespace lyceum::security_association
