#include "roles/contacts/check_edit.h"

#include "base/check.h"

#include <utility>

namespace lyceum::roles::contacts {
namespace {

constexpr std::uint32_t default_group = 1;

using diagnostics::id;
using diagnostics::refusal;

/// What is wrong with one kind of change; nothing if nothing is.
struct checker {
    const settings& bounds;

    [[nodiscard]] std::optional<refusal> texts(const std::string& name,
                                               const std::string& external_uri) const {
        if (name.size() > bounds.max_name || external_uri.size() > bounds.max_external_uri) {
            return diagnostics::refuse(id::input_too_large);
        }
        return std::nullopt;
    }

    std::optional<refusal> operator()(const people::add_group& c) const {
        return texts(c.name, c.external_uri);
    }
    std::optional<refusal> operator()(const people::modify_group& c) const {
        return texts(c.name, c.external_uri);
    }
    std::optional<refusal> operator()(const people::delete_group&) const { return std::nullopt; }
    std::optional<refusal> operator()(const people::delete_contact&) const { return std::nullopt; }
    std::optional<refusal> operator()(people::set_contact& c) const {
        if (c.contact.extension.size() > bounds.max_extension) {
            return diagnostics::refuse(id::contact_extension_too_large);
        }
        if (c.contact.groups.empty()) c.contact.groups = {default_group};
        return texts(c.contact.name, c.contact.external_uri);
    }
};

} // namespace

std::expected<people::contact_change, refusal> check(people::contact_change change,
                                                     const settings& s) {
    if (const auto refused = std::visit(checker{s}, change)) return std::unexpected(*refused);
    return change;
}

refusal why_not(people::contact_outcome::kind what) {
    using enum people::contact_outcome::kind;
    switch (what) {
    case stale:
        return {409, id::default_user_services}; // assumed: the document names no answer
    case unknown_contact:
        return diagnostics::refuse(id::contact_unknown);
    case unknown_group:
        return diagnostics::refuse(id::group_unknown);
    case too_many_contacts:
        return diagnostics::refuse(id::contact_limit);
    case too_many_groups:
        return diagnostics::refuse(id::group_limit);
    case duplicate_group:
        return diagnostics::refuse(id::duplicate_group);
    case done:
        break;
    }
    LYCEUM_CHECK(what != done);
    std::unreachable();
}

} // namespace lyceum::roles::contacts
