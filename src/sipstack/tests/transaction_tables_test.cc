#include "sipstack/transaction_tables.h"

#include <gtest/gtest.h>

namespace lyceum::sipstack {
namespace {

constexpr std::string_view user = "sip:alice@contoso.test";

server_transaction request(bool is_invite = false) {
    const path from{net::transport::tcp, {7}, {}};
    return {.machine = transaction::server(is_invite, {}, true),
            .key = {},
            .from = from,
            .back = from,
            .is_invite = is_invite,
            .refused = false,
            .began = {},
            .to_tag = {},
            .last = {}};
}

TEST(server_table, what_is_in_hand_is_on_no_file) {
    server_table t;
    t.take_in_hand(1, request(), "key", user);
    ASSERT_NE(t.find(1), nullptr);
    EXPECT_EQ(t.find(2), nullptr);
    EXPECT_EQ(t.find_key("key"), 0U);
    EXPECT_EQ(t.held_by(user).all, 0U);
    EXPECT_EQ(t.size(), 0U);
    t.erase(1);
    EXPECT_EQ(t.find(1), nullptr);
    EXPECT_FALSE(t.file_in_hand());
    EXPECT_EQ(t.size(), 0U);
}

TEST(server_table, what_has_to_wait_is_found_by_everything) {
    server_table t;
    t.take_in_hand(1, request(true), "key", user);
    t.find(1)->to_tag = "tag";
    EXPECT_TRUE(t.file_in_hand());
    EXPECT_FALSE(t.file_in_hand());
    ASSERT_NE(t.find(1), nullptr);
    EXPECT_EQ(t.find(1)->to_tag, "tag");
    EXPECT_EQ(t.find_key("key"), 1U);
    EXPECT_EQ(t.held_by(user).all, 1U);
    EXPECT_EQ(t.invites_by_flow().of({7}), std::vector<std::uint64_t>{1});
    t.take_in_hand(2, request(), "another", user);
    EXPECT_TRUE(t.file_in_hand());
    EXPECT_EQ(t.held_by(user).all, 2U);
    EXPECT_EQ(t.invites_by_flow().of({7}).size(), 1U) << "nobody looks for the others there";
    t.erase(1);
    t.erase(2);
    EXPECT_EQ(t.find_key("key") + t.find_key("another"), 0U);
    EXPECT_EQ(t.held_by(user).all, 0U);
    EXPECT_TRUE(t.invites_by_flow().empty());
    EXPECT_EQ(t.size(), 0U);
}

TEST(server_table, sameness_goes_on_file_with_its_request) {
    server_table t;
    t.take_in_hand(1, request(), "one", user);
    EXPECT_FALSE(t.is_merged(1, "same"));
    t.erase(1); // answered at once: nothing can be merged with it
    t.take_in_hand(2, request(), "two", user);
    EXPECT_FALSE(t.is_merged(2, "same"));
    EXPECT_TRUE(t.file_in_hand());
    t.take_in_hand(3, request(), "three", user);
    EXPECT_TRUE(t.is_merged(3, "same"));
    EXPECT_FALSE(t.is_merged(3, "other"));
    EXPECT_FALSE(t.is_merged(2, "same")) << "with itself";
    t.erase(3);
    // One that is asked about only when it is on file.
    t.take_in_hand(4, request(), "four", user);
    EXPECT_TRUE(t.file_in_hand());
    EXPECT_FALSE(t.is_merged(4, "late"));
    t.take_in_hand(5, request(), "five", user);
    EXPECT_TRUE(t.is_merged(5, "late"));
    t.erase(5);
    t.erase(4);
    t.erase(2);
    t.take_in_hand(6, request(), "six", user);
    EXPECT_FALSE(t.is_merged(6, "same"));
    EXPECT_FALSE(t.is_merged(6, "late"));
}

} // namespace
} // namespace lyceum::sipstack
