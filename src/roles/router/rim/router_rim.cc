#include "roles/router/rim/router_rim.h"

#include "base/log/log.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "protocol/sip/address.h"
#include "sipstack/identity.h"
#include "sipstack/reachable.h"

namespace lyceum::roles::router {
namespace {

using diagnostics::refusal;
using sip::header;
using sip::method;
using sipstack::incoming;

/// Methods that the house answers itself when they are about one of its users; all others go to the
/// user's endpoints. (PUBLISH: RFC 3903; SERVICE: [MS-PRES], [MS-SIP].)
bool is_for_the_house(method m) {
    return m == method::subscribe || m == method::service || m == method::register_ ||
           m == method::publish;
}

/// Option tags that a request to the house may require. digest MS-SIPREGE 3.3, MS-SIPRE 3.13
constexpr std::string_view understood[] = {"adhoclist",
                                           "categoryList",
                                           "eventlist",
                                           "gruu-10",
                                           "msrtc-event-categories",
                                           "ms-benotify",
                                           "ms-piggyback-first-notify",
                                           "com.microsoft.autoextend"};

/// Whether the body is packed in a way that nobody here unpacks.
bool is_encoded(const sip::message& m) {
    if (m.body().empty()) return false;
    for (const auto* name : {"Content-Encoding", "e"}) {
        if (const auto how = m.value(name); !how.empty() && !iequals(how, "identity")) return true;
    }
    return false;
}

/// Whether the house itself answers what is for that destination.
bool stays_here(const destination& d, const sip::message& m) {
    return std::holds_alternative<to_server>(d) || std::holds_alternative<to_component>(d) ||
           (std::holds_alternative<to_user>(d) && is_for_the_house(m.method_id()));
}

} // namespace

router_rim::router_rim(surroundings s)
    : around_(std::move(s)), relayed_(around_.stack.shard().metrics().make_counter(
                                 "lyceum_router_relayed_total", "Requests passed on")),
      refused_(around_.stack.shard().metrics().make_counter("lyceum_router_refused_total",
                                                            "Requests refused")) {}

void router_rim::refuse(const incoming& in, const refusal& why) {
    refused_.add();
    log::write(
        log::level::debug,
        "router",
        "refused",
        {{"method", in.message.method_name()}, {"uri", in.message.uri()}, {"status", why.status}});
    if (in.transaction)
        around_.stack.respond(in.transaction, around_.stack.refusal_for(in.message, why));
}

void router_rim::refuse_extension(const incoming& in, std::string_view unknown) {
    refused_.add();
    if (!in.transaction) return;
    auto r = around_.stack.response_for(in.message, 420);
    r.append(header::unsupported, unknown);
    around_.stack.respond(in.transaction, std::move(r));
}

bool router_rim::may_name(const store::trusted_peer& peer, const sip::uri_view& uri) const {
    if (iequals(uri.scheme, "tel")) return true; // a number is what gateways are there for
    // RFC 3860, 3859: an address as in sip:, and the reader cannot tell.
    if (iequals(uri.scheme, "im") || iequals(uri.scheme, "pres")) return false;
    // Its own people; ours only when it may register them. Names below a domain of ours, the
    // server's own above all, and a dot at the end would read as ours, too.
    auto host = uri.host;
    if (host.ends_with('.')) host.remove_suffix(1);
    const auto below_ours = [&](const std::string& domain) {
        return host.size() > domain.size() &&
               iequals(host.substr(host.size() - domain.size()), domain) &&
               host[host.size() - domain.size() - 1] == '.';
    };
    const bool is_named = std::ranges::any_of(
        peer.domains, [&](const auto& d) { return iequals(d, host); }); // by the administrator
    if (around_.home.has_domain(host)) return peer.may_register;
    if (!is_named && std::ranges::any_of(around_.home.domains, below_ours))
        return peer.may_register;
    return peer.domains.empty() || is_named;
}

bool router_rim::speaks_for_itself(const incoming& in) const {
    if (in.user)
        return true; // the gate has compared From with who the client is. digest MS-SIPAE 4.3 (12)
    const auto uri = in.message.from_uri();
    return uri && may_name(*in.trusted, *uri);
}

void router_rim::make_presentable(incoming& in) const {
    auto& m = in.message;
    // Hop by hop, or between the sender and us. digest MS-CONMGMT 4 rule 7, digest MS-OCER 4 rule 4
    m.remove(header::ms_keep_alive);
    m.remove(header::authorization);
    m.remove(header::proxy_authorization);
    m.remove(header::ms_diagnostics);
    m.remove(header::ms_diagnostics_public);
    m.remove(header::authentication_info);
    m.remove(header::ms_user_logon_data);
    if (in.trusted) {
        // What a trusted peer asserts is judged as its From is. digest MS-SIPAE 4.7 rule 27
        m.remove(header::p_preferred_identity);
        const auto asserted = m.values(header::p_asserted_identity);
        if (!std::ranges::all_of(asserted, [&](std::string_view v) {
                const auto address = sip::parse_address(v);
                const auto uri =
                    address ? sip::parse_uri(address->uri) : std::unexpected(address.error());
                return uri && may_name(*in.trusted, *uri);
            }))
            m.remove(header::p_asserted_identity);
    }
    if (in.user) {
        // A client's own assertion is worth nothing; ours is what it has proven. digest
        // MS-SIPAE 4.7
        m.remove(header::p_asserted_identity);
        m.remove(header::p_preferred_identity);
        m.append(header::p_asserted_identity, sipstack::asserted_identity(*in.user));
        // A client that registered nothing yet names itself by its own idea of its address.
        if (wants_to_be_reachable(m, net::name(in.from.kind)).value_or(false))
            (void)sipstack::make_reachable(m, in.from);
    }
}

void router_rim::on_request(incoming&& in) {
    if (!speaks_for_itself(in)) {
        refuse(in, {403, diagnostics::id::from_not_allowed});
        return;
    }
    const auto spent = spend_hop(in.message);
    const bool has_no_hop_left = !spent && spent.error().status == 483;
    if (!spent && !has_no_hop_left) {
        refuse(in, spent.error());
        return;
    }
    if (in.user && in.message.method_id() != method::register_) {
        // REGISTER has its own say about it. digest MS-SIPRE 4 rule 3
        if (const auto may = wants_to_be_reachable(in.message, net::name(in.from.kind)); !may) {
            refuse(in, may.error());
            return;
        }
    }
    // All of them, so that nobody has to try one by one. RFC 3261 16.3 step 5
    std::string unknown;
    for (const auto tag : in.message.values(header::proxy_require)) {
        if (iequals(tag, "ms-benotify")) continue; // digest MS-SIPRE 3.13
        unknown += (unknown.empty() ? "" : ", ") + std::string(tag);
    }
    if (!unknown.empty()) {
        refuse_extension(in, unknown);
        return;
    }
    auto where = destination_of(in.message, around_.home);
    if (!where) {
        refuse(in, where.error());
        return;
    }
    if (has_no_hop_left && !stays_here(*where, in.message)) {
        // RFC 3261 16.3 step 3: not a hop further; OPTIONS may be answered in its target's place.
        if (in.message.method_id() == method::options && in.transaction) {
            answer_options(in);
        } else {
            refuse(in, spent.error());
        }
        return;
    }
    // Only as who answers it: where it only goes on, its merging is the next one's to see. RFC
    // 3261 16.3
    if (in.transaction && stays_here(*where, in.message) && around_.stack.is_merged(in)) {
        refuse(in, {482, diagnostics::id::route_set_invalid});
        return;
    }
    std::visit(overloaded{
                   [&](const to_server&) {
                       if (in.message.method_id() == method::options) {
                           answer_options(in);
                           return;
                       }
                       // SERVICE sip:contoso.test concerns the asker.
                       serve(std::move(in), nullptr);
                   },
                   [&](const to_component& c) { serve_component(std::move(in), c); },
                   [&](const to_endpoint& e) { to_people(std::move(in), e.user, {}, &e.instance); },
                   [&](const to_user& u) {
                       if (is_for_the_house(in.message.method_id())) {
                           serve(std::move(in), &u.user);
                       } else {
                           to_people(std::move(in), u.user, u.epid, nullptr);
                       }
                   },
                   [&](const to_flow& f) { to_connection(std::move(in), f.cid); },
                   [&](const to_address& a) { to_elsewhere(std::move(in), a.uri); },
               },
               *where);
}

void router_rim::answer_options(const incoming& in) {
    auto r = around_.stack.response_for(in.message, 200);
    r.append(header::allow,
             "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, MESSAGE, INFO, SUBSCRIBE, NOTIFY, "
             "SERVICE, REFER, UPDATE, PRACK");
    // RFC 3261 11.2. Nobody here judges a body that is not of SERVICE: it goes on as it is.
    const auto types = around_.dispatches[around_.stack.shard().index()]->accepted_types();
    r.append(header::accept, types.empty() ? "*/*" : types + ", */*;q=0.1");
    r.append("Accept-Encoding", "identity");
    r.append("Accept-Language", "en");
    std::string supported;
    for (const auto tag : understood)
        supported.append(supported.empty() ? "" : ", ").append(tag);
    r.append(header::supported, supported);
    around_.stack.respond(in.transaction, std::move(r));
}

void router_rim::serve(incoming&& in, const sip::aor* named) {
    if (!in.transaction) return;
    if (refuse_not_understood(in)) return;
    const auto m = in.message.method_id();
    if (named == nullptr &&
        around_.dispatches[around_.stack.shard().index()]->find(in.message) == nullptr) {
        refuse_unserved(in); // whoever it is about
        return;
    }
    // Whom it is about: To. RFC 3261 10.3. A Request-URI that names somebody else is a trap: whose
    // rights would count? And REGISTER's names nobody at all. RFC 3261 10.2
    const auto to = in.message.to_uri();
    auto found = to ? sip::aor::from(*to) : std::nullopt;
    if (!found && in.user && named == nullptr) found = in.user->aor;
    if (!found || (named != nullptr && (m == method::register_ || *named != *found))) {
        refuse(in, {400, diagnostics::id::default_user_services});
        return;
    }
    in.about = *std::move(found);
    const auto& about = in.about;
    if (m == method::register_) {
        // Nobody registers somebody else. [MS-SIPREGE] security, RFC 3261 10.3 step 4
        if (in.user ? in.user->aor != about : !in.trusted->may_register) {
            refuse(in, {403, diagnostics::id::from_not_allowed});
            return;
        }
    }
    const auto person = around_.people.find(about);
    if (!person) {
        refuse(in, {404, diagnostics::id::user_unknown});
        return;
    }
    if (!person->enabled) {
        refuse(in,
               {m == method::register_ ? 403 : 404,
                m == method::register_ ? diagnostics::id::user_disabled
                                       : diagnostics::id::destination_not_enabled});
        return;
    }
    hand_home(std::move(in));
}

bool router_rim::refuse_not_understood(const incoming& in) {
    // What the house answers itself it has to understand. RFC 3261 8.2.2.3
    std::string unknown;
    for (const auto tag : in.message.values(header::require)) {
        if (std::ranges::any_of(understood, [&](auto u) { return iequals(u, tag); })) continue;
        unknown += (unknown.empty() ? "" : ", ") + std::string(tag);
    }
    if (!unknown.empty()) {
        refuse_extension(in, unknown);
        return true;
    }
    if (is_encoded(in.message)) { // RFC 3261 8.2.3
        refused_.add();
        auto r =
            around_.stack.refusal_for(in.message, {415, diagnostics::id::content_type_unexpected});
        r.append("Accept-Encoding", "identity");
        around_.stack.respond(in.transaction, std::move(r));
        return true;
    }
    return false;
}

void router_rim::hand_home(incoming&& in) {
    const auto home = net::home_of(in.about.text(), around_.stack.shard().count());
    // The handlers live on the home shard; whether there is one is the same on every shard.
    if (around_.dispatches[around_.stack.shard().index()]->find(in.message) == nullptr) {
        refuse_unserved(in);
        return;
    }
    if (home == around_.stack.shard().index()) {
        (*around_.dispatches[home]->find(in.message))(std::move(in));
        return;
    }
    // Shared, so that it is still there to be refused when the other shard does not take it.
    const auto kept = std::make_shared<incoming>(std::move(in));
    const bool taken = around_.stack.shard().post(home, [to = around_.dispatches[home], kept] {
        if (auto* handler = to->find(kept->message)) (*handler)(std::move(*kept));
    });
    if (taken) return;
    around_.stack.respond(
        kept->transaction,
        around_.stack.refusal_for(kept->message, {503, diagnostics::id::service_unavailable}));
}

void router_rim::refuse_unserved(const incoming& in) {
    const auto& here = *around_.dispatches[around_.stack.shard().index()];
    const auto m = in.message.method_id();
    diagnostics::refusal why{405, diagnostics::id::default_user_services};
    std::pair<header, std::string> what{header::allow, here.allowed_methods()};
    if (m == method::subscribe) { // RFC 6665 4.2.1.1, 4.2.3; Allow-Events: RFC 3265 7.2
        why.status = 489;
        what = {header::allow_events, here.allowed_events()};
    } else if (m == method::service) { // RFC 3261 8.2.3
        why = {415, diagnostics::id::content_type_unexpected};
        what = {header::accept, here.accepted_types()};
    } else if (m == method::other) { // RFC 3261 21.5.2: not a method that is known here at all
        why.status = 501;
    }
    refused_.add();
    auto r = around_.stack.refusal_for(in.message, why);
    if (!what.second.empty()) r.append(what.first, what.second);
    around_.stack.respond(in.transaction, std::move(r));
}

void router_rim::serve_component(incoming&& in, const to_component& c) {
    if (!in.transaction) return;
    const auto self = around_.stack.shard().index();
    if (around_.dispatches[self]->find_component(c.opaque) == nullptr) {
        // A part of the product that does not run here: the house says so. digest MS-SIPRE 4 rule 5
        refuse(in, {404, diagnostics::id::cannot_route});
        return;
    }
    const auto home = net::home_of(c.owner.text(), around_.stack.shard().count());
    around_.stack.shard().deliver(
        home, [to = around_.dispatches[home], in = std::move(in), opaque = c.opaque]() mutable {
            if (auto* handler = to->find_component(opaque)) (*handler)(std::move(in));
        });
}

void router_rim::forward(incoming&& in,
                         std::vector<sipstack::proxy_target>&& targets,
                         bool failover) {
    // RFC 3261 16.6 step 7: for a SIPS URI over TLS or not at all.
    const bool secure = istarts_with(in.message.uri(), "sips:");
    if (secure) {
        std::erase_if(targets, [](const sipstack::proxy_target& t) {
            return (t.reach ? t.reach->kind : t.way.kind) != net::transport::tls;
        });
        if (targets.empty()) {
            refuse(in, {480, diagnostics::id::no_suitable_response});
            return;
        }
    }
    relayed_.add();
    make_presentable(in);
    sipstack::proxy_request job;
    job.secure = secure;
    // A subscriber takes its route from the NOTIFY: in a dialog, too. RFC 6665 4.3
    job.record_route = wants_record_route(in.message) &&
                       (!in_dialog(in.message) || in.message.method_id() == sip::method::notify);
    job.single_final = is_im_invite(in.message);
    job.failover = failover;
    job.targets = std::move(targets);
    job.in = std::move(in);
    around_.proxy.start(std::move(job));
}

void router_rim::on_cancel(sipstack::transaction_ref invite, std::vector<std::string> reasons) {
    if (!give_up_waiting(invite)) around_.proxy.cancel(invite, std::move(reasons));
}
void router_rim::on_caller_gone(sipstack::transaction_ref invite) {
    on_cancel(invite, {});
}

} // namespace lyceum::roles::router
