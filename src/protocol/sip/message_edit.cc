#include "base/check.h"
#include "base/text.h"
#include "protocol/sip/field_line.h"
#include "protocol/sip/list.h"
#include "protocol/sip/message.h"

#include <algorithm>
#include <span>

namespace lyceum::sip {

namespace {

// Room for a message of usual size that is put together line by line.
constexpr std::size_t usual_size = 1024;
constexpr std::size_t usual_fields = 16;

constexpr bool is_blank_or_control(char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
}

bool has_blanks(std::string_view uri) {
    for (const char c : uri) {
        if (is_blank_or_control(c)) return true;
    }
    return false;
}

/// What would end the Request-Line's URI early becomes %HH: a Contact may have held it.
std::string escape_blanks(std::string_view uri) {
    std::string out;
    for (const char c : uri) {
        if (!is_blank_or_control(c)) {
            out += c;
        } else {
            const auto octet = static_cast<std::uint8_t>(c);
            out.append("%").append(to_upper_hex({&octet, 1}));
        }
    }
    return out;
}

} // namespace

// The pieces may be views into the arena: it is not touched before all of them are copied.
message::slice
message::add(std::string_view start, pieces middle, std::string_view rest, std::string_view end) {
    const auto at = arena_.size();
    auto size = at + start.size() + rest.size() + end.size();
    for (const auto p : middle)
        size += p.size();
    LYCEUM_CHECK(size <= UINT32_MAX);
    const auto append_to = [&](std::string& to) {
        to.resize_and_overwrite(size, [&](char* octets, std::size_t) {
            char* next = octets + at;
            next += start.copy(next, start.size());
            for (const auto p : middle)
                next += p.copy(next, p.size());
            next += rest.copy(next, rest.size());
            end.copy(next, end.size());
            return size;
        });
    };
    if (size <= arena_.capacity()) {
        append_to(arena_);
    } else {
        std::string grown;
        grown.reserve(std::max(size, 2 * arena_.capacity()));
        grown.append(arena_);
        append_to(grown);
        arena_.swap(grown);
    }
    as_received_ = false;
    return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(size - at)};
}

message::field message::make_line(
    header h, std::string_view start, std::size_t name_size, pieces value, std::string_view rest) {
    forget(h);
    field f;
    f.id = h;
    f.name_size = static_cast<std::uint32_t>(name_size);
    const auto value_offset = start.size();
    const auto line = add(start, value, rest, "\r\n");
    const auto content =
        std::span(arena_).subspan(line.at + value_offset, line.size - value_offset - 2);
    // Nearly never is there one, and that is told quickly.
    const std::string_view text(content.data(), content.size());
    if (text.contains('\r') || text.contains('\n'))
        std::ranges::replace_if(content, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    const auto kept = slice_of(trim(text));
    f.line_at = line.at;
    f.line_size = line.size;
    f.value_at = kept.at;
    f.value_size = kept.size;
    return f;
}

message::field message::make_field(header h, pieces value) {
    LYCEUM_CHECK(h != header::other);
    const auto start = line_start(h);
    return make_line(h, start, start.size() - 2, value);
}

message::field message::make_field(header h, std::string_view name, std::string_view value) {
    LYCEUM_CHECK(is_token(name));
    std::string start(name);
    return make_line(h, start.append(": "), name.size(), {value});
}

message::field message::remade(const field& f, pieces value, std::string_view rest) {
    return make_line(f.id, view({f.line_at, f.value_at - f.line_at}), f.name_size, value, rest);
}

void message::make_request_line(std::string_view method, std::string_view uri) {
    LYCEUM_CHECK(is_token(method) && !uri.empty());
    std::string escaped;
    auto safe = uri;
    if (has_blanks(uri)) {
        escaped = escape_blanks(uri);
        safe = escaped;
    }
    read_.request_uri.reset();
    const auto method_size = static_cast<std::uint32_t>(method.size());
    start_line_ = add(method, {" ", safe, " SIP/2.0\r\n"});
    start_a_ = {start_line_.at, method_size};
    start_b_ = {start_a_.end() + 1, static_cast<std::uint32_t>(safe.size())};
}

message message::request(std::string_view method, std::string_view uri) {
    message m;
    m.arena_.reserve(usual_size);
    m.fields_.reserve(usual_fields);
    m.method_ = method_of(method);
    m.make_request_line(method, uri);
    return m;
}

message message::response(int status, std::string_view reason) {
    LYCEUM_CHECK(status >= 100 && status <= 699);
    message m;
    m.arena_.reserve(usual_size);
    m.fields_.reserve(usual_fields);
    m.status_ = status;
    std::string digits;
    append_number(digits, static_cast<std::uint64_t>(status));
    std::string phrase(reason.empty() ? reason_phrase(status) : reason);
    std::ranges::replace_if(phrase, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    m.start_line_ = m.add("SIP/2.0 ", {digits, " ", phrase, "\r\n"});
    m.start_a_ = {8, 3};
    m.start_b_ = {12, static_cast<std::uint32_t>(phrase.size())};
    return m;
}

void message::set_uri(std::string_view uri) {
    LYCEUM_CHECK(is_request());
    make_request_line(method_name(), uri);
}

void message::append(header h, std::string_view value) {
    append_joined(h, {value});
}

void message::append_joined(header h, pieces value) {
    fields_.push_back(make_field(h, value));
}

void message::append_line(const message& other, const field& f) {
    const auto name = line_start(f.id);
    const auto line = other.view({f.line_at, f.line_size});
    const auto name_ends = f.line_at + static_cast<std::uint32_t>(name.size());
    if (f.value_at != name_ends || !line.starts_with(name)) { // spelt in a way of its own
        append(f.id, other.value(f));
        return;
    }
    forget(f.id);
    auto copy = f;
    copy.line_at = add(line, {}).at;
    copy.value_at = copy.line_at + static_cast<std::uint32_t>(name.size());
    fields_.push_back(copy);
}

void message::append(std::string_view name, std::string_view value) {
    fields_.push_back(make_field(header_of(name), name, value));
}

void message::prepend(header h, std::string_view value) {
    prepend_joined(h, {value});
}

void message::prepend_joined(header h, pieces value) {
    const auto i = find(h);
    const auto line = make_field(h, value);
    fields_.insert(fields_.begin() + static_cast<std::ptrdiff_t>(i == npos ? 0 : i), line);
}

void message::set(header h, std::string_view value) {
    set_at(find(h), make_field(h, {value}));
}

void message::set(std::string_view name, std::string_view value) {
    const auto h = header_of(name);
    set_at(find(h, name), make_field(h, name, value));
}

void message::set_at(std::size_t first, field line) {
    if (first == npos) {
        fields_.push_back(line);
        return;
    }
    fields_[first] = line;
    const auto repeated = [&](const field& f) { return is_same(f, line.id, name(line)); };
    const auto rest = fields_.begin() + static_cast<std::ptrdiff_t>(first) + 1;
    fields_.erase(std::remove_if(rest, fields_.end(), repeated), fields_.end());
}

std::size_t message::remove(header h) {
    return has(h) ? remove(h, {}) : 0;
}
std::size_t message::remove(std::string_view name) {
    return remove(header_of(name), name);
}

std::size_t message::remove(header h, std::string_view other_name) {
    const auto n =
        std::erase_if(fields_, [&](const field& f) { return is_same(f, h, other_name); });
    if (n != 0) forget(h);
    if (h != header::other) seen_ &= ~bit(h);
    return n;
}

void message::remove_first(header h) {
    const auto i = find(h);
    if (i == npos) return;
    forget(h);
    const auto whole = value(fields_[i]);
    const auto end = is_list(h) ? value_end(whole) : whole.size();
    const auto rest = trim(whole.substr(std::min(end + 1, whole.size())));
    if (rest.empty()) {
        fields_.erase(fields_.begin() + static_cast<std::ptrdiff_t>(i));
        return;
    }
    // In place: a line may hold thousands of values, and who takes off one after the other would
    // copy what is left as often.
    auto& f = fields_[i];
    const auto kept = slice_of(rest);
    const auto shift = kept.at - f.value_at;
    const auto start = std::span(arena_).subspan(f.line_at, f.value_at - f.line_at);
    std::ranges::copy_backward(start, arena_.begin() + kept.at);
    f.line_at += shift;
    f.line_size -= shift;
    f.value_at = kept.at;
    f.value_size = kept.size;
}

void message::replace_first(header h, std::string_view value) {
    replace_first_joined(h, {value});
}

void message::replace_first_joined(header h, pieces value) {
    const auto i = find(h);
    if (i == npos) {
        append_joined(h, value);
        return;
    }
    const auto whole = this->value(fields_[i]);
    const auto rest = is_list(h) ? whole.substr(value_end(whole)) : std::string_view{};
    fields_[i] = remade(fields_[i], value, rest);
}

void message::set_body(std::string_view type, std::string_view bytes) {
    const auto body = add(bytes, {});
    body_ = body;
    if (!type.empty()) set(header::content_type, type);
    std::string size;
    append_number(size, body.size);
    set(header::content_length, size);
}

} // namespace lyceum::sip
