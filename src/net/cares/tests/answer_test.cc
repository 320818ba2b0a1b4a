#include "base/text.h"
#include "net/cares/answer.h"

#include <ares.h>
#include <gtest/gtest.h>

namespace lyceum::net::cares {
namespace {

/// _sip._udp.gw.test SRV?
constexpr std::string_view question = "045f736970045f756470026777047465737400"
                                      "00210001";
/// Its answer: name by pointer, SRV, class IN; TTL and data follow.
constexpr std::string_view srv_head = "c00c00210001";
/// 14 octets: 10 20 5070 a.test
constexpr std::string_view srv_data = "000e000a001413ce0161047465737400";

byte_vector reply(unsigned answers, std::string_view records) {
    std::string hex = "123481800001000" + std::to_string(answers) + "00000000";
    hex.append(question).append(records);
    return *from_hex(hex);
}
std::string record(std::string_view ttl) {
    return std::string(srv_head).append(ttl).append(srv_data);
}

TEST(answer, least_ttl) {
    const struct {
        const char* rule;
        byte_vector bytes;
        std::optional<int> seconds; ///< nothing: refused
    } rows[] = {
        {"one record", reply(1, record("0000003c")), 60},
        {"the least of two", reply(2, record("0000003c") + record("0000000a")), 10},
        {"none", reply(0, ""), 0},
        {"RFC 2181 8: the upper bit means 0", reply(1, record("80000001")), 0},
        {"a record is missing", reply(2, record("0000003c")), std::nullopt},
        {"data is cut short",
         reply(1, std::string(srv_head) + "0000003c" + "0010000a"),
         std::nullopt},
        {"a label of an unknown kind", reply(1, "8000"), std::nullopt},
        {"no header", *from_hex("1234"), std::nullopt},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.rule);
        const auto ttl = least_ttl(row.bytes);
        EXPECT_EQ(ttl ? std::optional<int>(ttl->count()) : std::nullopt, row.seconds);
    }
}

TEST(answer, srv) {
    const auto good = srv_answer(ARES_SUCCESS, reply(1, record("0000003c")));
    EXPECT_EQ(good.outcome, lookup::found);
    EXPECT_EQ(good.services, (std::vector<srv_record>{{10, 20, 5070, "a.test"}}));
    EXPECT_EQ(good.ttl.count(), 60);

    const struct {
        int status;
        lookup outcome;
    } rows[] = {
        {ARES_ENODATA, lookup::none},
        {ARES_ENOTFOUND, lookup::none},
        {ARES_ETIMEOUT, lookup::failed},
        {ARES_ESERVFAIL, lookup::failed},
        {ARES_ECONNREFUSED, lookup::failed},
    };
    for (const auto& row : rows)
        EXPECT_EQ(srv_answer(row.status, {}).outcome, row.outcome) << row.status;
    EXPECT_EQ(srv_answer(ARES_SUCCESS, reply(0, "")).outcome, lookup::none);
    EXPECT_EQ(srv_answer(ARES_SUCCESS, *from_hex("1234")).outcome, lookup::failed);
}

TEST(answer, naptr) {
    // 23 octets: 10 20 "s" "SIP+D2T" "" a.test
    constexpr auto data = "0017000a00140173075349502b443254000161047465737400";
    const auto good = naptr_answer(ARES_SUCCESS,
                                   reply(1,
                                         "c00c00230001"
                                         "0000003c" +
                                             std::string(data)));
    EXPECT_EQ(good.outcome, lookup::found);
    EXPECT_EQ(good.pointers, (std::vector<naptr_record>{{10, 20, "s", "SIP+D2T", "", "a.test"}}));
    EXPECT_EQ(good.ttl.count(), 60);
    EXPECT_EQ(naptr_answer(ARES_ENODATA, {}).outcome, lookup::none);
    EXPECT_EQ(naptr_answer(ARES_ESERVFAIL, {}).outcome, lookup::failed);
    EXPECT_EQ(naptr_answer(ARES_SUCCESS, reply(0, "")).outcome, lookup::none);
    EXPECT_EQ(naptr_answer(ARES_SUCCESS, *from_hex("1234")).outcome, lookup::failed);
}

} // namespace
} // namespace lyceum::net::cares
