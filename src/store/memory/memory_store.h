#pragma once

#include "store/contacts.h"
#include "store/trusted.h"
#include "store/users.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace lyceum::store::memory {

/// The store for simulation and tests: promises what store/soci promises, except durability. Any
/// thread.
class memory_store {
public:
    /// Called with an operation's name ("users.add", "contacts.apply") before it does anything:
    /// before a read, or before a change would be committed. What it returns is what the caller
    /// gets; nothing lets the operation go on. For modelled latency and failures. Called without
    /// the store's lock.
    using hook = std::function<std::optional<unavailable>(std::string_view operation)>;

    explicit memory_store(hook before = {});
    ~memory_store();
    memory_store(const memory_store&) = delete;
    memory_store& operator=(const memory_store&) = delete;

    [[nodiscard]] store::users& users();
    [[nodiscard]] store::contacts& contacts();
    [[nodiscard]] store::trusted& trusted();

private:
    class user_table;
    class contact_table;
    class trusted_table;
    struct tables;

    std::unique_ptr<tables> tables_;
    std::unique_ptr<user_table> users_;
    std::unique_ptr<contact_table> contacts_;
    std::unique_ptr<trusted_table> trusted_;
};

} // namespace lyceum::store::memory
