#include "protocol/sip/message.h"

#include "base/check.h"
#include "base/text.h"
#include "protocol/sip/list.h"

namespace lyceum::sip {

std::string_view message::method_name() const {
    return is_request() ? view(start_a_) : std::string_view{};
}
std::string_view message::uri() const {
    return is_request() ? view(start_b_) : std::string_view{};
}
std::string_view message::reason() const {
    return is_response() ? view(start_b_) : std::string_view{};
}

std::string_view message::name(const field& f) const {
    return view({f.line_at, f.name_size});
}
std::string_view message::value(const field& f) const {
    return view({f.value_at, f.value_size});
}

bool message::is_same(const field& f, header h, std::string_view other_name) const {
    return f.id == h && (h != header::other || iequals(name(f), other_name));
}

std::size_t message::find(header h) const {
    if (!may_have(h)) return npos;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (fields_[i].id == h) return i;
    }
    return npos;
}

std::size_t message::find(header h, std::string_view other_name) const {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (is_same(fields_[i], h, other_name)) return i;
    }
    return npos;
}

std::string_view message::value(header h) const {
    const auto i = find(h);
    return i == npos ? std::string_view{} : value(fields_[i]);
}

std::string_view message::value(std::string_view other_name) const {
    const auto i = find(header_of(other_name), other_name);
    return i == npos ? std::string_view{} : value(fields_[i]);
}

std::string_view message::first(header h) const {
    const auto whole = value(h);
    return is_list(h) ? trim(whole.substr(0, value_end(whole))) : whole;
}

bool message::has_one(header h) const {
    if (!may_have(h) || std::ranges::count(fields_, h, &field::id) != 1) return false;
    const auto whole = value(h);
    return !whole.empty() && (!is_list(h) || value_end(whole) == whole.size());
}

std::vector<std::string_view> message::values(header h) const {
    std::vector<std::string_view> out;
    if (!may_have(h)) return out;
    for (const auto& f : fields_) {
        if (f.id != h) continue;
        if (!is_list(h)) {
            out.push_back(value(f));
            continue;
        }
        list_view list(value(f));
        for (std::string_view one; list.next(one);)
            out.push_back(one);
    }
    return out;
}

bool message::lists(header h, std::string_view token) const {
    if (!may_have(h)) return false;
    for (const auto& f : fields_) {
        if (f.id != h) continue;
        list_view list(value(f));
        for (std::string_view one; list.next(one);) {
            if (iequals(one, token)) return true;
        }
    }
    return false;
}

std::string_view message::body() const {
    return view(body_);
}

void message::serialise(std::string& out) const {
    LYCEUM_CHECK(start_line_.size != 0);
    // Lines that stand one behind the other in the arena go out together: an unchanged message is
    // one run.
    auto run = start_line_;
    const auto flush = [&](slice next) {
        out.append(view(run));
        run = next;
    };
    for (const auto& f : fields_) {
        const slice line{f.line_at, f.line_size};
        if (line.at == run.end()) {
            run.size += line.size;
        } else {
            flush(line);
        }
    }
    if (!as_received_ && !has(header::content_length)) {
        flush({});
        out.append(sip::name(header::content_length)).append(": ");
        append_number(out, body_.size);
        out.append("\r\n");
    } else if (body_.at == run.end() + 2 && view({run.end(), 2}) == "\r\n") {
        run.size += 2 + body_.size;
        flush({});
        return;
    }
    flush({});
    out.append("\r\n").append(body());
}

std::string message::text() const {
    std::string out;
    out.reserve(arena_.size() + 32);
    serialise(out);
    return out;
}

parsed<void> message::read_address_once(header h, std::optional<read_address>& kept) const {
    if (kept) return {};
    LYCEUM_TRY(const auto read, parse_address(value(h)));
    kept = {slice_if_any(read.display),
            slice_if_any(read.uri),
            slice_if_any(read.params.text()),
            slice_if_any(read.params.value_or("tag", {})),
            read.in_brackets,
            read.is_star};
    return {};
}

parsed<address_view> message::address(header h, std::optional<read_address>& kept) const {
    LYCEUM_CHECKED(read_address_once(h, kept));
    const auto read = kept.value_or(read_address{});
    return address_view{view(read.display),
                        view(read.uri),
                        params_view(view(read.params)),
                        read.in_brackets,
                        read.is_star};
}

parsed<address_view> message::from() const {
    return address(header::from, read_.from);
}
parsed<address_view> message::to() const {
    return address(header::to, read_.to);
}

parsed<uri_view> message::read_uri_once(std::string_view text,
                                        std::optional<read_uri>& kept) const {
    if (!kept) {
        LYCEUM_TRY(const auto read, parse_uri(text));
        kept = {slice_if_any(read.scheme),
                slice_if_any(read.user),
                slice_if_any(read.password),
                slice_if_any(read.host),
                slice_if_any(read.params.text()),
                slice_if_any(read.headers),
                slice_if_any(read.opaque),
                read.port};
    }
    return uri_view{view(kept->scheme),
                    view(kept->user),
                    view(kept->password),
                    view(kept->host),
                    kept->port,
                    params_view(view(kept->params)),
                    view(kept->headers),
                    view(kept->opaque)};
}

parsed<uri_view> message::request_uri() const {
    return read_uri_once(uri(), read_.request_uri);
}
parsed<uri_view> message::from_uri() const {
    LYCEUM_CHECKED(read_address_once(header::from, read_.from));
    return read_uri_once(view(read_.from.value_or(read_address{}).uri), read_.from_uri);
}
parsed<uri_view> message::to_uri() const {
    LYCEUM_CHECKED(read_address_once(header::to, read_.to));
    return read_uri_once(view(read_.to.value_or(read_address{}).uri), read_.to_uri);
}

parsed<via_view> message::via() const {
    auto& kept = read_.via;
    if (!kept) {
        LYCEUM_TRY(const auto read, parse_via(first(header::via)));
        kept = {slice_of(read.transport),
                slice_of(read.host),
                slice_if_any(read.params.text()),
                read.port};
    }
    return via_view{
        view(kept->transport), view(kept->host), kept->port, params_view(view(kept->params))};
}

parsed<cseq_view> message::cseq() const {
    auto& kept = read_.cseq;
    if (!kept) {
        LYCEUM_TRY(const auto read, parse_cseq(value(header::cseq)));
        kept = {slice_of(read.method), read.number};
    }
    return cseq_view{kept->number, view(kept->method)};
}

void message::forget(header h) {
    as_received_ = false;
    seen_ |= bit(h);
    switch (h) {
    case header::from:
        read_.from.reset();
        read_.from_uri.reset();
        break;
    case header::to:
        read_.to.reset();
        read_.to_uri.reset();
        break;
    case header::via:
        read_.via.reset();
        break;
    case header::cseq:
        read_.cseq.reset();
        break;
    default:
        break;
    }
}

std::string_view message::from_tag() const {
    (void)read_address_once(header::from, read_.from);
    return view(read_.from.value_or(read_address{}).tag);
}
std::string_view message::to_tag() const {
    (void)read_address_once(header::to, read_.to);
    return view(read_.to.value_or(read_address{}).tag);
}

std::string_view message::cseq_method() const {
    const auto c = cseq();
    return c ? c->method : std::string_view{};
}

std::uint32_t message::cseq_number() const {
    const auto c = cseq();
    return c ? c->number : 0;
}

} // namespace lyceum::sip
