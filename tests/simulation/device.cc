#include "device.h"

#include "base/overloaded.h"
#include "protocol/conmgmt/contact_delta.h"
#include "protocol/conmgmt/contact_list.h"
#include "protocol/conmgmt/edit.h"
#include "protocol/mime/content_type.h"
#include "protocol/mime/multipart.h"
#include "protocol/pres/containers.h"
#include "protocol/pres/names.h"
#include "protocol/pres/publish.h"
#include "protocol/pres/rlmi.h"
#include "protocol/pres/state.h"
#include "protocol/pres/subscribe.h"

namespace lyceum::simulation {
namespace {

namespace wish = user_agent::wish;
namespace notice = user_agent::notice;
using apps::client::agents;

constexpr std::uint64_t contacts_subscription = 1;
constexpr std::uint64_t self_subscription = 2;
constexpr std::uint64_t presence_subscription = 3;
constexpr std::uint64_t provisioning_subscription = 4;

constexpr std::uint64_t come_back_alarm = 1;
constexpr std::uint64_t settle_alarm = 2;
constexpr std::uint64_t refresh_alarm = 3;
constexpr std::uint64_t follow_alarm = 4; ///< and its subscription - 1
constexpr std::uint64_t old_password_alarm = 8;
constexpr std::uint64_t alarms = 10; ///< the life that an alarm belongs to stands above

ip_address address_of(std::size_t index) {
    return *ip_address::parse("10.1." + std::to_string(index / 200) + "." +
                              std::to_string(1 + index % 200));
}

/// As pidgin-sipe has them. digest pidgin-sipe 5
wish::headers usual_headers() {
    return {{"Supported", "com.microsoft.autoextend"},
            {"Supported", "ms-benotify"},
            {"Proxy-Require", "ms-benotify"},
            {"Supported", "ms-piggyback-first-notify"}};
}

} // namespace

device::device(net::sim::world& w, const plan& p, std::size_t index, ledger& l)
    : world_(w), plan_(p), index_(index), ledger_(l), name_(p.device_name(index)),
      owner_(aor_of(p.devices[index].user)), host_(w.make_host(address_of(index))),
      dice_(p.seed * 1'000'003 + index) {
    epid_ = dice_.hex(6);
    password_ = password_of(p.devices[index].user);
}
device::~device() = default;

// ---- the machine

void device::power_on() {
    if (agents_) return;
    agents_ = std::make_unique<agents>(host_.shard(0), host_.links(0), *this);
    host_.set_events(0, *agents_);
    if (over_udp()) host_.listen(net::transport::udp, net::audience::trusted, 5060);
    const auto& d = plan_.devices[index_];
    user_agent::account a;
    a.aor = owner_;
    a.login = *user_agent::identity_of("CONTOSO\\" + d.user, password_);
    a.epid = epid_;
    a.authenticate = !d.over_udp;
    a.answer_delay = d.answer_delay;
    agents_->add(std::move(a));
    ++life_;
    coming_ = false;
    if (d.over_udp) agents_->alarm_at(world_.now() + 90s, life_ * alarms + refresh_alarm);
    sign_in();
}

void device::power_off() {
    if (!agents_) return;
    tell("off");
    host_.kill();
    agents_.reset();
    ledger_.forget(name_);
    wanted_ = false;
    contacts_.reset();
    seen_.clear();
}

void device::type_password(std::string password) {
    if (over_udp()) return; // a phone has none
    password_ = std::move(password);
    password_is_old_ = false;
    if (!is_on()) return;
    power_off();
    power_on();
}

bool device::is_signed_in() const {
    return agents_ && agents_->at(0).is_signed_in();
}

void device::sign_in() {
    if (!agents_ || std::exchange(wanted_, true)) return;
    agents_->wish(0, wish::sign_in{});
    if (!agents_->is_connected(0)) connect();
}

void device::sign_out() {
    if (!agents_ || !std::exchange(wanted_, false)) return;
    agents_->wish(0, wish::sign_out{});
}

void device::connect() {
    const ip_endpoint tls{*ip_address::parse(server_address), 5061};
    const ip_endpoint udp{*ip_address::parse(server_address), 5060};
    disturb();
    if (over_udp()) {
        agents_->connect(0, {net::transport::udp, udp, {}}, {host_.address(), 5060});
    } else {
        agents_->connect(0, {net::transport::tls, tls, "sip.contoso.test"});
    }
}

/// Backs off, with jitter. digest MS-CONMGMT 5
void device::come_back() {
    if (!agents_ || !wanted_ || std::exchange(coming_, true)) return;
    const auto after =
        pause_ + std::chrono::milliseconds(dice_.below(static_cast<std::uint64_t>(pause_.count())));
    pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, 30s);
    agents_->alarm_at(world_.now() + after, life_ * alarms + come_back_alarm);
}

void device::on_alarm(std::uint64_t id) {
    if (id / alarms != life_) return;
    if (id % alarms == come_back_alarm) {
        coming_ = false;
        if (!wanted_ || is_signed_in()) return;
        agents_->wish(0, wish::sign_in{});
        if (!agents_->is_connected(0)) connect();
    } else if (id % alarms == refresh_alarm) {
        // A server that lost its memory does not hear of a phone until it registers again.
        agents_->wish(0, wish::refresh{});
        agents_->alarm_at(world_.now() + 90s, id);
    } else if (id % alarms == settle_alarm && is_signed_in()) {
        settle_in();
    } else if (id % alarms == old_password_alarm) {
        if (password_is_old_ && is_signed_in() && sign_ins_ == with_old_password_)
            ledger_.fail(name_ + " stays signed in with a password that is no longer");
    } else if (id % alarms >= follow_alarm && is_signed_in()) {
        const auto subscription = id % alarms - follow_alarm + 1;
        if (refused_.erase(subscription) != 0) follow(subscription);
    }
}

void device::on_connected(agents::seat) {
    tell("connected");
}

void device::on_closed(agents::seat, net::closed_why why) {
    tell(std::string("closed: ") + net::name(why));
    disturb();
    trouble_ = std::string("its connection ended: ") + net::name(why);
    contacts_.reset();
    seen_.clear();
    come_back();
}

void device::on_octets(agents::seat, bool out, std::string_view octets) {
    if (trace_) trace_(name_ + (out ? " >>>\n" : " <<<\n") + std::string(octets));
}

// ---- what somebody does with it

void device::carry_out(const step& s, const sip::aor& other) {
    using kind = step::kind;
    if (!agents_) return;
    switch (s.what) {
    case kind::say:
        if (other == owner_) return;
        {
            auto [id, text] = ledger_.offer(name_, owner_, other, world_.now());
            agents_->wish(0, wish::say{id, other, std::move(text)});
        }
        break;
    case kind::page:
        (void)probe(other);
        break;
    case kind::type:
        agents_->wish(0, wish::type{other});
        break;
    case kind::leave:
        agents_->wish(0, wish::leave{other});
        break;
    case kind::set_contact:
    case kind::delete_contact:
        change(s.what == kind::set_contact);
        break;
    case kind::publish:
        publish(static_cast<std::uint32_t>(3500 + s.amount * 12)); // available to away
        break;
    case kind::refresh:
        agents_->wish(0, wish::refresh{});
        break;
    case kind::renew:
        agents_->wish(0, wish::renew{});
        break;
    default:
        break;
    }
}

ledger::id device::probe(const sip::aor& to) {
    auto [id, text] = ledger_.offer(name_, owner_, to, world_.now());
    agents_->wish(0, wish::page{id, to, std::move(text)});
    return id;
}

void device::settle_in() {
    if (over_udp()) return;
    refused_.clear();
    follow(contacts_subscription);
    auto more = usual_headers();
    more.emplace_back("Accept", "application/vnd-microsoft-roaming-provisioning-v2+xml");
    more.emplace_back("Expires", "0");
    agents_->wish(
        0,
        wish::subscribe{provisioning_subscription,
                        "vnd-microsoft-provisioning-v2",
                        owner_,
                        more,
                        "application/vnd-microsoft-roaming-provisioning-v2+xml",
                        "<provisioningGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
                        "provisioninggrouplist\"><provisioningGroup "
                        "name=\"ServerConfiguration\"/></provisioningGroupList>"});
    follow(self_subscription);
    // Colleagues may see the state. Refused when it is so already.
    agents_->wish(0,
                  wish::ask{0,
                            "SERVICE",
                            owner_,
                            {},
                            std::string(pres::type::set_container_members),
                            pres::serialise(std::vector{pres::container_change{
                                200, 0, {{true, {pres::member_type::same_enterprise}}}}})});
    publication_ = dice_.u32() >> 2U;
    published_ = 0;
    publish(pres::availability::available);
    follow(presence_subscription);
}

void device::follow(std::uint64_t subscription) {
    auto more = usual_headers();
    if (subscription == contacts_subscription) {
        more.emplace_back("Accept", conmgmt::content_type);
        agents_->wish(0, wish::subscribe{subscription, std::string(conmgmt::event), owner_, more});
        return;
    }
    if (subscription == self_subscription) {
        more.emplace_back("Accept", pres::type::self);
        agents_->wish(0,
                      wish::subscribe{subscription,
                                      std::string(pres::self_event),
                                      owner_,
                                      more,
                                      "application/vnd-microsoft-roaming-self+xml",
                                      "<roamingList xmlns=\"" +
                                          std::string(pres::ns::roaming_self) +
                                          "\"><roaming type=\"categories\"/></roamingList>"});
        return;
    }
    if (watches().empty()) return;
    more.emplace_back("Supported", "eventlist");
    more.emplace_back("Require", "adhoclist, categoryList");
    for (const auto type : {pres::type::categories, pres::type::rlmi})
        more.emplace_back("Accept", type);
    more.emplace_back("Accept", "multipart/related");
    pres::subscribe_action all{
        .subscribe = true, .id = 1, .resources = {}, .categories = {"state"}};
    for (const auto& w : watches())
        all.resources.push_back({aor_of(w).text(), false});
    agents_->wish(
        0,
        wish::subscribe{subscription,
                        std::string(pres::presence_event),
                        owner_,
                        more,
                        std::string(pres::type::category_list),
                        pres::serialise(pres::batch_subscribe{owner_.text(), {std::move(all)}})});
}

void device::publish(std::uint32_t availability) {
    if (!is_signed_in() || over_udp()) return;
    const pres::state s{.type = pres::state_type::machine, .availability = availability};
    pres::publish p{owner_.text(), {}};
    for (const auto container : {std::uint16_t{2}, std::uint16_t{3}}) {
        p.publications.push_back({.category_name = "state",
                                  .instance = publication_,
                                  .container = container,
                                  .version = published_,
                                  .expires_with = pres::expire_type::endpoint,
                                  .content = pres::serialise(s)});
    }
    ++published_;
    agents_->wish(
        0,
        wish::ask{0, "SERVICE", owner_, {}, std::string(pres::type::publish), pres::serialise(p)});
}

void device::change(bool set) {
    if (!is_signed_in() || over_udp() || !contacts_) return;
    const auto id = index_ * 1'000'000 + next_request_++;
    conmgmt::edit e;
    e.delta_num = contacts_->delta_num;
    std::string uri;
    if (set) {
        uri = "friend" + std::to_string(id) + "@contoso.test";
        people::contact c;
        c.uri = c.name = uri;
        c.groups = {1};
        e.change = people::set_contact{std::move(c)};
    } else {
        uri = ledger_.some_contact(owner_, dice_.u64());
        if (uri.empty()) return;
        e.change = people::delete_contact{uri};
    }
    ledger_.change_offered(id, owner_, uri, set);
    agents_->wish(
        0, wish::ask{id, "SERVICE", owner_, {}, "application/SOAP+xml", conmgmt::serialise(e)});
}

// ---- what it hears

void device::on_notice(agents::seat, const user_agent::action& a) {
    std::visit(overloaded{
                   [](const notice::transmit&) {},
                   [&](const notice::signed_in& n) {
                       pause_ = 500ms;
                       if (!n.anew) return;
                       tell("signed in");
                       ++sign_ins_;
                       // Said before the password was changed, perhaps; then its end comes behind.
                       if (password_is_old_ && !over_udp()) {
                           with_old_password_ = sign_ins_;
                           agents_->alarm_at(world_.now() + 10s,
                                             life_ * alarms + old_password_alarm);
                       }
                       // Later: in the midst of an event nothing may be wished for.
                       agents_->alarm_at(world_.now(), life_ * alarms + settle_alarm);
                   },
                   [&](const notice::sign_in_failed& n) {
                       trouble_ = "sign-in failed: " + n.why;
                       tell(trouble_);
                       if ((n.status == 0 || n.status == 403 || n.status == 404) &&
                           world_.now() > turned_away_until_)
                           ledger_.fail(name_ + " could not sign in: " + n.why);
                       come_back();
                       if (!over_udp()) agents_->hang_up(0); // a phone's socket stays
                   },
                   [&](const notice::signed_out& n) {
                       trouble_ = "signed out: " + n.why;
                       tell(trouble_);
                       come_back();
                       if (!over_udp()) agents_->hang_up(0); // a phone's socket stays
                   },
                   [&](const notice::im_received& n) {
                       tell("received " + n.text);
                       ledger_.received(name_ + " in its life " + std::to_string(life_), owner_, n);
                   },
                   [](const notice::typing_received&) {},
                   [&](const notice::delivered& n) { ledger_.delivered(n.id); },
                   [&](const notice::undelivered& n) {
                       tell("undelivered " + std::to_string(n.id) + ": " + n.why);
                       if (!agents_->is_connected(0)) disturb(); // on_closed() comes after it
                       ledger_.undelivered(n.id, n.why);
                   },
                   [](const notice::conversation_opened&) {},
                   [](const notice::conversation_closed&) {},
                   [&](const notice::answered& n) { ledger_.change_answered(n.id, n.status); },
                   [](const notice::subscribed&) {},
                   [&](const notice::notified& n) {
                       if (n.id == contacts_subscription) take_contacts(n);
                       if (n.id == presence_subscription) take_presence(n);
                   },
                   [&](const notice::subscription_ended& n) {
                       if (n.id == contacts_subscription) contacts_.reset();
                       if (n.id == presence_subscription) seen_.clear();
                       tell("subscription " + std::to_string(n.id) + " ended: " + n.why);
                       // Who did not read for a while has missed the answer.
                       const bool unheard = n.why == "nobody answered";
                       if ((n.retry_after || unheard) && n.id != provisioning_subscription) {
                           refused_.insert(n.id);
                           agents_->alarm_at(world_.now() + n.retry_after.value_or(30s),
                                             life_ * alarms + follow_alarm + n.id - 1);
                       }
                   },
                   [&](const notice::discarded& n) {
                       ledger_.fail(name_ + " could not believe a " + n.what + ": " + n.why);
                   },
               },
               a);
}

void device::take_contacts(const notice::notified& n) {
    if (auto whole = conmgmt::parse_contact_list(n.body)) {
        contacts_ = *std::move(whole);
        return;
    }
    const auto delta = conmgmt::parse_contact_delta(n.body);
    if (!delta) return ledger_.fail(name_ + " cannot read: " + n.body);
    if (!contacts_ || delta->prev_delta_num != contacts_->delta_num) {
        return ledger_.fail(name_ + " was told of change " + std::to_string(delta->delta_num) +
                            " after " +
                            (contacts_ ? std::to_string(contacts_->delta_num) : "nothing"));
    }
    contacts_->delta_num = delta->delta_num;
    for (const auto& c : delta->added_contacts)
        contacts_->contacts.push_back(c);
    for (const auto& uri : delta->deleted_contacts)
        std::erase_if(contacts_->contacts, [&](const auto& c) { return c.uri == uri; });
}

void device::take_presence(const notice::notified& n) {
    const auto type = mime::parse_content_type(n.content_type);
    if (!type) return ledger_.fail(name_ + " cannot read the type " + n.content_type);
    if (type->type != "multipart/related") return take_categories(n.body);
    const auto parts = mime::parse_multipart(n.body, type->get("boundary").value_or(""));
    if (!parts) return ledger_.fail(name_ + " cannot read: " + n.body);
    for (const auto& part : *parts) {
        if (part.type.type == pres::type::categories) take_categories(part.body);
    }
}

void device::take_categories(std::string_view document) {
    const auto all = pres::parse_categories(document);
    if (!all) return ledger_.fail(name_ + " cannot read: " + std::string(document));
    const auto who = sip::aor::from(all->uri);
    for (const auto& c : all->entries) {
        if (c.name != "state" || !who) continue;
        const auto s = pres::parse_state(c.content);
        seen_[std::string(who->user())] =
            c.instance && s && s->availability < pres::availability::offline_from;
    }
}

std::optional<bool> device::sees(const std::string& user) const {
    const auto it = seen_.find(user);
    return it == seen_.end() ? std::nullopt : std::optional(it->second);
}

} // namespace lyceum::simulation
