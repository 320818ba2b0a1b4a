#include "base/settings/section.h"

#include "base/overloaded.h"
#include "base/settings/units.h"

#include <algorithm>

namespace lyceum::settings {
namespace {

std::string joined(const std::vector<std::string>& words, std::string_view separator) {
    std::string out;
    for (const auto& w : words) {
        if (!out.empty()) out += separator;
        out += w;
    }
    return out;
}

std::string amount(const field& f, std::int64_t v) {
    if (f.what == kind::duration) return duration_text(v);
    if (f.what == kind::octets) return octets_text(v);
    return std::to_string(v);
}

std::string outside(const field& f, std::int64_t v) {
    if (v >= f.least && v <= f.most) return {};
    return amount(f, v) + " is not between " + amount(f, f.least) + " and " + amount(f, f.most);
}

std::string not_a_choice(const field& f, const std::string& text) {
    if (f.choices.empty() || std::ranges::find(f.choices, text) != f.choices.end()) return {};
    return quoted(text) + " is not one of: " + joined(f.choices, ", ");
}

} // namespace

field& field::between(std::int64_t from, std::int64_t to) {
    least = from;
    most = to;
    return *this;
}

field& field::between(std::chrono::nanoseconds from, std::chrono::nanoseconds to) {
    return between(from.count(), to.count());
}

field& field::one_of(std::initializer_list<std::string_view> allowed) {
    choices.assign(allowed.begin(), allowed.end());
    return *this;
}

field& field::in(std::string_view counted) {
    unit = counted;
    return *this;
}

field& field::needs_restart() {
    restart = true;
    return *this;
}

std::string field::objection() const {
    return std::visit(overloaded{
                          [](const bool*) { return std::string(); },
                          [&](const std::string* s) {
                              if (auto why = not_a_choice(*this, *s); !why.empty()) return why;
                              const auto length = static_cast<std::int64_t>(s->size());
                              if (length < least) return std::string("must not be empty");
                              return length > most
                                         ? "is longer than " + std::to_string(most) + " octets"
                                         : std::string();
                          },
                          [&](const std::vector<std::string>* items) {
                              for (const auto& item : *items) {
                                  if (auto why = not_a_choice(*this, item); !why.empty())
                                      return why;
                              }
                              const auto length = static_cast<std::int64_t>(items->size());
                              if (length < least) return "needs at least " + std::to_string(least);
                              return length > most ? "has more than " + std::to_string(most)
                                                   : std::string();
                          },
                          [&](const number_slot& n) { return outside(*this, n.get(n.where)); },
                      },
                      slot);
}

std::string field::toml() const {
    return std::visit(overloaded{
                          [](const bool* b) { return std::string(*b ? "true" : "false"); },
                          [](const std::string* s) { return quoted(*s); },
                          [](const std::vector<std::string>* items) {
                              std::vector<std::string> texts;
                              for (const auto& item : *items)
                                  texts.push_back(quoted(item));
                              return "[" + joined(texts, ", ") + "]";
                          },
                          [&](const number_slot& n) {
                              const auto v = amount(*this, n.get(n.where));
                              return what == kind::number ? v : quoted(v);
                          },
                      },
                      slot);
}

field& section::add(std::string_view called,
                    std::string_view says,
                    kind what,
                    number_slot slot,
                    std::int64_t least,
                    std::int64_t most) {
    field f;
    f.name = called;
    f.sentence = says;
    f.what = what;
    f.slot = slot;
    f.least = least;
    f.most = most;
    return fields.emplace_back(std::move(f));
}

field& section::flag(std::string_view called, bool& value, std::string_view says) {
    auto& f = add(called, says, kind::flag, {}, 0, 1);
    f.slot = &value;
    return f;
}

field& section::text(std::string_view called, std::string& value, std::string_view says) {
    auto& f = add(called, says, kind::text, {}, 0, 4096);
    f.slot = &value;
    return f;
}

field&
section::list(std::string_view called, std::vector<std::string>& value, std::string_view says) {
    auto& f = add(called, says, kind::list, {}, 0, 1000);
    f.slot = &value;
    return f;
}

} // namespace lyceum::settings
