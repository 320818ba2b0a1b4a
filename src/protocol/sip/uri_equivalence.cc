#include "base/text.h"
#include "protocol/sip/escape.h"
#include "protocol/sip/uri.h"

#include <array>

namespace lyceum::sip {

namespace {

enum class letter_case { matters, does_not };

/// Takes one character off the front, escapes undone. An escaped reserved character is another
/// character than the plain one: it comes out beyond 0xFF. RFC 3261 19.1.4, fourth rule
unsigned next_unit(std::string_view& s, letter_case how) {
    const auto octet = escaped_octet(s);
    const bool escaped = octet && std::string_view(";/?:@&=+$,").contains(*octet);
    char c = octet.value_or(s.front());
    if (octet) s.remove_prefix(2);
    s.remove_prefix(1);
    if (how == letter_case::does_not) c = lower(c);
    return static_cast<unsigned char>(c) + (escaped ? 0x100U : 0U);
}

bool same_text(std::string_view a, std::string_view b, letter_case how) {
    while (!a.empty() && !b.empty()) {
        if (next_unit(a, how) != next_unit(b, how)) return false;
    }
    return a.empty() && b.empty();
}

// Comparing sets of n by m must stay cheap whoever writes the URI. assumed: nobody needs more than
// this.
constexpr std::size_t most_parameters = 64;

std::size_t count(params_view p) {
    std::size_t n = 0;
    for (params_view::parameter one; n <= most_parameters && p.next(one);)
        ++n;
    return n;
}

std::optional<params_view::parameter> find(params_view all, std::string_view name) {
    for (params_view::parameter p; all.next(p);) {
        if (same_text(p.name, name, letter_case::does_not)) return p;
    }
    return std::nullopt;
}

/// Whether the absence of a parameter on the other side makes two URIs different. transport is not
/// in the RFC's list, but in the sentence on default values above it and in its examples.
bool counts_alone(std::string_view name) {
    constexpr std::array names{"user", "ttl", "method", "maddr", "transport"};
    for (const auto* n : names) {
        if (same_text(name, n, letter_case::does_not)) return true;
    }
    return false;
}

/// Each parameter of a has its equal in b, or may be missing there.
bool covered(params_view a, params_view b, bool missing_is_fine) {
    for (params_view::parameter p; a.next(p);) {
        const auto other = find(b, p.name);
        if (!other && (!missing_is_fine || counts_alone(p.name))) return false;
        if (other && (p.has_value != other->has_value ||
                      !same_text(p.raw_value, other->raw_value, letter_case::does_not))) {
            return false;
        }
    }
    return true;
}

bool same_params(params_view a, params_view b, bool missing_is_fine) {
    return count(a) <= most_parameters && count(b) <= most_parameters &&
           covered(a, b, missing_is_fine) && covered(b, a, missing_is_fine);
}

std::string without_separators(std::string_view number) {
    std::string out;
    for (const char c : number) {
        if (!std::string_view("-.()").contains(c)) out += lower(c);
    }
    return out;
}

} // namespace

bool equivalent(const uri_view& a, const uri_view& b) {
    if (!iequals(a.scheme, b.scheme)) return false;
    if (a.opaque == b.opaque) return true;
    // assumed: separators and letter case do not count, and no parameter may be missing, as RFC
    // 3966 has it.
    if (iequals(a.scheme, "tel")) {
        return without_separators(a.user) == without_separators(b.user) &&
               same_params(a.params, b.params, false);
    }
    if (!a.is_sip()) return false;
    return same_text(a.user, b.user, letter_case::matters) &&
           same_text(a.password, b.password, letter_case::matters) && iequals(a.host, b.host) &&
           a.port == b.port && same_params(a.params, b.params, true) &&
           same_params(params_view(a.headers, '&'), params_view(b.headers, '&'), false);
}

} // namespace lyceum::sip
