#include "protocol/sip/fuzz/sip_mutator.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lyceum::sip::fuzz {

namespace {

using std::string_view;

constexpr auto words = std::to_array<string_view>({
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "REGISTER",
    "OPTIONS",
    "MESSAGE",
    "SUBSCRIBE",
    "NOTIFY",
    "BENOTIFY",
    "SERVICE",
    "INFO",
    "UPDATE",
    "REFER",
    "PRACK",
    "NEGOTIATE",
    "FOO",
    "SIP/2.0",
    "sip",
    "sips",
    "tel",
    "alice",
    "bob",
    "mallory",
    "contoso.test",
    "other.test",
    "fe.contoso.test",
    "10.0.0.1",
    "[::1]",
    "[",
    "]",
    "*",
    "<",
    ">",
    "\"",
    "\\",
    "\\\"",
    "%00",
    "%40",
    "%",
    ";",
    ",",
    "=",
    "@",
    "?",
    "&",
    "/",
    ":",
    " ",
    "\t",
    "\r\n ",
    "\r\n",
    "\r",
    "\n",
    "\r\n\r\n",
    "tag",
    "epid",
    "branch",
    "z9hG4bK",
    "lr",
    "maddr",
    "received",
    "rport",
    "ttl",
    "transport",
    "tcp",
    "tls",
    "udp",
    "opaque",
    "gruu",
    "user:epid:",
    "+sip.instance",
    "urn:uuid:",
    "proxy=replace",
    "expires",
    "0",
    "NTLM",
    "Kerberos",
    "TLS-DSK",
    "qop",
    "realm",
    "targetname",
    "gssapi-data",
    "version",
    "crand",
    "cnum",
    "response",
    "srand",
    "snum",
    "rspauth",
    "100",
    "180",
    "200",
    "401",
    "486",
    "487",
    "503",
    "application/sdp",
    "text/plain",
    "application/SOAP+xml",
    "multipart/alternative",
    "boundary",
    "ms-benotify",
    "ms-piggyback-first-notify",
    "eventlist",
    "adhoclist",
    "presence",
    "registration",
    "vnd-microsoft-roaming-contacts",
    "vnd-microsoft-provisioning-v2",
    "\xC3\xA4",
    "\xFF",
});

constexpr auto names = std::to_array<string_view>({
    "Via",
    "v",
    "From",
    "f",
    "To",
    "t",
    "Call-ID",
    "i",
    "CSeq",
    "Contact",
    "m",
    "Content-Length",
    "l",
    "Content-Type",
    "c",
    "Max-Forwards",
    "Route",
    "Record-Route",
    "Expires",
    "Event",
    "o",
    "Supported",
    "k",
    "Require",
    "Proxy-Require",
    "Accept",
    "Authorization",
    "Proxy-Authorization",
    "Authentication-Info",
    "Proxy-Authentication-Info",
    "WWW-Authenticate",
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "Session-Expires",
    "x",
    "Min-SE",
    "Subscription-State",
    "Warning",
    "Reason",
    "ms-diagnostics",
    "ms-keep-alive",
    "ms-user-logon-data",
    "User-Agent",
    "Privacy",
    "Refer-To",
    "Path",
    "Timestamp",
    "X-Unknown",
});

constexpr auto numbers = std::to_array<string_view>({
    "0",
    "1",
    "2",
    "69",
    "70",
    "71",
    "255",
    "256",
    "4095",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "99999999999999999999",
    "-1",
    "00",
    "1e9",
});

template <class Table>
string_view any_of(const Table& table, dice& d) {
    return table[d.below(table.size())];
}

/// With their ends.
std::vector<string_view> lines_of(string_view text) {
    std::vector<string_view> out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        out.push_back(text.substr(0, end == string_view::npos ? text.size() : end + 1));
        text.remove_prefix(out.back().size());
    }
    return out;
}

std::string join(const std::vector<string_view>& lines) {
    std::string out;
    for (const auto line : lines)
        out += line;
    return out;
}

bool is_word_end(char c) {
    return string_view(" \t\r\n;,:<>=@\"/?&").contains(c);
}

/// A word of the text, by its place and size; size 0 where two separators meet.
struct place {
    std::size_t at = 0;
    std::size_t size = 0;
};
place word_in(string_view text, dice& d) {
    if (text.empty()) return {};
    auto at = d.below(text.size());
    while (at > 0 && !is_word_end(text[at - 1]))
        --at;
    auto end = at;
    while (end < text.size() && !is_word_end(text[end]))
        ++end;
    return {at, end - at};
}

std::string replaced(string_view text, place p, string_view by) {
    std::string out(text);
    return out.replace(p.at, p.size, by);
}

std::string change_word(string_view text, dice& d) {
    const auto p = word_in(text, d);
    if (d.below(3) == 0) {
        const auto other = word_in(text, d);
        return replaced(text, p, text.substr(other.at, other.size));
    }
    const auto by = any_of(words, d);
    return d.below(4) == 0 ? replaced(text, {p.at, 0}, by) : replaced(text, p, by);
}

std::string change_number(string_view text, dice& d) {
    const auto from = text.find_first_of("0123456789", d.below(text.size() + 1));
    if (from == string_view::npos) return std::string(text);
    const auto end = std::min(text.find_first_not_of("0123456789", from), text.size());
    return replaced(text, {from, end - from}, any_of(numbers, d));
}

/// Where the value of a header line starts, and its end; the whole line when it has no colon.
place value_of(string_view line) {
    const auto colon = line.find(':');
    const auto end = std::min(line.find_first_of("\r\n"), line.size());
    if (colon == string_view::npos || colon > end) return {0, end};
    return {colon + 1, end - colon - 1};
}

/// Sets the Content-Length of one of the messages, the last before a random place, to what follows
/// its head, or to something near it.
std::string tell_length(string_view text, dice& d) {
    const auto head_end = text.rfind("\r\n\r\n", d.below(text.size() + 1));
    if (head_end == string_view::npos) return std::string(text);
    auto rest = text.size() - head_end - 4;
    if (const auto next = text.find("\n@@", head_end); next != string_view::npos)
        rest = next + 1 - head_end - 4;
    static constexpr std::array<int, 8> lies{0, 0, 0, 0, 1, -1, 2, 100};
    const auto lie = lies[d.below(lies.size())];
    const auto told = std::to_string(static_cast<long>(rest) + lie);
    const auto line = text.rfind("\r\nContent-Length:", head_end);
    if (line == string_view::npos || d.below(8) == 0)
        return replaced(text, {head_end + 2, 0}, "Content-Length: " + told + "\r\n");
    const auto value = line + 17;
    const auto end = text.find("\r\n", value);
    return replaced(text, {value, end - value}, " " + told);
}

std::string change_line(string_view text, dice& d) {
    auto lines = lines_of(text);
    if (lines.empty()) return std::string(any_of(words, d));
    const auto here = d.below(lines.size());
    const auto there = d.below(lines.size());
    const auto at = [&](std::size_t n) { return lines.begin() + static_cast<std::ptrdiff_t>(n); };
    std::string made;
    switch (d.below(8)) {
    case 0: // twice
        lines.insert(at(there), lines[here]);
        break;
    case 1:
        lines.erase(at(here));
        break;
    case 2:
        std::swap(lines[here], lines[there]);
        break;
    case 3: { // another's value
        const auto mine = value_of(lines[here]);
        const auto its = value_of(lines[there]);
        made = replaced(lines[here], mine, lines[there].substr(its.at, its.size));
        lines[here] = made;
        break;
    }
    case 4: { // another's value behind its own
        const auto mine = value_of(lines[here]);
        const auto its = value_of(lines[there]);
        made = replaced(lines[here],
                        {mine.at + mine.size, 0},
                        (d.below(2) == 0 ? "," : ";") +
                            std::string(lines[there].substr(its.at, its.size)));
        lines[here] = made;
        break;
    }
    case 5: // another name
        if (const auto colon = lines[here].find(':'); colon != string_view::npos) {
            made = replaced(lines[here], {0, colon}, any_of(names, d));
            lines[here] = made;
        }
        break;
    case 6: { // a new one
        const auto its = value_of(lines[there]);
        made = std::string(any_of(names, d)) + ": " +
               std::string(d.below(2) == 0 ? any_of(words, d)
                                           : lines[there].substr(its.at, its.size)) +
               "\r\n";
        lines.insert(at(here), made);
        break;
    }
    default: { // a run of lines again: a message, perhaps
        const auto from = std::min(here, there);
        const auto to = std::max(here, there) + 1;
        const std::vector<string_view> run(at(from), at(to));
        lines.insert(at(to), run.begin(), run.end());
        break;
    }
    }
    return join(lines);
}

} // namespace

std::size_t dice::below(std::size_t n) {
    state_ += 0x9E3779B97F4A7C15ULL; // splitmix64
    auto z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return static_cast<std::size_t>((z ^ (z >> 31U)) % n);
}

std::string mutate(std::string_view text, dice& d) {
    switch (d.below(8)) {
    case 0:
        return change_number(text, d);
    case 1:
        return tell_length(text, d);
    case 2:
    case 3:
    case 4:
        return change_word(text, d);
    default:
        return change_line(text, d);
    }
}

std::string cross(std::string_view a, std::string_view b, dice& d) {
    auto first = lines_of(a);
    auto second = lines_of(b);
    if (first.empty() || second.empty()) return std::string(first.empty() ? b : a);
    const auto from = d.below(second.size());
    const auto count = 1 + d.below(second.size() - from);
    const auto begin = second.begin() + static_cast<std::ptrdiff_t>(from);
    first.insert(first.begin() + static_cast<std::ptrdiff_t>(d.below(first.size() + 1)),
                 begin,
                 begin + static_cast<std::ptrdiff_t>(count));
    return join(first);
}

} // namespace lyceum::sip::fuzz
