#include "roles/presence/batch.h"

#include "base/overloaded.h"
#include "protocol/pres/names.h"
#include "protocol/pres/subscribe.h"

#include <algorithm>

namespace lyceum::roles::presence {
namespace {

using diagnostics::id;

constexpr std::string_view list_cid = "resourceList";

std::string cid_of(std::size_t n) {
    return "resource" + std::to_string(n);
}

mime::part make_part(std::string_view type, std::string cid, std::string body) {
    return {.type = {std::string(type)},
            .headers = {{"Content-ID", std::move(cid)}, {"Content-Transfer-Encoding", "binary"}},
            .body = std::move(body)};
}

struct multipart {
    std::string content_type;
    std::string body;
};

multipart assemble(const std::vector<mime::part>& parts) {
    const auto boundary = mime::pick_boundary(parts);
    const mime::content_type type{"multipart/related",
                                  {{"type", std::string(pres::type::rlmi)},
                                   {"start", std::string(list_cid)},
                                   {"boundary", boundary}}};
    return {mime::serialise(type), mime::serialise(parts, boundary, mime::framing::empty_line)};
}

void add_missing(std::vector<std::string>& to, const std::vector<std::string>& names) {
    for (const auto& n : names) {
        if (std::ranges::find(to, n) == to.end()) to.push_back(n);
    }
}

} // namespace

std::vector<batch::action> batch::on(const event& e, instant now) {
    std::vector<action> out;
    std::visit(
        overloaded{
            [&](const subscribed& s) { read(s, now, out); },
            [&](const seen& s) {
                const auto at = targets_.find(s.who);
                if (at == targets_.end()) return; // no longer watched
                at->second.how = standing::active;
                if (waiting_) {
                    at->second.documents.push_back(s.document);
                    answer_if_complete(now, out);
                } else {
                    tell(s.who, s.document, out);
                }
            },
            [&](const unseen& s) {
                const auto at = targets_.find(s.who);
                if (at == targets_.end()) return;
                at->second.how = standing::nobody;
                if (waiting_) {
                    answer_if_complete(now, out);
                } else {
                    tell(s.who, {}, out);
                }
            },
            [&](const ended&) {
                for (const auto& [who, t] : targets_)
                    out.emplace_back(unwatch{who});
                targets_.clear();
                if (waiting_) { // nobody is left to answer to, but the request is held somewhere
                    out.emplace_back(
                        refuse{waiting_->request, {481, diagnostics::id::no_subscription_dialog}});
                }
                waiting_.reset();
            },
            [&](const tick&) { answer_if_complete(now, out); },
        },
        e);
    return out;
}

void batch::read(const subscribed& s, instant now, std::vector<action>& out) {
    if (s.from != watcher_) {
        out.emplace_back(refuse{s.request, diagnostics::refuse(id::from_not_allowed)});
        return;
    }
    if (waiting_) { // the former request has no answer yet
        out.emplace_back(refuse{s.request, {491, id::default_user_services}});
        return;
    }
    answer pending{.request = s.request, .until = now + settings_->batch_patience, .invalid = {}};
    if (s.body.empty() && !targets_.empty()) { // a refresh: everything once more
        const auto again = targets_;
        waiting_ = std::move(pending);
        for (const auto& [who, t] : again)
            ask(who, t, out);
        answer_if_complete(now, out);
        return;
    }
    const auto request = pres::parse_batch_subscribe(s.body);
    if (!request || sip::aor::from(request->uri) != watcher_) {
        out.emplace_back(
            refuse{s.request, diagnostics::refuse(request ? id::from_not_allowed : id::xml_parse)});
        return;
    }
    auto wanted = targets_;
    for (const auto& a : request->actions) {
        for (const auto& r : a.resources) {
            const auto who = sip::aor::from(r.uri);
            if (!who) {
                if (a.subscribe) pending.invalid.push_back(r.uri);
            } else if (a.subscribe) {
                auto& t = wanted[*who];
                t.uri = r.uri;
                t.context = t.context || r.context;
                add_missing(t.categories, a.categories);
            } else {
                wanted.erase(*who);
            }
        }
    }
    if (wanted.size() + pending.invalid.size() > settings_->max_watched) {
        out.emplace_back(refuse{s.request, diagnostics::refuse(id::category_subscription_limit)});
        return;
    }
    for (const auto& [who, t] : targets_) {
        if (!wanted.contains(who)) out.emplace_back(unwatch{who});
    }
    std::erase_if(targets_, [&](const auto& t) { return !wanted.contains(t.first); });
    waiting_ = std::move(pending);
    for (auto& [who, t] : wanted)
        ask(who, std::move(t), out);
    answer_if_complete(now, out);
}

void batch::ask(const sip::aor& who, target t, std::vector<action>& out) {
    t.how = standing::asked;
    t.documents.clear();
    out.emplace_back(watch{who, t.categories, t.context});
    targets_.insert_or_assign(who, std::move(t));
}

void batch::answer_if_complete(instant now, std::vector<action>& out) {
    if (!waiting_) return;
    const auto asked = [](const auto& t) { return t.second.how == standing::asked; };
    const bool complete = std::ranges::none_of(targets_, asked);
    if (!complete && now < waiting_->until) return;

    pres::rlmi_list list{
        .uri = watcher_.text(), .version = version_++, .full_state = complete, .resources = {}};
    std::vector<mime::part> parts(1);
    std::vector<std::string> later; // changes that came while others were waited for
    for (auto& [who, t] : targets_) {
        if (t.how == standing::asked) continue; // it will be told when it comes
        if (t.how == standing::nobody) {
            list.resources.push_back(
                {.uri = t.uri, .state = pres::instance_state::terminated, .reason = "noresource"});
            continue;
        }
        auto cid = cid_of(parts.size());
        list.resources.push_back({.uri = t.uri, .state = pres::instance_state::active, .cid = cid});
        auto documents = std::exchange(t.documents, {});
        parts.push_back(
            make_part(pres::type::categories, std::move(cid), std::move(documents.front())));
        later.insert(later.end(),
                     std::make_move_iterator(documents.begin() + 1),
                     std::make_move_iterator(documents.end()));
    }
    for (const auto& uri : waiting_->invalid) {
        list.resources.push_back(
            {.uri = uri, .state = pres::instance_state::terminated, .reason = "noresource"});
    }
    parts.front() = list_part(list);
    auto whole = assemble(parts);
    out.emplace_back(
        accept{waiting_->request, std::move(whole.content_type), std::move(whole.body)});
    for (auto& document : later)
        out.emplace_back(notify{std::string(pres::type::categories), std::move(document)});
    waiting_.reset();
}

void batch::tell(const sip::aor& who, const std::string& document, std::vector<action>& out) {
    const auto& t = targets_.at(who);
    if (t.how == standing::active) { // one user may come without a list. digest MS-PRES 3.12
        out.emplace_back(notify{std::string(pres::type::categories), document});
        return;
    }
    pres::rlmi_list list{
        .uri = watcher_.text(), .version = version_++, .full_state = false, .resources = {}};
    list.resources.push_back(
        {.uri = t.uri, .state = pres::instance_state::terminated, .reason = "noresource"});
    auto whole = assemble({list_part(list)});
    out.emplace_back(notify{std::move(whole.content_type), std::move(whole.body)});
}

mime::part batch::list_part(const pres::rlmi_list& list) const {
    return make_part(pres::type::rlmi, std::string(list_cid), pres::serialise(list));
}

} // namespace lyceum::roles::presence
