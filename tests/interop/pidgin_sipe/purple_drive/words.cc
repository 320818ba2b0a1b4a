#include "words.h"

#include <algorithm>

namespace purple_drive {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

char unescaped(char c) {
    return c == 'n' ? '\n' : c == 't' ? '\t' : c;
}

} // namespace

void words::skip_blanks() {
    const auto first = std::ranges::find_if_not(left_, is_blank);
    left_.remove_prefix(static_cast<std::size_t>(first - left_.begin()));
}

void words::take_quoted(std::string& out, char quote) {
    left_.remove_prefix(1);
    while (!left_.empty() && left_.front() != quote) {
        if (quote == '"' && left_.front() == '\\' && left_.size() > 1) {
            out += unescaped(left_[1]);
            left_.remove_prefix(2);
        } else {
            out += left_.front();
            left_.remove_prefix(1);
        }
    }
    if (!left_.empty()) left_.remove_prefix(1);
}

std::optional<std::string> words::next() {
    skip_blanks();
    if (left_.empty()) return std::nullopt;
    std::string out;
    while (!left_.empty() && !is_blank(left_.front())) {
        if (left_.front() == '"' || left_.front() == '\'') {
            take_quoted(out, left_.front());
        } else {
            out += left_.front();
            left_.remove_prefix(1);
        }
    }
    return out;
}

std::optional<std::string> words::rest() {
    skip_blanks();
    if (left_.empty()) return std::nullopt;
    if (left_.front() == '"' || left_.front() == '\'') {
        words ahead(left_);
        auto word = ahead.next();
        ahead.skip_blanks();
        if (ahead.left_.empty()) {
            left_ = {};
            return word;
        }
    }
    std::string out(left_);
    left_ = {};
    return out;
}

std::map<std::string, std::string> words::pairs() {
    std::map<std::string, std::string> out;
    while (const auto word = next()) {
        const auto equals = word->find('=');
        if (equals == std::string::npos) {
            out[""] = *word;
        } else {
            out[word->substr(0, equals)] = word->substr(equals + 1);
        }
    }
    return out;
}

} // namespace purple_drive
