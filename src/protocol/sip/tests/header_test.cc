#include "base/text.h"
#include "protocol/sip/header.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <utility>

namespace lyceum::sip {
namespace {

/// Rows of a file in tests/data, without its first line.
std::vector<std::vector<std::string>> table(const char* path) {
    std::ifstream in(path);
    std::vector<std::vector<std::string>> rows;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::string_view rest = line;
        std::vector<std::string> row;
        while (!rest.empty())
            row.emplace_back(split_first(rest, ','));
        row.resize(4);
        rows.push_back(row);
    }
    return rows;
}

TEST(header, names_agree_with_the_registry_both_ways) {
    const auto rows = table("data/headers.csv");
    ASSERT_GT(rows.size(), 50u);
    std::set<header> seen;
    for (const auto& row : rows) {
        const auto& [registered, compact, list, known] = std::tie(row[0], row[1], row[2], row[3]);
        const auto id = header_of(registered);
        EXPECT_EQ(id != header::other, known == "named") << registered;
        if (!compact.empty()) {
            EXPECT_EQ(header_of(compact), id) << compact;
            EXPECT_EQ(header_of(std::string(1, upper(compact[0]))), id) << compact;
        }
        if (id == header::other) continue;
        EXPECT_TRUE(seen.insert(id).second) << registered;
        EXPECT_EQ(name(id), registered);
        EXPECT_EQ(is_list(id), list == "list") << registered;
        EXPECT_EQ(header_of(to_lower(registered)), id);
        EXPECT_EQ(header_of(registered + "s"), header::other) << registered;
        EXPECT_EQ(header_of("X-" + registered), header::other) << registered;
    }
    EXPECT_EQ(seen.size(), std::to_underlying(header::www_authenticate))
        << "a header without a row";
    EXPECT_EQ(name(header::other), "");
    EXPECT_FALSE(is_list(header::other));
    for (const auto* unknown : {"", "a", "e", "z", "X-Via", "Vib", "Content-Lengt", "Tp", "\xFF"}) {
        EXPECT_EQ(header_of(unknown), header::other) << unknown;
    }
}

TEST(header, methods) {
    const auto rows = table("data/methods.csv");
    ASSERT_EQ(rows.size(), std::to_underlying(method::update));
    for (const auto& row : rows) {
        const auto id = method_of(row[0]);
        EXPECT_NE(id, method::other) << row[0];
        EXPECT_EQ(name(id), row[0]);
        EXPECT_EQ(method_of(to_lower(row[0])), method::other) << "methods are case-sensitive";
    }
    EXPECT_EQ(method_of(""), method::other);
    EXPECT_EQ(name(method::other), "");
}

TEST(header, reason_phrases) {
    const auto rows = table("data/status_codes.csv");
    ASSERT_GT(rows.size(), 70u);
    std::set<int> known;
    for (const auto& row : rows) {
        const auto code = static_cast<int>(*to_u32(row[0]));
        EXPECT_EQ(reason_phrase(code), row[1]);
        known.insert(code);
    }
    for (int code = 0; code < 800; ++code) {
        EXPECT_EQ(reason_phrase(code) == "Unknown", !known.contains(code)) << code;
    }
}

} // namespace
} // namespace lyceum::sip
