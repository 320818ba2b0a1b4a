#include "protocol/sip/framer.h"

#include "base/check.h"
#include "base/text.h"

#include <algorithm>
#include <utility>

namespace lyceum::sip {

namespace {

/// Room for the Via and Record-Route that a proxy puts into a message before it passes it on, so
/// that its arena need not grow.
constexpr std::size_t headroom = 384;

std::unexpected<parse_error> refuse(malformed why, std::size_t at, const char* rule) {
    return std::unexpected(parse_error{why, static_cast<std::uint32_t>(at), rule});
}

/// Whether a line, with its CRLF, may start a Content-Length: "Content-" and what follows, or "l".
bool may_be_length(std::string_view line) {
    constexpr std::size_t hyphen = 7;
    const char initial = lower(line.front());
    if (initial == 'l') return !is_token_char(line[1]);
    return initial == 'c' && line.size() > hyphen && line[hyphen] == '-';
}

} // namespace

void framer::feed(std::string_view chunk) {
    if (failed_) return;
    LYCEUM_CHECK(chunk_.empty());
    chunk_ = chunk;
}

std::size_t framer::take_keep_alives() {
    return std::exchange(keep_alives_, 0);
}

parsed<std::optional<std::string>> framer::next() {
    if (failed_) return std::unexpected(*failed_);
    auto result = buffer_.empty() ? next_of_chunk() : next_of_buffer();
    if (!result) {
        failed_ = result.error();
        buffer_ = std::string();
        chunk_ = {};
    } else if (*result) {
        head_ = {};
    }
    return result;
}

// The usual case: a message starts where the chunk does and, mostly, ends in it too.
parsed<std::optional<std::string>> framer::next_of_chunk() {
    const auto start = std::min(chunk_.find_first_not_of("\r\n"), chunk_.size());
    keep_alives_ += start;
    chunk_.remove_prefix(start);
    if (chunk_.empty()) return std::nullopt;

    LYCEUM_CHECKED(read_head(chunk_));
    std::string out;
    if (head_.total != 0 && head_.total <= chunk_.size()) {
        out.reserve(head_.total + headroom);
        out.append(chunk_.substr(0, head_.total));
        chunk_.remove_prefix(head_.total);
        return out;
    }
    buffer_.assign(chunk_);
    chunk_ = {};
    return std::nullopt;
}

// Takes from the chunk just what the message under way lacks, so that it can be handed out as it
// is.
parsed<std::optional<std::string>> framer::next_of_buffer() {
    const auto take = [&](std::size_t n) {
        buffer_.append(chunk_.substr(0, n));
        chunk_.remove_prefix(n);
    };
    while (head_.total == 0 && !chunk_.empty()) {
        const auto lf = chunk_.find('\n');
        take(lf == std::string_view::npos ? chunk_.size() : lf + 1);
        LYCEUM_CHECKED(read_head(buffer_));
    }
    if (head_.total == 0) return std::nullopt;
    take(std::min(head_.total - buffer_.size(), chunk_.size()));
    if (buffer_.size() < head_.total) return std::nullopt;
    return std::exchange(buffer_, {});
}

parsed<void> framer::read_head(std::string_view text) {
    while (head_.total == 0) {
        const auto lf = text.find('\n', head_.searched);
        const auto line_end = lf == std::string_view::npos ? text.size() : lf + 1;
        const auto line = text.substr(head_.line_at, line_end - head_.line_at);
        // The empty line does not count, nor does its first half.
        if (line_end > limits_.max_header_bytes && line != "\r\n" && line != "\r") {
            return refuse(malformed::too_large, limits_.max_header_bytes, "RFC 3261 7.3");
        }
        head_.searched = line_end;
        if (lf == std::string_view::npos) return {};
        if (!line.ends_with("\r\n")) return refuse(malformed::bad_value, lf, "RFC 3261 7");

        if (head_.length_at != 0 && !is_wsp(line.front())) {
            const auto at = std::exchange(head_.length_at, 0);
            const auto field = split_field(text.substr(at, head_.line_at - at));
            if (field && header_of(field->name) == header::content_length) {
                LYCEUM_CHECKED(head_.length.add(field->value, at));
            }
        }
        if (line == "\r\n") {
            const std::size_t body = head_.length.value().value_or(0);
            if (line_end + body > limits_.max_bytes) {
                return refuse(malformed::too_large, line_end, "RFC 3261 20.14");
            }
            head_.total = line_end + body;
            return {};
        }
        // Of those that look so, the two names of Content-Length are told apart when its folds are
        // read.
        if (may_be_length(line) && head_.line_at != 0) head_.length_at = head_.line_at;
        head_.line_at = line_end;
    }
    return {};
}

} // namespace lyceum::sip
