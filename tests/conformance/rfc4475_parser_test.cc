// RFC 4475, what its sections say of a parser.
#include "protocol/sip/address.h"
#include "protocol/sip/cseq.h"
#include "protocol/sip/escape.h"
#include "protocol/sip/uri.h"
#include "protocol/sip/validate.h"
#include "tests/conformance/messages.h"
#include "tests/conformance/rows.h"

#include <gtest/gtest.h>

namespace lyceum::conformance {
namespace {

using sip::header;

const std::map<std::string, std::string>& torture() {
    static const auto all = read_messages("rfc4475.txt");
    return all;
}

sip::message read(const std::string& name) {
    auto m = sip::message::parse(torture().at(name));
    EXPECT_TRUE(m) << name << " is not read";
    return m ? *std::move(m) : sip::message::response(599);
}

/// What an element would say of it: nothing, or the status of its refusal. 0: no message at all.
std::optional<int> refused(const std::string& name) {
    const auto m = sip::message::parse(torture().at(name));
    if (!m) return m.error().why == malformed::unsupported ? 505 : 0;
    if (m->is_response()) return std::nullopt;
    const auto why = sip::check_request(*m);
    return why ? std::optional(why->status) : std::nullopt;
}

/// Folded lines as the parser keeps them: the line break has become two blanks.
std::string unfolded(std::string octets) {
    const auto head = octets.find("\r\n\r\n");
    for (std::size_t at = 0; (at = octets.find("\r\n", at)) < head; ++at) {
        if (octets[at + 2] == ' ' || octets[at + 2] == '\t') octets.replace(at, 2, "  ");
    }
    return octets;
}

TEST(rfc4475, all_messages_are_there) {
    EXPECT_EQ(torture().size(), 49U);
    // Octets, as the archive of the appendix has them; of what the notation could get wrong.
    const std::pair<const char*, std::size_t> sizes[] = {
        {"wsinv", 1001},
        {"intmeth", 641},
        {"longreq", 3515},
        {"dblreq", 750},
        {"mpart01", 1290},
        {"unreason", 526},
        {"noreason", 274},
        {"scalar02", 476},
        {"scalarlg", 385},
        {"trws", 327},
    };
    for (const auto& [name, size] : sizes)
        EXPECT_EQ(torture().at(name).size(), size) << name;
}

TEST(rfc4475, well_formed_messages_are_read_and_kept) {
    const char* names[] = {
        "wsinv",    "intmeth",  "esc01",    "escnull",  "esc02",    "lwsdisp",    "longreq",
        "semiuri",  "mpart01",  "unreason", "noreason", "baddate",  "badbranch",  "unkscm",
        "novelsc",  "unksm2",   "bext01",   "invut",    "regaut01", "bcast",      "zeromf",
        "cparam01", "cparam02", "regescrt", "sdp01",    "inv2543",  "transports",
    };
    for (const std::string name : names) {
        EXPECT_EQ(refused(name), std::nullopt) << name;
        EXPECT_EQ(read(name).text(), unfolded(torture().at(name))) << name;
    }
}

TEST(rfc4475, broken_messages_are_refused) {
    // 0: nothing of it is believed, not even that it is a message.
    const std::pair<const char*, int> rows[] = {
        {"badinv01", 400}, {"clerr", 0},        {"ncl", 0},          {"scalar02", 400},
        {"quotbal", 400},  {"ltgtruri", 400},   {"lwsruri", 0},      {"lwsstart", 0},
        {"trws", 0},       {"regbadct", -1},    {"badaspec", 400},   {"baddn", 400},
        {"badvers", 505},  {"mismatch01", 400}, {"mismatch02", 400}, {"bigcode", 0},
        {"insuf", 400},    {"multi01", 400},    {"mcl01", 0},
    };
    for (const auto& [name, status] : rows)
        EXPECT_EQ(refused(name).value_or(-1), status) << name;
}

const row facts[] = {
    {"RFC 4475 3.1.1.1",
     "folding, blanks, compact forms and odd capitals change nothing",
     [] {
         const auto m = read("wsinv");
         EXPECT_EQ(m.uri(), "sip:vivekg@chair-dnrc.example.com;unknownparam");
         const auto to = sip::parse_address(m.value(header::to));
         ASSERT_TRUE(to);
         EXPECT_EQ(to->uri, "sip:vivekg@chair-dnrc.example.com");
         EXPECT_EQ(m.to_tag(), "1918181833n");
         EXPECT_EQ(m.from_tag(), "98asjd8");
         const auto from = sip::parse_address(m.value(header::from));
         ASSERT_TRUE(from);
         EXPECT_EQ(from->display, R"(J Rosenberg \\\")");
         EXPECT_EQ(m.cseq_number(), 9U);
         EXPECT_EQ(m.cseq_method(), "INVITE");
         EXPECT_EQ(m.value(header::max_forwards), "0068");
         EXPECT_TRUE(m.has(header::subject));
         EXPECT_EQ(m.value(header::subject), "");
         EXPECT_EQ(m.value("UnknownHeaderWithUnusualValue"), ";;,,;;,;");
         const auto vias = m.values(header::via);
         ASSERT_EQ(vias.size(), 3U);
         const std::pair<std::string_view, std::string_view> hops[] = {
             {"192.0.2.2", "390skdjuw"},
             {"spindle.example.com", "z9hG4bK9ikj8"},
             {"192.168.255.111", "z9hG4bK30239"}};
         for (std::size_t i = 0; i < 3; ++i) {
             const auto via = sip::parse_via(vias[i]);
             ASSERT_TRUE(via) << vias[i];
             EXPECT_EQ(via->host, hops[i].first);
             EXPECT_EQ(via->branch(), hops[i].second);
         }
         const auto contact = sip::parse_address(m.value(header::contact));
         ASSERT_TRUE(contact);
         EXPECT_EQ(contact->params.get("q"), "0.33");
         EXPECT_EQ(contact->params.get("newparam"), "newvalue");
         EXPECT_TRUE(contact->params.has("secondparam"));
         EXPECT_EQ(m.body().size(), 150U);
     }},
    {"RFC 4475 3.1.1.2",
     "every character that the grammar allows is taken as it is",
     [] {
         const auto m = read("intmeth");
         EXPECT_EQ(m.method_name(), "!interesting-Method0123456789_*+`.%indeed'~");
         EXPECT_EQ(m.method_name(), m.cseq_method());
         const auto uri = sip::parse_uri(m.uri());
         ASSERT_TRUE(uri);
         EXPECT_EQ(uri->host, "example.com");
         EXPECT_EQ(uri->user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
         EXPECT_EQ(uri->password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
         EXPECT_EQ(m.from_tag(), "_token~1'+`*%!-.");
         EXPECT_EQ(m.value("extensionHeader-!.%*+_`'~"),
                   "\xEF\xBB\xBF\xE5\xA4\xA7\xE5\x81\x9C\xE9\x9B\xBB");
     }},
    {"RFC 4475 3.1.1.3",
     "escapes are the characters they stand for, and only where there are escapes",
     [] {
         const auto m = read("esc01");
         const auto uri = sip::parse_uri(m.uri());
         ASSERT_TRUE(uri);
         EXPECT_EQ(uri->user, "sips%3Auser%40example.com");
         EXPECT_EQ(uri->host, "example.net");
         const auto to = sip::parse_address(m.value(header::to));
         ASSERT_TRUE(to);
         EXPECT_TRUE(
             sip::equivalent(*sip::parse_uri(to->uri), *sip::parse_uri("sip:user@example.com")));
         const auto contact = sip::parse_address(m.value(header::contact));
         ASSERT_TRUE(contact);
         EXPECT_TRUE(
             sip::equivalent(*sip::parse_uri(contact->uri),
                             *sip::parse_uri("sip:caller@host5.example.net;lr;name=value%2541")));
     }},
    {"RFC 4475 3.1.1.4",
     "an escaped NUL ends no name: two contacts that differ",
     [] {
         const auto m = read("escnull");
         const auto contacts = m.values(header::contact);
         ASSERT_EQ(contacts.size(), 2U);
         const auto one = sip::parse_uri(sip::parse_address(contacts[0])->uri);
         const auto two = sip::parse_uri(sip::parse_address(contacts[1])->uri);
         EXPECT_FALSE(sip::equivalent(*one, *two));
         const auto who = sip::aor::from(sip::parse_address(m.value(header::to))->uri);
         ASSERT_TRUE(who);
         EXPECT_EQ(who->host(), "example.com");
     }},
    {"RFC 4475 3.1.1.5",
     "a percent sign in a method or a header's name is a percent sign",
     [] {
         const auto m = read("esc02");
         EXPECT_EQ(m.method_id(), sip::method::other);
         EXPECT_EQ(m.values(header::contact).size(), 2U);
         EXPECT_EQ(m.value("C%6Fntact"), "<sip:alias2@host2.example.com>");
         EXPECT_EQ(sip::parse_address(m.value(header::to))->display, "%Z%45");
     }},
    {"RFC 4475 3.1.1.6",
     "a display name may touch the angle bracket",
     [] {
         const auto m = read("lwsdisp");
         const auto from = sip::parse_address(m.value(header::from));
         ASSERT_TRUE(from);
         EXPECT_EQ(from->display, "caller");
         EXPECT_EQ(from->params.get("tag"), "323");
     }},
    {"RFC 4475 3.1.1.7",
     "many values and long ones",
     [] {
         const auto m = read("longreq");
         EXPECT_EQ(m.values(header::via).size(), 34U);
         const auto to = sip::parse_address(m.value(header::to));
         ASSERT_TRUE(to);
         EXPECT_EQ(sip::parse_uri(to->uri)->port, 6000);
         EXPECT_EQ(m.cseq_number(), 3882340U);
         EXPECT_EQ(m.body().size(), 150U);
     }},
    {"RFC 4475 3.1.1.8",
     "what follows the body in a datagram is not there",
     [] {
         const auto m = read("dblreq");
         EXPECT_EQ(m.method_id(), sip::method::register_);
         EXPECT_EQ(m.body(), "");
         EXPECT_EQ(m.text().find("INVITE"), std::string::npos);
     }},
    {"RFC 4475 3.1.1.9",
     "a semicolon before the at sign belongs to the user part",
     [] {
         const auto m = read("semiuri");
         const auto uri = sip::parse_uri(m.uri());
         ASSERT_TRUE(uri);
         EXPECT_EQ(uri->user, "user;par=u%40example.net");
         EXPECT_EQ(uri->host, "example.com");
         EXPECT_TRUE(uri->params.empty());
         EXPECT_EQ(m.values(header::accept).size(), 6U);
     }},
    {"RFC 4475 3.1.1.10",
     "transports of a Via are known or unknown, never wrong",
     [] {
         const std::string_view expected[] = {"UDP", "SCTP", "TLS", "UNKNOWN", "TCP"};
         const auto m = read("transports");
         const auto vias = m.values(header::via);
         ASSERT_EQ(vias.size(), 5U);
         for (std::size_t i = 0; i < 5; ++i)
             EXPECT_EQ(sip::parse_via(vias[i])->transport, expected[i]);
     }},
    {"RFC 4475 3.1.1.11",
     "a binary body is counted, not read to its first NUL",
     [] {
         const auto m = read("mpart01");
         EXPECT_EQ(m.body().size(), 553U);
         EXPECT_TRUE(m.body().ends_with("--7a9cbec02ceef655--\r\n"));
         EXPECT_NE(m.body().find('\0'), std::string_view::npos);
     }},
    {"RFC 4475 3.1.1.12",
     "a reason phrase is any UTF-8 text",
     [] {
         const auto m = read("unreason");
         EXPECT_EQ(m.status(), 200);
         EXPECT_TRUE(m.reason().starts_with("= 2**3 * 5**2 \xD0\xBD"));
     }},
    {"RFC 4475 3.1.1.13",
     "a reason phrase may be empty",
     [] {
         const auto m = read("noreason");
         EXPECT_EQ(m.status(), 100);
         EXPECT_EQ(m.reason(), "");
     }},
    {"RFC 4475 3.1.2.5",
     "a CSeq beyond 2^32 - 1 is no number",
     [] {
         const auto m = read("scalarlg");
         EXPECT_FALSE(sip::parse_cseq(m.value(header::cseq)));
         EXPECT_EQ(m.cseq_number(), 0U);
     }},
    {"RFC 4475 3.1.2.11",
     "a header in the Request-URI is no header of the request",
     [] {
         const auto m = read("escruri");
         EXPECT_FALSE(m.has(header::route));
         EXPECT_EQ(sip::parse_uri(m.uri())->headers, "Route=%3Csip:example.com%3E");
     }},
    {"RFC 4475 3.2.1",
     "a branch that is the magic cookie alone breaks no parser",
     [] {
         const auto m = read("badbranch");
         EXPECT_EQ(sip::parse_via(m.value(header::via))->branch(), "z9hG4bK");
     }},
    {"RFC 4475 3.3.2",
     "an unknown scheme is a URI all the same",
     [] { EXPECT_EQ(sip::parse_uri(read("unkscm").uri())->scheme, "nobodyKnowsThisScheme"); }},
    {"RFC 4475 3.3.3",
     "a scheme with a dot in it, too",
     [] { EXPECT_EQ(sip::parse_uri(read("novelsc").uri())->scheme, "soap.beep"); }},
    {"RFC 4475 3.3.12",
     "behind a URI without brackets a parameter is the contact's",
     [] {
         const auto m = read("cparam01");
         const auto c = sip::parse_address(m.value(header::contact));
         ASSERT_TRUE(c);
         EXPECT_EQ(c->uri, "sip:+19725552222@gw1.example.net");
         EXPECT_TRUE(c->params.has("unknownparam"));
     }},
    {"RFC 4475 3.3.13",
     "within brackets it is the URI's",
     [] {
         const auto m = read("cparam02");
         const auto c = sip::parse_address(m.value(header::contact));
         ASSERT_TRUE(c);
         EXPECT_TRUE(sip::parse_uri(c->uri)->params.has("unknownparam"));
         EXPECT_TRUE(c->params.empty());
     }},
    {"RFC 4475 3.3.14",
     "a contact may bring headers along, escaped",
     [] {
         const auto m = read("regescrt");
         const auto c = sip::parse_address(m.value(header::contact));
         ASSERT_TRUE(c);
         EXPECT_EQ(sip::parse_uri(c->uri)->headers, "Route=%3Csip:sip.example.com%3E");
     }},
    {"RFC 4475 3.4.1",
     "a request of RFC 2543: no tag, no branch, no Max-Forwards, no Content-Length",
     [] {
         const auto m = read("inv2543");
         EXPECT_EQ(m.from_tag(), "");
         EXPECT_EQ(m.body().size(), 105U);
         EXPECT_EQ(sip::parse_address(m.value(header::from))->uri,
                   "sip:+13035551111@ift.client.example.net;user=phone");
     }},
};

TEST(rfc4475, what_is_read) {
    play(facts);
}

} // namespace
} // namespace lyceum::conformance
