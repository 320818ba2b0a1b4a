#include "base/fuzz/require.h"
#include "base/text.h"
#include "protocol/sip/field_line.h"
#include "protocol/sip/remains.h"
#include "protocol/sip/respond.h"

namespace lyceum::sip {
namespace {

using lyceum::fuzz::require;

constexpr limits wide{
    .max_bytes = 1U << 24U, .max_header_bytes = 1U << 23U, .max_fields = 1U << 20U};

/// Folds are undone in other blanks by the two readers.
std::string without_blanks(std::string_view s) {
    std::string out;
    for (const char c : s) {
        if (!is_blank(c)) out += c;
    }
    return out;
}

/// What is read of a sound request is what stands in it.
void check_agreement(const message& whole, const message& remains) {
    require(remains.method_name() == whole.method_name());
    for (const auto h : {header::from, header::to, header::call_id, header::cseq})
        require(without_blanks(remains.value(h)) == without_blanks(whole.value(h)));
    const auto theirs = whole.values(header::via);
    const auto ours = remains.values(header::via);
    require(theirs.size() == ours.size());
    for (std::size_t i = 0; i < ours.size(); ++i)
        require(without_blanks(ours[i]) == without_blanks(theirs[i]));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const auto remains = remains_of_request(octets, wide);
    std::string refused;
    const auto whole = message::parse(std::string(octets), wide, &refused);
    if (!whole) require(refused.size() == size);
    if (!remains) return 0;
    require(remains->method_id() != method::ack && !remains->uri().empty());
    // Whatever came in, what goes back is a message, and bears no more lines than what came.
    const auto status = whole ? 400 : refusal_of(whole.error()).status;
    const auto response = make_response(*remains, status, {}, "tag");
    const auto again = message::parse(response.text(), wide);
    require(again && again->status() == status && again->call_id() == remains->call_id());
    require(again->fields().size() == remains->fields().size() + 1); // Content-Length
    if (!whole) {
        // Folds that were undone change nothing.
        const auto twice = remains_of_request(refused, wide);
        require(twice && without_blanks(twice->text()) == without_blanks(remains->text()));
    } else if (whole->is_request()) {
        check_agreement(*whole, *remains);
    }
    return 0;
}

} // namespace lyceum::sip
