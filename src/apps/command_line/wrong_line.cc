#include "apps/command_line/wrong_line.h"

#include "base/text.h"

namespace lyceum::apps::command_line {
namespace {

/// "--transport: ftp not in {tls,tcp}", "--rate: Value 0 not in range 1 to 9"
std::string wrong_value(std::string_view text) {
    const auto colon = text.find(": ");
    const auto at = text.rfind(" not in ");
    if (colon == text.npos || at == text.npos || at < colon) return std::string(text);
    const auto option = text.substr(0, colon);
    auto value = text.substr(colon + 2, at - colon - 2);
    auto allowed = text.substr(at + 8);
    if (value.starts_with("Value ")) value.remove_prefix(6);
    std::string out = std::string(option) + " cannot be " + std::string(value) + ": ";
    if (allowed.starts_with("range ")) return out + "from " + std::string(allowed.substr(6));
    if (allowed.starts_with("{") && allowed.ends_with("}")) {
        allowed = allowed.substr(1, allowed.size() - 2);
        std::string choices;
        while (!allowed.empty()) {
            const auto one = split_first(allowed, ',');
            choices += (choices.empty() ? "" : allowed.empty() ? " or " : ", ") + std::string(one);
        }
        return out + choices;
    }
    return out + std::string(allowed);
}

} // namespace

std::string wrong_line(std::string_view kind, std::string_view text) {
    const auto after = [&](std::string_view mark) {
        const auto at = text.find(mark);
        return at == text.npos ? std::string_view() : text.substr(at + mark.size());
    };
    // Within a command the error's name is the command's.
    if (kind == "ExtrasError" || text.starts_with("The following argument")) {
        const auto what = after("expected: ");
        if (!what.empty()) return "there is no such option or argument: " + std::string(what);
    } else if (kind == "RequiredError") {
        if (text.contains("subcommand")) return "a command is missing";
        if (text.ends_with(" is required"))
            return std::string(text.substr(0, text.size() - 12)) + " is missing";
    } else if (kind == "ValidationError") {
        return wrong_value(text);
    } else if (kind == "ConversionError") {
        auto what = after("convert: ");
        const auto option = trim(split_first(what, '='));
        if (!trim(what).empty())
            return std::string(option) + " cannot be \"" + std::string(trim(what)) + "\"";
    } else if (kind == "ArgumentMismatch") {
        const auto colon = text.find(": ");
        const auto what = after(" required ");
        if (colon != text.npos && what.ends_with(" missing")) {
            return std::string(text.substr(0, colon)) +
                   " wants a value: " + std::string(what.substr(0, what.size() - 8));
        }
    } else if (kind == "ExcludesError") {
        const auto at = text.find(" excludes ");
        if (at != text.npos) {
            return std::string(text.substr(0, at)) + " and " + std::string(text.substr(at + 10)) +
                   " exclude each other";
        }
    }
    return std::string(text);
}

} // namespace lyceum::apps::command_line
