#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace lyceum {

/// A text that never changes and is kept once, however many hold it: copies cost a pointer.
/// Shared between threads without harm. An empty one holds nothing.
class shared_text {
public:
    shared_text() = default;
    explicit shared_text(std::string text)
        : text_(text.empty() ? nullptr
                             : std::make_shared<const std::string>(shrunk(std::move(text)))) {}

    [[nodiscard]] std::string_view view() const { return text_ ? *text_ : std::string_view{}; }
    [[nodiscard]] bool empty() const { return text_ == nullptr; }
    /// Whether both hold the very same octets in memory, and not only equal ones.
    [[nodiscard]] bool is_same(const shared_text& o) const { return text_ == o.text_; }

    friend bool operator==(const shared_text& a, const shared_text& b) {
        return a.is_same(b) || a.view() == b.view();
    }
    friend bool operator==(const shared_text& a, std::string_view b) { return a.view() == b; }

private:
    /// What grew while it was written has room to spare, which nobody would ever use.
    static std::string shrunk(std::string&& text) {
        text.shrink_to_fit();
        return std::move(text);
    }

    std::shared_ptr<const std::string> text_;
};

} // namespace lyceum
