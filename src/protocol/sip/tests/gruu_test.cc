#include "protocol/sip/gruu.h"

#include <gtest/gtest.h>

namespace lyceum::sip {
namespace {

// digest MS-SIPRE 9
const struct {
    std::string_view epid;
    std::string_view instance;
    std::string_view enc;
} published[] = {
    {"01010101", "4b1682a8-f968-5701-83fc-7c6741dc6697", "qIIWS2j5AVeD_HxnQdxmlwAA"},
    {"a0ae9e6cb0", "c1589240-e660-594f-a8b3-4b55f358cbc1", "QJJYwWDmT1mos0tV81jLwQAA"},
    {"492a7ce35f", "b43b3d1d-9f8f-5fdc-9f74-3ca273cadb97", "HT07tI-f3F-fdDyic8rblwAA"},
    {"1D19090AED", "0dc28647-23a5-56e7-b4e8-f51b92b692d1", "R4bCDaUj51a06PUbkraS0QAA"},
    {"c8ca638a15", "34d859db-6585-5f91-a3b4-de853c15347d", "21nYNIVlkV-jtN6FPBU0fQAA"},
    {"8248ca9ebb", "4233fd41-093b-5fd6-b5d2-651ed55969e6", "Qf0zQjsJ1l-10mUe1Vlp5gAA"},
};

TEST(gruu, published_values) {
    const auto alice = *aor::from("sip:alice@contoso.test");
    for (const auto& row : published) {
        const auto id = instance_id::from_epid(row.epid);
        EXPECT_EQ(id.text(), row.instance);
        EXPECT_EQ(id.urn(), "urn:uuid:" + std::string(row.instance));
        EXPECT_EQ(instance_id::parse(id.urn()), id);
        EXPECT_EQ(instance_id::from_octets(id.octets()), id);
        const auto gruu = make_gruu(alice, id);
        EXPECT_EQ(gruu,
                  "sip:alice@contoso.test;opaque=user:epid:" + std::string(row.enc) + ";gruu");
        const auto uri = parse_uri(gruu);
        ASSERT_TRUE(uri);
        EXPECT_EQ(instance_of(uri->params.value_or("opaque", {})), id);
        EXPECT_TRUE(uri->params.has("gruu"));
    }
    EXPECT_NE(instance_id::from_epid("1d19090aed"), instance_id::from_epid("1D19090AED"));
}

TEST(gruu, decoding_only) {
    const auto id = instance_of("user:epid:CBCrdcS8RFWSTaoXfIJCkQAA");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->text(), "75ab1008-bcc4-5544-924d-aa177c824291");
    EXPECT_EQ(id, instance_id::parse("\"<urn:uuid:75ab1008bcc45544924daa177c824291>\""));
}

TEST(gruu, opaque_values_that_are_no_endpoint) {
    for (const auto* opaque : {"",
                               "user:epid:",
                               "app:voicemail",
                               "app:conf:focus:id:36022956C3FC3243B8121CD611363ED0",
                               "srvr:HomeServer:dL8cwxBrTuG8eC4-Q_GNGAAA",
                               "user:epid:CBCrdcS8RFWSTaoXfIJCkQAB",
                               "user:epid:CBCrdcS8RFWSTaoXfIJCkQ",
                               "user:epid:CBCrdcS8RFWSTaoXfIJCkQAAAAAA",
                               "user:epid:CBCrdcS8RFWSTao fIJCkQAA",
                               "user:epid:qIIWS2j5AVeD/HxnQdxmlwAA"}) {
        EXPECT_FALSE(instance_of(opaque)) << opaque;
    }
    EXPECT_TRUE(instance_of("User:Epid:CBCrdcS8RFWSTaoXfIJCkQAA"));
}

TEST(gruu, spellings_of_an_instance) {
    const auto id = *instance_id::parse("urn:uuid:75ab1008-bcc4-5544-924d-aa177c824291");
    for (const auto* text : {"\"<urn:uuid:75AB1008-bcc4-5544-924d-AA177C824291>\"",
                             "<urn:uuid:75ab1008-bcc4-5544-924d-aa177c824291>",
                             "URN:UUID:75ab1008bcc45544924daa177c824291",
                             " \"urn:uuid:75ab1008-bcc4-5544-924d-aa177c824291\" "}) {
        EXPECT_EQ(instance_id::parse(text), id) << text;
    }
    for (const auto* text : {"",
                             "\"",
                             "<>",
                             "75ab1008-bcc4-5544-924d-aa177c824291",
                             "urn:uuid:",
                             "urn:uuid:75ab1008-bcc4-5544-924d-aa177c82429",
                             "urn:uuid:75ab1008-bcc4-5544-924daa177c8242911",
                             "urn:uuid:75ab1008bcc4-5544-924d-aa177c8242911",
                             "urn:uuid:75ab1008-bcc4-5544-924d-aa177c82429g",
                             "<urn:uuid:75ab1008-bcc4-5544-924d-aa177c824291",
                             "urn:uuid:75ab1008-bcc4-5544-924d-aa177c824291>"}) {
        EXPECT_FALSE(instance_id::parse(text)) << text;
    }
}

} // namespace
} // namespace lyceum::sip
