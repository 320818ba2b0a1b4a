#include "scratch_folder.h"
#include "store/memory/memory_store.h"
#include "store/soci/soci_store.h"
#include "store_cases.h"

#include <gtest/gtest.h>

namespace lyceum::tests {
namespace {

/// Runs every case against fresh stores of one kind.
template <class Make>
void keeps_the_contract(Make make) {
    for (const auto& c : store_cases()) {
        SCOPED_TRACE(c.name);
        auto s = make();
        c.run(s);
    }
}

template <class Store>
stores ports_of(const std::shared_ptr<Store>& s) {
    return {&s->users(), &s->contacts(), &s->trusted(), s};
}

TEST(store_contract, memory) {
    keeps_the_contract([] { return ports_of(std::make_shared<store::memory::memory_store>()); });
}

TEST(store_contract, sqlite) {
    const scratch_folder folder;
    int n = 0;
    keeps_the_contract([&] {
        auto opened = store::soci::soci_store::open(folder.path(std::to_string(++n) + ".db"),
                                                    {.create = true});
        EXPECT_TRUE(opened) << opened.error();
        return ports_of(std::shared_ptr<store::soci::soci_store>(*std::move(opened)));
    });
}

/// A change that the hook refuses did not happen; whichever operation it is.
TEST(store_contract, memory_fails_where_it_is_told_to) {
    int left = -1; // operations until one fails
    std::string failed;
    store::memory::memory_store s([&](std::string_view operation) -> std::optional<unavailable> {
        if (left != 0) {
            --left;
            return std::nullopt;
        }
        left = -1;
        failed = operation;
        return unavailable{"told to"};
    });
    const auto alice = person("sip:alice@a.test");
    const auto story = [&] {
        if (!s.users().add(alice, {1})) return false;
        if (!s.contacts().apply(alice.aor, 0, store::add_group{"G", ""}, {})) return false;
        return s.users().remove(alice.aor).has_value();
    };
    for (const std::string_view name : {"users.add", "contacts.apply", "users.remove"}) {
        left = static_cast<int>(name == "contacts.apply") +
               2 * static_cast<int>(name == "users.remove");
        EXPECT_FALSE(story());
        EXPECT_EQ(failed, name);
        EXPECT_EQ(s.users().all()->size(), name == "users.add" ? 0U : 1U);
        EXPECT_EQ(s.contacts().load(alice.aor)->delta_num, name == "users.remove" ? 2U : 1U);
        EXPECT_TRUE(s.users().remove(alice.aor));
    }
    EXPECT_TRUE(story());
}

} // namespace
} // namespace lyceum::tests
