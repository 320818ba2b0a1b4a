#include "protocol/soap/soap.h"

#include <gtest/gtest.h>

namespace lyceum::soap {
namespace {

TEST(Soap, FindsTheMethodWhateverThePrefix) {
    for (
        const std::string_view document : {
            R"(<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body><m xmlns="urn:m"/></s:Body></s:Envelope>)",
            R"(<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"> <SOAP-ENV:Body> <m/> <other/></SOAP-ENV:Body></SOAP-ENV:Envelope>)",
        }) {
        const auto got = parse(document);
        ASSERT_TRUE(got) << document;
        EXPECT_EQ(got->method().name, "m");
    }
}

TEST(Soap, RefusesWhatIsNone) {
    for (const std::string_view document : {"",
                                            "x",
                                            "<a/>",
                                            "<Envelope/>",
                                            "<Envelope><Body/></Envelope>",
                                            "<Envelope><Body>text</Body></Envelope>",
                                            "<Body><m/></Body>"}) {
        EXPECT_FALSE(parse(document)) << document;
    }
}

TEST(Soap, FaultsReadBack) {
    for (const fault& f : {fault{true, "delta <stale>"}, fault{false, "later"}, fault{true, ""}}) {
        EXPECT_EQ(parse_fault(serialise(f)), f);
    }
    EXPECT_FALSE(parse_fault(envelope("<m/>")));
    EXPECT_FALSE(parse_fault(envelope("<Fault><faultcode>Odd</faultcode><faultstring/></Fault>")));
}

} // namespace
} // namespace lyceum::soap
