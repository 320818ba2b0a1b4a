// Ours beside libosip2, a parser by others with the same RFC before it: what both take for a URI, a
// From or a Via has the same parts, and what neither of the differences below explains is taken by
// both or by neither. Two readers that disagree are how things get smuggled.
//
// Where they may differ, because libosip2 5.3 reads otherwise (each seen, not guessed):
//   - it takes what RFC 3261 25.1 has no place for: nearly any octet in user, host and parameters,
//     an empty host, a port that is no number, blanks, a second @ (and then forgets some of it).
//     Ours may refuse those, and no others.
//   - in a Via it knows blanks as separators, but no tabs.
//   - it refuses a port of more than five digits, zeros in front included; RFC 3261 25.1 does not.
//   - it refuses an empty password; RFC 3261 25.1 has it.
//   - it undoes escapes in the user and in parameters; ours keeps them. Compared undone,
//     where every % starts an escape.
//   - it refuses or misreads a parameter without a name, and one with an empty value. Ours passes
//     over the one and keeps the other.
//   - of an address whose brackets end in ;> it may make a parameter named >.
//   - it wants what follows a host to be a separator that it knows, ours too, but not the same ones
//     between user and password: only the parts that both name are compared.

#include "base/fuzz/require.h"
#include "base/text.h"
#include "protocol/sip/address.h"
#include "protocol/sip/escape.h"
#include "protocol/sip/uri.h"

#include <osipparser2/osip_parser.h>

#include <algorithm>
#include <memory>

using namespace lyceum;
using lyceum::fuzz::require;

namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* p) const {
        Free(p);
    }
};
using their_uri = std::unique_ptr<osip_uri_t, freed_by<osip_uri_free>>;
using their_from = std::unique_ptr<osip_from_t, freed_by<osip_from_free>>;
using their_via = std::unique_ptr<osip_via_t, freed_by<osip_via_free>>;

std::string_view text_of(const char* s) {
    return s == nullptr ? std::string_view{} : std::string_view(s);
}

their_uri read_uri(const std::string& text) {
    osip_uri_t* made = nullptr;
    require(osip_uri_init(&made) == 0);
    their_uri out(made);
    if (osip_uri_parse(made, text.c_str()) != 0) out.reset();
    return out;
}
their_from read_from(const std::string& text) {
    osip_from_t* made = nullptr;
    require(osip_from_init(&made) == 0);
    their_from out(made);
    if (osip_from_parse(made, text.c_str()) != 0) out.reset();
    return out;
}
their_via read_via(const std::string& text) {
    osip_via_t* made = nullptr;
    require(osip_via_init(&made) == 0);
    their_via out(made);
    if (osip_via_parse(made, text.c_str()) != 0) out.reset();
    return out;
}

/// Escapes undone; a % that starts none stays.
std::string undone(std::string_view s) {
    std::string out;
    for (; !s.empty(); s.remove_prefix(1)) {
        const auto octet = sip::escaped_octet(s);
        out += octet.value_or(s.front());
        if (octet) s.remove_prefix(2);
    }
    return out;
}

/// Whether every % is followed by two digits, not of NUL, which ends a C string, nor of another %.
bool is_escaped_well(std::string_view s) {
    for (auto at = s.find('%'); at != std::string_view::npos; at = s.find('%', at + 1)) {
        const auto octet = sip::escaped_octet(s.substr(at));
        if (!octet || *octet == '\0' || *octet == '%') return false;
    }
    return true;
}

/// What RFC 3261 25.1 lets stand in a URI without quotes or brackets, and no escapes: about these
/// the two have nothing to disagree on.
bool is_plain(std::string_view s) {
    return std::ranges::all_of(s, [](char c) {
        return is_alpha(c) || is_digit(c) || std::string_view("-_.!~*'()").contains(c);
    });
}

/// The parameters of both in their order, as far as they are plain.
bool params_are_plain(sip::params_view p) {
    std::string text(p.text());
    std::erase_if(text, is_blank);
    if (text.empty() || text.contains(";;") || text.starts_with(';') || text.ends_with(';'))
        return false;
    for (sip::params_view::parameter one; p.next(one);) {
        if (one.name.empty() || !is_plain(one.name) || !is_plain(one.raw_value)) return false;
        if (one.has_value && one.raw_value.empty()) return false;
    }
    return true;
}

bool same_params(sip::params_view ours, const osip_list_t& theirs) {
    int at = 0;
    for (sip::params_view::parameter one; ours.next(one); ++at) {
        const auto* p = static_cast<const osip_uri_param_t*>(osip_list_get(&theirs, at));
        if (p == nullptr || text_of(p->gname) != one.name) return false;
        if (text_of(p->gvalue) != one.raw_value) return false;
    }
    return osip_list_eol(&theirs, at) != 0;
}

bool same_port(std::uint16_t ours, const char* theirs) {
    return theirs == nullptr ? ours == 0 : to_u32(theirs) == ours;
}

/// IPv6 has its brackets in ours.
std::string_view without_brackets(std::string_view host) {
    return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

void compare_uri(const sip::uri_view& ours, const osip_uri_t& theirs) {
    require(iequals(ours.scheme, text_of(theirs.scheme)));
    if (!ours.is_sip()) {
        // One text to it, where it does not take them apart as if they were sip:.
        if (theirs.string != nullptr) require(trim(text_of(theirs.string)) == ours.opaque);
        return;
    }
    if (is_escaped_well(ours.user)) require(undone(ours.user) == undone(text_of(theirs.username)));
    if (is_escaped_well(ours.password))
        require(undone(ours.password) == undone(text_of(theirs.password)));
    require(without_brackets(ours.host) == text_of(theirs.host));
    require(same_port(ours.port, theirs.port));
    if (params_are_plain(ours.params)) require(same_params(ours.params, theirs.url_params));
}

/// A URI of which no part, as libosip2 has found it, is beyond RFC 3261 25.1, and whose parts are
/// all of its text: ours has to take it.
bool is_plain(const osip_uri_t& u, std::size_t size) {
    std::size_t found = 0;
    const auto add = [&](const char* part) {
        found += part == nullptr ? 0 : text_of(part).size() + 1;
    };
    for (const auto* part : {u.scheme, u.username, u.password, u.host, u.port})
        add(part); // and a separator behind or before it, but for the host
    found -= 1;
    const auto host = text_of(u.host);
    const auto port = to_u32(text_of(u.port));
    if (!iequals(text_of(u.scheme), "sip") && !iequals(text_of(u.scheme), "sips")) return false;
    if (host.empty() || !std::ranges::all_of(host, [](char c) {
            return is_alpha(c) || is_digit(c) || c == '-' || c == '.';
        }))
        return false;
    if (u.port != nullptr && (!port || *port == 0 || *port > 65535)) return false;
    if (u.username != nullptr && (text_of(u.username).empty() || !is_plain(text_of(u.username))))
        return false;
    if (!is_plain(text_of(u.password)) || osip_list_size(&u.url_headers) > 0) return false;
    for (int i = 0; osip_list_eol(&u.url_params, i) == 0; ++i) {
        const auto* p = static_cast<const osip_uri_param_t*>(osip_list_get(&u.url_params, i));
        if (!is_plain(text_of(p->gname)) || !is_plain(text_of(p->gvalue))) return false;
        add(p->gname);
        add(p->gvalue);
    }
    return found == size;
}

/// Where a port begins, if there is one.
std::size_t port_at(const std::string& text, std::string_view host) {
    if (host.empty()) return text.size();
    const auto end = static_cast<std::size_t>(host.data() + host.size() - text.data());
    return std::min(end + 1, text.size());
}

void check_uri(const std::string& text) {
    const auto ours = sip::parse_uri(text);
    const auto theirs = read_uri(text);
    if (!ours) {
        require(!theirs || !is_plain(*theirs, text.size()));
        return;
    }
    if (theirs) {
        compare_uri(*ours, *theirs);
        return;
    }
    // Ours alone took it: only for what is said above.
    const auto digits =
        std::min(text.find_first_not_of("0123456789", port_at(text, ours->host)), text.size()) -
        port_at(text, ours->host);
    const bool plain = ours->is_sip() && is_plain(ours->user) && is_plain(ours->password) &&
                       params_are_plain(ours->params) && ours->headers.empty() && digits <= 5 &&
                       !text.ends_with('?') && !text.contains(":@");
    require(!plain);
}

void check_from(const std::string& text) {
    const auto ours = sip::parse_address(text);
    const auto theirs = read_from(text);
    if (!ours || ours->is_star || !theirs || theirs->url == nullptr) return;
    const auto uri = sip::parse_uri(ours->uri);
    if (!uri) return; // what stands between the brackets is read when it is asked for
    compare_uri(*uri, *theirs->url);
    if (ours->in_brackets && ours->uri.ends_with(';')) return;
    if (params_are_plain(ours->params)) require(same_params(ours->params, theirs->gen_params));
}

void check_via(const std::string& text) {
    const auto ours = sip::parse_via(text);
    const auto theirs = read_via(text);
    if (!ours || !theirs || text.contains('\t')) return;
    require(ours->transport == text_of(theirs->protocol));
    require(without_brackets(ours->host) == text_of(theirs->host));
    require(same_port(ours->port, theirs->port));
    if (params_are_plain(ours->params)) require(same_params(ours->params, theirs->via_params));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    // It reads C strings, and lines that a message parser has cut and unfolded before.
    if (text.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) return 0;
    static const int ready = parser_init();
    require(ready == 0);
    check_uri(text);
    check_from(text);
    check_via(text);
    return 0;
}
