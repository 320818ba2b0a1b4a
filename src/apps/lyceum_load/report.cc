#include "apps/lyceum_load/report.h"

#include <boost/json.hpp>

#include <cstdio>

namespace lyceum::apps::load {
namespace {

namespace json = boost::json;

double seconds(std::chrono::nanoseconds n) {
    return static_cast<double>(n.count()) / 1e9;
}
double milliseconds(std::chrono::nanoseconds n) {
    return static_cast<double>(n.count()) / 1e6;
}

std::uint64_t errors_of(const tally& t) {
    std::uint64_t n = 0;
    for (const auto& [code, times] : t.errors)
        n += times;
    return n;
}

json::object counts_json(const std::map<std::string, std::uint64_t>& counts) {
    json::object o;
    for (const auto& [code, times] : counts)
        o[code] = times;
    return o;
}

std::map<std::string, std::uint64_t> counts_of(const json::value& v) {
    std::map<std::string, std::uint64_t> out;
    for (const auto& [code, times] : v.as_object())
        out[std::string(code)] = times.to_number<std::uint64_t>();
    return out;
}

json::object
phase(const tally& t, const std::optional<usage>& from, const std::optional<usage>& to) {
    json::object o{
        {"operations", t.done},
        {"seconds", seconds(t.span)},
        {"per_second", t.span.count() > 0 ? static_cast<double>(t.done) / seconds(t.span) : 0.0},
        {"errors", counts_json(t.errors)},
        {"not_started", t.not_started},
        {"latency_ms",
         json::object{{"p50", milliseconds(t.latency.quantile(0.5))},
                      {"p90", milliseconds(t.latency.quantile(0.9))},
                      {"p99", milliseconds(t.latency.quantile(0.99))},
                      {"max", milliseconds(t.latency.quantile(1))}}}};
    if (!t.put_off.empty()) o["put_off"] = counts_json(t.put_off);
    if (from && to) {
        const auto cpu = static_cast<double>((to->cpu - from->cpu).count());
        o["server_cpu_seconds"] = cpu / 1e6;
        if (t.done != 0) o["server_cpu_us_per_operation"] = cpu / static_cast<double>(t.done);
    }
    return o;
}

std::optional<double> octets_each(const findings& f, std::uint64_t usage::* what) {
    if (!f.before || !f.signed_in || f.signing_in.done == 0) return std::nullopt;
    const auto grown =
        static_cast<double>((*f.signed_in).*what) - static_cast<double>((*f.before).*what);
    return grown / static_cast<double>(f.signing_in.done);
}

} // namespace

const char* name(what w) {
    switch (w) {
    case what::sign_in:
        return "register";
    case what::refresh:
        return "refresh";
    case what::relay:
        return "relay";
    case what::call:
        return "call";
    case what::fork:
        return "fork";
    case what::idle:
        return "idle";
    case what::storm:
        return "storm";
    }
    return "?";
}

std::size_t group_size(what w) {
    switch (w) {
    case what::relay:
    case what::call:
    case what::storm:
        return 2;
    case what::fork:
        return 4;
    case what::sign_in:
    case what::refresh:
    case what::idle:
        break;
    }
    return 1;
}

options::slice options::of_process(std::size_t index) const {
    if (stays(0) && index == 0) return {0, staying};
    const auto apart = stays(0) ? staying : 0;
    const auto others = stays(0) ? processes - 1 : processes;
    const auto size = group_size(drive);
    const auto groups = (connections - apart + size - 1) / size;
    const auto each = (groups + others - 1) / others * size;
    const auto first = std::min(apart + (stays(0) ? index - 1 : index) * each, connections);
    return {first, std::min(each, connections - first)};
}

void tally::add(const tally& t) {
    done += t.done;
    for (const auto& [code, times] : t.errors)
        errors[code] += times;
    for (const auto& [code, times] : t.put_off)
        put_off[code] += times;
    latency.add(t.latency);
    span = std::max(span, t.span);
    not_started += t.not_started;
}

std::string to_line(const tally& t) {
    json::array buckets;
    for (const auto& [bucket, times] : t.latency.buckets())
        buckets.push_back(json::array{bucket, times});
    return json::serialize(json::object{{"done", t.done},
                                        {"errors", counts_json(t.errors)},
                                        {"put_off", counts_json(t.put_off)},
                                        {"latency", buckets},
                                        {"span", t.span.count()},
                                        {"not_started", t.not_started}});
}

std::optional<tally> parse_tally(std::string_view line) {
    boost::system::error_code error;
    const auto v = json::parse({line.data(), line.size()}, error);
    if (error || !v.is_object()) return std::nullopt;
    try {
        const auto& o = v.as_object();
        tally t;
        t.done = o.at("done").to_number<std::uint64_t>();
        t.errors = counts_of(o.at("errors"));
        t.put_off = counts_of(o.at("put_off"));
        for (const auto& b : o.at("latency").as_array()) {
            t.latency.add_bucket(b.at(0).to_number<std::uint32_t>(),
                                 b.at(1).to_number<std::uint64_t>());
        }
        t.span = std::chrono::nanoseconds(o.at("span").to_number<std::int64_t>());
        t.not_started = o.at("not_started").to_number<std::uint64_t>();
        return t;
    } catch (const std::exception&) { // what Boost.JSON says of members that are missing or of
                                      // another type
        return std::nullopt;
    }
}

std::string to_json(const options& o, const findings& f) {
    json::object out{{"case", name(o.drive)},
                     {"transport", net::name(o.servers.front().kind)},
                     {"signed", o.is_signed},
                     {"plain", o.is_plain},
                     {"connections", o.connections},
                     {"processes", o.processes},
                     {"rate", o.rate},
                     {"sign_in", phase(f.signing_in, f.before, f.signed_in)},
                     {"drive", phase(f.driving, f.signed_in, f.after)},
                     {"own_cpu_seconds", static_cast<double>(f.own_cpu.count()) / 1e6}};
    if (f.before && f.signed_in && f.after) {
        out["server_rss"] = json::object{
            {"before", f.before->rss}, {"signed_in", f.signed_in->rss}, {"after", f.after->rss}};
        out["server_pss"] = json::object{
            {"before", f.before->pss}, {"signed_in", f.signed_in->pss}, {"after", f.after->pss}};
    }
    if (f.quiet) out["quiet"] = phase(*f.quiet, {}, {});
    if (f.messages) out["messages"] = phase(*f.messages, {}, {});
    if (const auto each = octets_each(f, &usage::rss)) out["rss_per_endpoint"] = *each;
    if (const auto each = octets_each(f, &usage::pss)) out["pss_per_endpoint"] = *each;
    return json::serialize(out);
}

std::string to_text(const options& o, const findings& f) {
    const auto& t = f.driving;
    char text[400];
    std::snprintf(text,
                  sizeof text,
                  "%s: %llu of %zu signed in (%llu errors); %llu operations in %.1f s, %llu "
                  "errors, %llu not started; p50 %.2f ms, p99 %.2f ms",
                  name(o.drive),
                  static_cast<unsigned long long>(f.signing_in.done),
                  o.connections,
                  static_cast<unsigned long long>(errors_of(f.signing_in)),
                  static_cast<unsigned long long>(t.done),
                  seconds(t.span),
                  static_cast<unsigned long long>(errors_of(t)),
                  static_cast<unsigned long long>(t.not_started),
                  milliseconds(t.latency.quantile(0.5)),
                  milliseconds(t.latency.quantile(0.99)));
    std::string out = text;
    if (f.messages) {
        std::snprintf(text,
                      sizeof text,
                      "; messages meanwhile: %llu, %llu errors, p50 %.2f ms, p99 %.2f ms",
                      static_cast<unsigned long long>(f.messages->done),
                      static_cast<unsigned long long>(errors_of(*f.messages)),
                      milliseconds(f.messages->latency.quantile(0.5)),
                      milliseconds(f.messages->latency.quantile(0.99)));
        out += text;
    }
    if (f.signed_in && f.after && t.done != 0) {
        std::snprintf(text,
                      sizeof text,
                      "; server CPU %.1f us per operation",
                      static_cast<double>((f.after->cpu - f.signed_in->cpu).count()) /
                          static_cast<double>(t.done));
        out += text;
    }
    if (f.before && f.signed_in && f.signing_in.done != 0) {
        std::snprintf(text,
                      sizeof text,
                      ", %.0f us per sign-in, RSS %.1f KiB per endpoint",
                      static_cast<double>((f.signed_in->cpu - f.before->cpu).count()) /
                          static_cast<double>(f.signing_in.done),
                      octets_each(f, &usage::rss).value_or(0) / 1024);
        out += text;
    }
    return out;
}

} // namespace lyceum::apps::load
