#pragma once

#include "admin/service.h"

namespace lyceum::admin {

using handler_table = std::map<std::string, service::handler, std::less<>>;

// The commands over the store, by subject. They keep a reference to the ports.

void add_user_commands(handler_table&, service::ports&);
void add_user_import(handler_table&, service::ports&);
void add_contact_commands(handler_table&, service::ports&);
void add_trusted_commands(handler_table&, service::ports&);

/// sip:alice@contoso.test from what people type; code usage.
[[nodiscard]] std::expected<sip::aor, failure> read_user(const std::string& text);
/// What `user add` makes of its arguments; nothing is asked of the store.
[[nodiscard]] std::expected<people::user, failure> read_new_user(const service::ports&,
                                                                 const arguments&);
[[nodiscard]] std::expected<store::sealed_secret, failure>
seal(const service::ports&, const sip::aor&, const std::string& password);
[[nodiscard]] failure from(const unavailable&);
[[nodiscard]] failure no_such_user(const sip::aor&);

} // namespace lyceum::admin
