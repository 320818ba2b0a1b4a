#include "roles/contacts/roaming_list.h"

#include "base/check.h"
#include "base/overloaded.h"
#include "protocol/conmgmt/contact_delta.h"
#include "protocol/conmgmt/contact_list.h"
#include "protocol/conmgmt/edit.h"
#include "protocol/soap/soap.h"
#include "roles/contacts/check_edit.h"

namespace lyceum::roles::contacts {
namespace {

using diagnostics::id;

roaming_list::refuse refuse_soap(request_id request, diagnostics::refusal why) {
    const soap::fault f{why.status < 500, std::string(diagnostics::of(why.id).reason)};
    return {.request = request, .why = why, .body = soap::serialise(f)};
}

} // namespace

std::vector<roaming_list::action> roaming_list::on(const event& e) {
    std::vector<action> out;
    std::visit(overloaded{
                   [&](const subscribed& s) {
                       if (s.from != user_) { // nobody reads somebody else's list. digest MS-PRES 7
                           out.emplace_back(
                               refuse{s.request, diagnostics::refuse(id::from_not_allowed), {}});
                       } else {
                           add({s.request, show{}}, out);
                       }
                   },
                   [&](const soap_received& s) { read_soap(s, out); },
                   [&](const loaded& l) {
                       LYCEUM_CHECK(!jobs_.empty() &&
                                    std::holds_alternative<show>(jobs_.front().what));
                       tell(l.list, out);
                       const auto document = conmgmt::serialise(l.list);
                       // Whoever came while the store was asked may have the same answer.
                       while (!jobs_.empty() && std::holds_alternative<show>(jobs_.front().what)) {
                           out.emplace_back(accept{jobs_.front().request, document});
                           jobs_.pop_front();
                       }
                       start_next(out);
                   },
                   [&](const changed& c) { finish(c, out); },
                   [&](const store_failed& f) {
                       LYCEUM_CHECK(!jobs_.empty());
                       out.emplace_back(refuse{jobs_.front().request,
                                               diagnostics::refuse(id::service_unavailable),
                                               {},
                                               f.why.retry_after});
                       jobs_.pop_front();
                       start_next(out);
                   },
               },
               e);
    return out;
}

void roaming_list::add(job j, std::vector<action>& out) {
    if (jobs_.size() >= settings_->max_waiting) {
        out.emplace_back(refuse{
            j.request, diagnostics::refuse(id::service_unavailable), {}, std::chrono::seconds(5)});
        return;
    }
    jobs_.push_back(std::move(j));
    if (jobs_.size() == 1) start_next(out);
}

void roaming_list::read_soap(const soap_received& s, std::vector<action>& out) {
    if (s.from != user_) { // [MS-SIP] 3.7.4.3: To and From are the user
        out.emplace_back(refuse_soap(s.request, diagnostics::refuse(id::from_not_allowed)));
        return;
    }
    auto request = conmgmt::parse_soap_request(s.body);
    if (!request) {
        out.emplace_back(refuse_soap(s.request, diagnostics::refuse(id::xml_parse)));
        return;
    }
    auto* wanted = std::get_if<conmgmt::edit>(&*request);
    if (wanted ==
        nullptr) { // setACE and setPresence are LCS 2005's; we have containers and categories
        out.emplace_back(refuse_soap(s.request, {501, id::default_user_services}));
        return;
    }
    auto change = check(std::move(wanted->change), *settings_);
    if (!change) {
        out.emplace_back(refuse_soap(s.request, change.error()));
        return;
    }
    add({s.request, edit{*std::move(change), wanted->delta_num}}, out);
}

void roaming_list::finish(const changed& c, std::vector<action>& out) {
    LYCEUM_CHECK(!jobs_.empty() && std::holds_alternative<edit>(jobs_.front().what));
    const auto done = std::move(jobs_.front());
    jobs_.pop_front();
    if (c.outcome.what != people::contact_outcome::kind::done) {
        out.emplace_back(refuse_soap(done.request, why_not(c.outcome.what)));
    } else if (std::holds_alternative<people::add_group>(std::get<edit>(done.what).change)) {
        out.emplace_back(reply{done.request, conmgmt::add_group_reply(c.outcome.group_id)});
    } else {
        out.emplace_back(reply{done.request, {}});
    }
    tell(c.list, out);
    start_next(out);
}

void roaming_list::start_next(std::vector<action>& out) {
    if (jobs_.empty()) return;
    std::visit(overloaded{
                   [&](const show&) { out.emplace_back(load_contacts{}); },
                   [&](const edit& e) {
                       out.emplace_back(
                           apply_change{e.expected_delta, e.change, settings_->limits});
                   },
               },
               jobs_.front().what);
}

void roaming_list::tell(const people::contact_list& now, std::vector<action>& out) {
    if (told_ && *told_ != now)
        out.emplace_back(notify{conmgmt::serialise(conmgmt::difference(*told_, now))});
    told_ = now;
}

} // namespace lyceum::roles::contacts
