#pragma once

#include "base/result.h"
#include "protocol/sip/address.h"
#include "protocol/sip/cseq.h"
#include "protocol/sip/header.h"
#include "protocol/sip/uri.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::sip {

/// What a message may cost at most. Exceeding one is malformed::too_large.
struct limits {
    std::size_t max_bytes = std::size_t{1024} * 1024; ///< the whole message
    std::size_t max_header_bytes = 65536;             ///< start line and header fields together
    std::size_t max_fields = 256;                     ///< header lines
};

/// A SIP request or response: one arena of octets and a table of its lines.
///
/// Lossless: a parsed message that nobody changed serialises to the octets that came in, unknown
/// header fields, their order, spelling and spacing included. (Two exceptions: the line break of a
/// folded header line becomes two blanks, which RFC 3261 7.3.1 declares equivalent; a SIP-Version
/// in lower case becomes upper case, which 7.1 wants sent.) Changing a message replaces, removes or
/// inserts single lines; the rest is never made anew. Values may be views into the message itself.
/// CR and LF in a value that is set become blanks, and blanks in a URI that is set are escaped:
/// nobody slips in a line by way of a display name. Copies are two allocations; views handed out
/// are valid until the next change of the message. From, To, their URIs, the Request-URI, CSeq and
/// the topmost Via are read once and kept: a message belongs to one thread at a time, also when it
/// is const. RFC 3261 7
class message {
public:
    /// One header line. Offsets into the arena; for tests and tools.
    struct field {
        header id = header::other;
        std::uint32_t line_at = 0;
        std::uint32_t line_size = 0; ///< with its CRLF
        std::uint32_t name_size = 0;
        std::uint32_t value_at = 0;
        std::uint32_t value_size = 0;
    };

    message() = default;

    /// Reads one whole message: start line, header fields, empty line, and all that follows as
    /// body. Lines end in CRLF and in nothing else; text holds no control characters but the tab,
    /// save as quoted pairs in quoted strings (RFC 3261 25.1). malformed::unsupported means another
    /// SIP-Version: 505.
    /// When a Content-Length is there it must not exceed what follows; octets past it are dropped
    /// (the datagram rule of RFC 3261 18.3); a stream's framer hands in exactly one message. A
    /// Content-Length that is repeated with another value, or is no number, is refused.
    /// \param refused gets the octets of what is refused, its first folds undone; nothing else.
    static parsed<message>
    parse(std::string bytes, const limits& = {}, std::string* refused = nullptr);

    /// Neither part may be empty, and the method is a token.
    [[nodiscard]] static message request(std::string_view method, std::string_view uri);
    /// An empty reason means the registered phrase.
    [[nodiscard]] static message response(int status, std::string_view reason = {});

    [[nodiscard]] bool is_request() const { return status_ == 0; }
    [[nodiscard]] bool is_response() const { return status_ != 0; }
    /// Of a request; other for responses.
    [[nodiscard]] method method_id() const { return method_; }
    [[nodiscard]] std::string_view method_name() const;  ///< of a request
    [[nodiscard]] std::string_view uri() const;          ///< Request-URI of a request
    [[nodiscard]] int status() const { return status_; } ///< 0 for requests
    [[nodiscard]] std::string_view reason() const;       ///< of a response
    void set_uri(std::string_view uri);                  ///< of a request; not empty

    /// Whether any field of that header is there.
    [[nodiscard]] bool has(header h) const { return may_have(h) && find(h) != npos; }
    /// Whether there is one field of that header, with one value.
    [[nodiscard]] bool has_one(header) const;
    /// The first field's whole value, trimmed; empty when there is none.
    [[nodiscard]] std::string_view value(header) const;
    /// The first value of the first field: for list headers what stands before the first comma that
    /// is outside quotes and angle brackets.
    [[nodiscard]] std::string_view first(header) const;
    /// Every value of every field of that header in order; list headers are split at their commas.
    [[nodiscard]] std::vector<std::string_view> values(header) const;
    /// A header that has no name in `header`: the first field's whole value. Without regard to
    /// case.
    [[nodiscard]] std::string_view value(std::string_view other_name) const;
    /// Whether a list header (Supported, Require...) holds the token, without regard to case.
    [[nodiscard]] bool lists(header, std::string_view token) const;

    /// Parts of a text that stand one behind the other. Views into the message are fine.
    using pieces = std::initializer_list<std::string_view>;

    /// Adds a line after the last one.
    void append(header, std::string_view value);
    void append_joined(header, pieces value);
    /// A line of another message, under its long name: any header that has one.
    void append_line(const message& other, const field&);
    void append(std::string_view name, std::string_view value);
    /// Adds a line before the first one of that header, or before all lines when there is none: the
    /// topmost Via, Route or Record-Route.
    void prepend(header, std::string_view value);
    void prepend_joined(header, pieces value);
    /// Replaces the first field's value and removes the other fields of that header; appends if
    /// none.
    void set(header, std::string_view value);
    void set(std::string_view name, std::string_view value);
    /// Removes every field of that header. Returns how many there were.
    std::size_t remove(header);
    std::size_t remove(std::string_view name);
    /// Removes the first value only: pops the topmost Via or Route, also where several share a
    /// line.
    void remove_first(header);
    /// Replaces the first value only; the others of its line and header stay.
    void replace_first(header, std::string_view value);
    void replace_first_joined(header, pieces value);

    [[nodiscard]] std::string_view body() const;
    /// Sets body, Content-Type (left alone when type is empty) and Content-Length.
    void set_body(std::string_view type, std::string_view bytes);

    /// Appends the octets of the message. A message built or changed here that has no
    /// Content-Length gets one (a datagram may do without; when it goes on over a stream it may
    /// not).
    void serialise(std::string& out) const;
    [[nodiscard]] std::string text() const;

    // What nearly everybody asks for. The error of one that is absent is that of an empty value.
    [[nodiscard]] parsed<address_view> from() const;
    [[nodiscard]] parsed<address_view> to() const;
    [[nodiscard]] parsed<via_view> via() const; ///< the topmost
    [[nodiscard]] parsed<cseq_view> cseq() const;
    [[nodiscard]] parsed<uri_view> request_uri() const; ///< of a request
    [[nodiscard]] parsed<uri_view> from_uri() const;
    [[nodiscard]] parsed<uri_view> to_uri() const;
    // Empty when absent or malformed.
    [[nodiscard]] std::string_view call_id() const { return value(header::call_id); }
    [[nodiscard]] std::string_view from_tag() const;
    [[nodiscard]] std::string_view to_tag() const;
    [[nodiscard]] std::string_view cseq_method() const;
    [[nodiscard]] std::uint32_t cseq_number() const; ///< 0 when absent or malformed

    [[nodiscard]] const std::vector<field>& fields() const { return fields_; }
    /// Octets of the heap that it holds. A message that was parsed or changed keeps what it was.
    [[nodiscard]] std::size_t footprint() const {
        return arena_.capacity() + fields_.capacity() * sizeof(field);
    }
    [[nodiscard]] std::string_view name(const field&) const;
    [[nodiscard]] std::string_view value(const field&) const;

private:
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);

    /// A run of octets in the arena.
    struct slice {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
        [[nodiscard]] std::uint32_t end() const { return at + size; }
    };
    /// Of a slice of this very arena: not checked again, for a message is mostly read this way.
    [[nodiscard]] std::string_view view(slice s) const { return {arena_.data() + s.at, s.size}; }
    [[nodiscard]] slice slice_of(std::string_view part_of_arena) const {
        return {static_cast<std::uint32_t>(part_of_arena.data() - arena_.data()),
                static_cast<std::uint32_t>(part_of_arena.size())};
    }
    /// The same of a part that may be missing: an empty view points anywhere.
    [[nodiscard]] slice slice_if_any(std::string_view part) const {
        return part.empty() ? slice{} : slice_of(part);
    }

    // What was read of a value, by offsets: it outlives copies of the message and changes of other
    // headers.
    struct read_address {
        slice display;
        slice uri;
        slice params;
        slice tag;
        bool in_brackets = false;
        bool is_star = false;
    };
    struct read_uri {
        slice scheme;
        slice user;
        slice password;
        slice host;
        slice params;
        slice headers;
        slice opaque;
        std::uint16_t port = 0;
    };
    struct read_via {
        slice transport;
        slice host;
        slice params;
        std::uint16_t port = 0;
    };
    struct read_cseq {
        slice method;
        std::uint32_t number = 0;
    };
    struct readings {
        std::optional<read_address> from;
        std::optional<read_address> to;
        std::optional<read_uri> request_uri;
        std::optional<read_uri> from_uri;
        std::optional<read_uri> to_uri;
        std::optional<read_via> via;
        std::optional<read_cseq> cseq;
    };
    [[nodiscard]] parsed<void> read_address_once(header, std::optional<read_address>&) const;
    [[nodiscard]] parsed<address_view> address(header, std::optional<read_address>&) const;
    [[nodiscard]] parsed<uri_view> read_uri_once(std::string_view, std::optional<read_uri>&) const;
    /// A line of that header was changed, added or removed.
    void forget(header);

    [[nodiscard]] parsed<void> read(const limits&);
    [[nodiscard]] parsed<std::size_t> read_start_line(const limits&);
    [[nodiscard]] parsed<void> read_status_line(std::string_view line);
    [[nodiscard]] parsed<void> read_request_line(std::string_view line);
    void write_version(std::size_t at);
    [[nodiscard]] parsed<void> read_fields(std::size_t at, const limits&);

    /// One bit for each header.
    [[nodiscard]] static constexpr std::uint64_t bit(header h) {
        return std::uint64_t{1} << static_cast<unsigned>(h);
    }
    /// Most headers that are asked for are not there, and that is told without a look at the lines.
    [[nodiscard]] bool may_have(header h) const { return (seen_ & bit(h)) != 0; }
    [[nodiscard]] std::size_t find(header) const;
    [[nodiscard]] std::size_t find(header, std::string_view other_name) const;
    [[nodiscard]] bool is_same(const field&, header, std::string_view other_name) const;
    void set_at(std::size_t first, field line);
    std::size_t remove(header, std::string_view other_name);

    /// Puts all that at the end of the arena; they may be views into it.
    slice add(std::string_view start,
              pieces middle,
              std::string_view rest = {},
              std::string_view end = {});
    /// A new line. `start` is the name, which has that size, and what stands between it and the
    /// value; `rest` follows the value without a break: what stays of a list.
    [[nodiscard]] field make_line(header,
                                  std::string_view start,
                                  std::size_t name_size,
                                  pieces value,
                                  std::string_view rest = {});
    [[nodiscard]] field make_field(header h, pieces value);
    [[nodiscard]] field make_field(header h, std::string_view name, std::string_view value);
    /// The line of f, name and spacing kept, with another value.
    [[nodiscard]] field remade(const field& f, pieces value, std::string_view rest = {});
    void make_request_line(std::string_view method, std::string_view uri);

    std::string arena_; ///< the received octets, then what was added since
    std::vector<field> fields_;
    slice start_line_; ///< with its CRLF
    slice start_a_;    ///< method, or status code digits
    slice start_b_;    ///< Request-URI, or reason phrase
    slice body_;
    std::uint64_t seen_ = 0; ///< bits of the headers that have a line, and of some that had one
    int status_ = 0;
    method method_ = method::other;
    bool as_received_ = false; ///< parsed and not changed since
    mutable readings read_;
};

} // namespace lyceum::sip
