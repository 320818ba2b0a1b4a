#include "apps/lyceum/show.h"

#include "admin/request.h"
#include "apps/terminal/printable.h"

#include <boost/json.hpp>

#include <algorithm>
#include <vector>

namespace lyceum::apps::console {
namespace {

namespace json = boost::json;

/// Columns on a terminal: UTF-8 continuation octets take none.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string heading(std::string_view key) {
    std::string out(key);
    std::ranges::replace(out, '_', ' ');
    return out;
}

/// A value in one cell: text without quotes, printable (clients say what they are called), yes and
/// no, lists with blanks.
std::string cell(const json::value& v) {
    if (v.is_string()) return terminal::printable(std::string(v.get_string()));
    if (v.is_bool()) return v.get_bool() ? "yes" : "no";
    if (v.is_null()) return {};
    if (!v.is_array()) return json::serialize(v);
    std::string out;
    for (const auto& item : v.get_array())
        out += (out.empty() ? "" : " ") + cell(item);
    return out;
}

bool is_table(const json::value& v) {
    const auto* rows = v.if_array();
    return rows != nullptr && !rows->empty() &&
           std::ranges::all_of(*rows, [](const json::value& row) { return row.is_object(); });
}

std::string table(const json::array& rows) {
    std::vector<std::vector<std::string>> lines(1);
    std::vector<std::string> keys;
    for (const auto& [key, value] : rows.front().get_object()) {
        keys.emplace_back(key);
        lines[0].push_back(heading(key));
    }
    for (const auto& row : rows) {
        auto& line = lines.emplace_back();
        for (const auto& key : keys) {
            const auto* v = row.get_object().if_contains(key);
            line.push_back(v == nullptr ? "" : cell(*v));
        }
    }
    std::vector<std::size_t> widths(keys.size());
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], width(line[i]));
    }
    std::string out;
    for (const auto& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i)
            text += line[i] + std::string(widths[i] - width(line[i]) + 2, ' ');
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    }
    return out;
}

std::string names_and_values(const json::object& o) {
    std::size_t widest = 0;
    for (const auto& [key, value] : o) {
        if (!value.is_object() && !is_table(value)) widest = std::max(widest, width(heading(key)));
    }
    std::string out;
    std::string tables;
    for (const auto& [key, value] : o) {
        const auto name = heading(key);
        if (is_table(value)) {
            tables += "\n" + name + "\n" + table(value.get_array());
        } else if (value.is_object()) {
            tables += "\n" + name + "\n" + names_and_values(value.get_object());
        } else {
            const auto* list = value.if_array();
            auto line = name + std::string(widest - width(name) + 2, ' ');
            line += list != nullptr && list->empty() ? "none" : cell(value);
            line.erase(line.find_last_not_of(' ') + 1);
            out += line + "\n";
        }
    }
    return out + tables;
}

} // namespace

std::string for_people(std::string_view text) {
    const auto v = json::parse(json::string_view(text.data(), text.size()));
    if (is_table(v)) return table(v.get_array());
    if (v.is_object()) return names_and_values(v.get_object());
    if (v.is_array() && v.get_array().empty()) return "none\n";
    return cell(v) + "\n";
}

std::string for_people(std::string_view command, std::string_view text) {
    auto v = json::parse(json::string_view(text.data(), text.size()));
    if (command == "user remove" && v.is_object() && v.get_object().contains("user"))
        return "removed " + cell(v.get_object().at("user")) + "\n";
    if (command == "reload" && v.is_object()) {
        const auto* waiting = v.get_object().if_contains("needs_restart");
        std::string out = "reloaded\n";
        if (waiting == nullptr || !waiting->is_array() || waiting->get_array().empty()) return out;
        out += "needs a restart: ";
        for (const auto& key : waiting->get_array())
            out += (&key == waiting->get_array().data() ? "" : ", ") + cell(key);
        return out + "\n";
    }
    const auto each_row = [&](auto&& change) {
        if (!is_table(v)) return;
        for (auto& row : v.get_array())
            change(row.get_object());
    };
    if (command == "endpoints") {
        each_row([](json::object& row) {
            json::object narrow;
            for (const char* key : {"user", "epid", "agent", "peer", "since", "expires_seconds"}) {
                if (const auto* value = row.if_contains(key))
                    narrow[key == std::string_view("expires_seconds") ? "expires" : key] = *value;
            }
            row = std::move(narrow);
        });
    } else if (command.starts_with("trusted ")) {
        const auto name_any = [](json::object& row) {
            const auto* transport = row.if_contains("transport");
            if (transport != nullptr && *transport == "") row["transport"] = "any";
            const auto* domains = row.if_contains("domains");
            if (domains == nullptr || !domains->is_array() || !domains->get_array().empty()) return;
            // As the router sees it; "none" would be the opposite.
            const auto* registers = row.if_contains("may_register");
            const bool ours_too = registers != nullptr && *registers == true;
            row["domains"] = ours_too ? "any" : "any but this deployment's";
        };
        each_row(name_any);
        if (command == "trusted remove" && is_table(v)) {
            std::string out;
            for (auto& row : v.get_array()) {
                auto& peer = row.get_object();
                out += "removed " + cell(peer["host"]) + ", transport " + cell(peer["transport"]);
                out += "\n";
            }
            return out;
        }
        if (v.is_object()) name_any(v.get_object());
    }
    return for_people(json::serialize(v));
}

std::string error_json(const admin::failure& f) {
    return R"({"error":)" + admin::to_json(f) + "}";
}

std::string error_json(std::string_view code, std::string_view message) {
    return json::serialize(json::object{{"error", {{"code", code}, {"message", message}}}});
}

} // namespace lyceum::apps::console
