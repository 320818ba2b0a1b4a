#include "admin/request.h"

#include <boost/json.hpp>

#include <algorithm>

namespace lyceum::admin {
namespace {

namespace json = boost::json;

std::unexpected<failure> usage(std::string message) {
    return std::unexpected(failure{"usage", std::move(message)});
}

/// One argument's value; false when it has another type than the table says.
bool take(arguments& out, const argument& a, const json::value& v) {
    const std::string name(a.name);
    switch (a.what) {
    case argument::kind::text:
        if (v.is_string()) out.texts[name] = std::string(v.get_string());
        return v.is_string();
    case argument::kind::flag:
        if (v.is_bool()) out.flags[name] = v.get_bool();
        return v.is_bool();
    case argument::kind::number:
        if (v.is_int64()) out.numbers[name] = v.get_int64();
        return v.is_int64();
    case argument::kind::list:
        break;
    }
    if (!v.is_array()) return false;
    auto& items = out.lists[name];
    for (const auto& item : v.get_array()) {
        if (!item.is_string()) return false;
        items.emplace_back(item.get_string());
    }
    return true;
}

std::expected<arguments, failure> read_arguments(const command& c, const json::object& given) {
    arguments out;
    for (const auto& [key, value] : given) {
        const std::string_view name(key.data(), key.size());
        const auto a = std::ranges::find(c.arguments, name, &argument::name);
        if (a == c.arguments.end())
            return usage(std::string(c.name) + " takes no argument " + std::string(name));
        if (!take(out, *a, value))
            return usage("argument " + std::string(name) + " has the wrong type");
    }
    for (const auto& a : c.arguments) {
        if (a.required && !given.contains(json::string_view(a.name.data(), a.name.size()))) {
            return usage(std::string(c.name) + " needs the argument " + std::string(a.name));
        }
    }
    return out;
}

} // namespace

std::expected<std::pair<const command*, arguments>, failure> read_request(std::string_view line) {
    boost::system::error_code failed;
    const auto value = json::parse(json::string_view(line.data(), line.size()), failed);
    if (failed) return usage("the request is not JSON: " + failed.message());
    const auto* request = value.if_object();
    if (request == nullptr) return usage("the request is not a JSON object");
    const auto* name = request->if_contains("command");
    if (name == nullptr || !name->is_string()) return usage("the request names no command");
    const auto* given = request->if_contains("arguments");
    if (given != nullptr && !given->is_object()) return usage("arguments must be a JSON object");
    if (request->size() > (given == nullptr ? 1U : 2U)) {
        return usage("a request has command and arguments, nothing else");
    }

    const auto* c =
        find_command(std::string_view(name->get_string().data(), name->get_string().size()));
    if (c == nullptr) {
        return std::unexpected(failure{
            "unknown_command", "there is no command \"" + std::string(name->get_string()) + "\""});
    }
    auto read = read_arguments(*c, given == nullptr ? json::object() : given->get_object());
    if (!read) return std::unexpected(std::move(read).error());
    return std::pair(c, *std::move(read));
}

std::string write_request(std::string_view command, const arguments& a) {
    json::object given;
    for (const auto& [name, v] : a.texts)
        given[name] = v;
    for (const auto& [name, v] : a.flags)
        given[name] = v;
    for (const auto& [name, v] : a.numbers)
        given[name] = v;
    for (const auto& [name, v] : a.lists)
        given[name] = json::array(v.begin(), v.end());
    return json::serialize(
        json::object{{"command", json::string(command)}, {"arguments", std::move(given)}});
}

std::string write_answer(const outcome& o) {
    if (o) return R"({"ok":true,"result":)" + *o + "}";
    return json::serialize(json::object{{"ok", false}, {"error", json::parse(to_json(o.error()))}});
}

std::string to_json(const failure& f) {
    json::object out{{"code", f.code}, {"message", f.message}};
    if (!f.lines.empty()) {
        json::array lines;
        for (const auto& l : f.lines)
            lines.push_back({{"line", l.line}, {"why", l.why}});
        out["lines"] = std::move(lines);
        out["more_lines"] = f.more_lines;
    }
    return json::serialize(out);
}

outcome read_answer(std::string_view line) {
    const auto broken = std::unexpected(failure{"unavailable", "the server's answer is not one"});
    boost::system::error_code failed;
    const auto value = json::parse(json::string_view(line.data(), line.size()), failed);
    if (failed || !value.is_object()) return broken;
    const auto& answer = value.get_object();
    if (const auto* result = answer.if_contains("result")) return json::serialize(*result);
    const auto* error = answer.if_contains("error");
    if (error == nullptr || !error->is_object()) return broken;
    const auto text = [&](std::string_view name) {
        const auto* v = error->get_object().if_contains(name);
        return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string();
    };
    failure out{text("code"), text("message")};
    const auto number = [](const json::object& o, std::string_view name) {
        const auto* v = o.if_contains(name);
        return v != nullptr && v->is_int64() && v->get_int64() > 0
                   ? static_cast<std::size_t>(v->get_int64())
                   : std::size_t{0};
    };
    const auto* lines = error->get_object().if_contains("lines");
    if (lines != nullptr && lines->is_array()) {
        for (const auto& l : lines->get_array()) {
            const auto* bad = l.if_object();
            const auto* why = bad == nullptr ? nullptr : bad->if_contains("why");
            if (why == nullptr || !why->is_string()) continue;
            out.lines.push_back({number(*bad, "line"), std::string(why->get_string())});
        }
        out.more_lines = number(error->get_object(), "more_lines");
    }
    return std::unexpected(std::move(out));
}

} // namespace lyceum::admin
