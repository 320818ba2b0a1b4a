#pragma once

#include <optional>
#include <string_view>

namespace lyceum::sip {

/// A borrowed list of ;name=value parameters (or comma-separated ones), searched when asked.
/// Quotes are respected; the first of several parameters of one name wins. RFC 3261 25.1
class params_view {
public:
    params_view() = default;
    explicit params_view(std::string_view text, char separator = ';')
        : text_(text), separator_(separator) {}

    /// The value with quotes removed (escapes stay); empty view for a parameter without a value;
    /// nothing when the parameter is absent. Names compare without regard to case.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return get(name).has_value(); }
    [[nodiscard]] std::string_view value_or(std::string_view name,
                                            std::string_view otherwise) const {
        return get(name).value_or(otherwise);
    }
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

    /// Takes the next parameter off the front; false at the end. raw_value keeps its quotes.
    struct parameter {
        std::string_view name;
        std::string_view raw_value;
        bool has_value = false;
    };
    bool next(parameter& out);

private:
    std::string_view text_;
    char separator_ = ';';
};

} // namespace lyceum::sip
