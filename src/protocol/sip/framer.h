#pragma once

#include "base/result.h"
#include "protocol/sip/field_line.h"
#include "protocol/sip/message.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lyceum::sip {

/// Cuts the octets of one stream into messages by their Content-Length. RFC 3261 7.5, 18.3
///
/// Use: feed() what was read, then call next() until it returns nothing or an error. What is fed is
/// borrowed until then, so that whole messages are copied once, out of the read buffer; only the
/// start of an unfinished message is kept. Between messages a framer owns no memory.
///
/// The work is linear in the octets fed, however they are cut into chunks, and so is the outcome:
/// the same octets give the same messages and the same error. A Content-Length is read by the same
/// code as in message::parse(), so the two never disagree about where a body ends.
class framer {
public:
    explicit framer(const limits& most = {}) : limits_(most) {}

    /// The next octets of the stream; borrowed until next() returns nothing or an error. The octets
    /// fed before must have been used up. Ignored after an error.
    void feed(std::string_view chunk);
    template <std::same_as<std::string> Temporary>
    void feed(Temporary&&) = delete;

    /// The next whole message, or nothing when more octets are needed, or why the stream cannot be
    /// followed any further: close it. An error stays, and its offset counts from the message's
    /// start. Errors: a head or message beyond the limits, a bare LF in the head, a Content-Length
    /// that is no number or is repeated with another value. Without a Content-Length the body is
    /// empty.
    [[nodiscard]] parsed<std::optional<std::string>> next();

    /// How many octets of CR and LF were skipped between messages since this was last asked: the
    /// peer's keep-alives. digest MS-CONMGMT 3.3
    [[nodiscard]] std::size_t take_keep_alives();

    /// Whether no message is under way.
    [[nodiscard]] bool idle() const { return buffer_.empty() && chunk_.empty(); }
    /// Octets of the unfinished message that are kept.
    [[nodiscard]] std::size_t kept() const { return buffer_.size(); }

private:
    /// How far the head of the message under way has been read. Offsets from the message's start.
    struct head {
        std::size_t line_at = 0;  ///< start of the line under way
        std::size_t searched = 0; ///< no LF before this that was not seen
        std::size_t length_at =
            0; ///< start of a Content-Length line whose folds may follow; 0: none
        content_length length;
        std::size_t total = 0; ///< size of the whole message; 0 until the head is whole
    };

    /// Reads on in the head of the message that text starts with.
    [[nodiscard]] parsed<void> read_head(std::string_view text);
    [[nodiscard]] parsed<std::optional<std::string>> next_of_chunk();
    [[nodiscard]] parsed<std::optional<std::string>> next_of_buffer();

    limits limits_;
    head head_;
    std::string_view chunk_; ///< what was fed and is not used up
    std::string buffer_;     ///< the start of one message, when chunks ended inside it
    std::size_t keep_alives_ = 0;
    std::optional<parse_error> failed_;
};

} // namespace lyceum::sip
