#pragma once

#include "base/settings/section.h"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace lyceum::settings {

/// What is wrong in a settings file, and where.
struct problem {
    std::uint32_t line = 0; ///< 0: the file as a whole
    std::string key;        ///< sip.tcp; empty when none is meant
    std::string what;

    friend bool operator==(const problem&, const problem&) = default;
};

/// "lyceum.toml:12: sip.tpc: unknown; did you mean sip.tcp?", one line per problem.
[[nodiscard]] std::string to_text(const std::vector<problem>&, std::string_view file);

/// The described sections of one file, bound to structs that must outlive it.
class catalogue {
public:
    /// S has `void describe(section&)`.
    template <class S>
    void add(std::string_view name, std::string_view sentence, S& s) {
        section described(name, sentence);
        s.describe(described);
        sections_.push_back(std::move(described));
    }
    [[nodiscard]] const std::vector<section>& sections() const { return sections_; }

    /// Sets what the text names, leaves the rest as it is. Everything that is wrong is told, not
    /// only the first; the structs are then half set and not to be used.
    [[nodiscard]] std::expected<void, std::vector<problem>> read(std::string_view toml_text) const;
    /// Fields whose values are not allowed, whoever set them.
    [[nodiscard]] std::vector<problem> check() const;
    /// An annotated file with the values that the structs have now. A table that has as many lines
    /// of comment as of values: meant to be edited by people.
    [[nodiscard]] std::string to_toml(std::string_view heading) const;
    /// A page that names every field with its default (the value that it has now), bounds and
    /// sentence.
    [[nodiscard]] std::string to_markdown(std::string_view heading) const;

private:
    std::vector<section> sections_;
};

} // namespace lyceum::settings
