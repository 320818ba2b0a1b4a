#pragma once

#include "store/contacts.h"
#include "store/trusted.h"
#include "store/users.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace lyceum::tests {

/// The ports of one adapter under test, and whatever keeps them alive.
struct stores {
    store::users* users = nullptr;
    store::contacts* contacts = nullptr;
    store::trusted* trusted = nullptr;
    std::shared_ptr<void> owner;
};

/// One promise of the ports; reports by gtest. The stores are empty.
struct store_case {
    std::string_view name;
    void (*run)(stores&);
};
[[nodiscard]] std::span<const store_case> store_cases();

/// Helpers that the cases and the adapters' own tests share.
[[nodiscard]] sip::aor aor(std::string_view uri);
[[nodiscard]] people::user
person(std::string_view uri, std::string_view login = {}, std::string_view domain = {});

} // namespace lyceum::tests
