#pragma once

#include "base/instant.h"
#include "base/text.h"

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lyceum::credentials::builtin {

/// Makes those wait who guess: after some failures of one key it is refused unseen, for a time that
/// doubles with every further failure. Remembers a bounded number of keys; the one used longest ago
/// is forgotten.
class throttle {
public:
    struct limits {
        unsigned failures = 5;           ///< that cost nothing; at least 1
        std::chrono::seconds first{1};   ///< the first pause
        std::chrono::seconds longest{1}; ///< no pause is longer
        std::chrono::seconds forget{1};  ///< with no failure for so long, a key starts afresh
        std::size_t max_keys = 1;        ///< at least 1
    };
    explicit throttle(const limits& l) : limits_(l) {}

    [[nodiscard]] bool refuses(std::string_view key, instant now) const;
    void failed(std::string_view key, instant now);
    void succeeded(std::string_view key);
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct entry {
        std::string key;
        unsigned failures = 0;
        instant last;
        instant until; ///< refused before
    };
    limits limits_;
    std::list<entry> entries_; ///< the latest failure first
    std::unordered_map<std::string_view, std::list<entry>::iterator, text_hash, std::equal_to<>>
        by_key_;
};

} // namespace lyceum::credentials::builtin
