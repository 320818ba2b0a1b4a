#include "base/metrics/registry.h"

#include "base/check.h"
#include "base/text.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>

namespace lyceum::metrics {
namespace {

/// Prometheus' data model: [a-zA-Z_:][a-zA-Z0-9_:]* for metrics, without the colon for labels.
bool is_name(std::string_view s, bool colon) {
    const auto fits = [&](char c) {
        return is_alpha(c) || is_digit(c) || c == '_' || (colon && c == ':');
    };
    return !s.empty() && !is_digit(s.front()) && std::ranges::all_of(s, fits);
}

struct metric {
    std::string name;
    std::string help;
    std::vector<label> labels; ///< sorted
    bool is_counter = true;
    std::function<double()> now{}; ///< of a number that somebody else keeps
    counter count{};
    gauge level{};
    std::atomic<metric*> next = nullptr;

    [[nodiscard]] double value() const {
        if (now) return now();
        return is_counter ? static_cast<double>(count.value()) : static_cast<double>(level.value());
    }
};

} // namespace

/// A list that only grows at its end: the shard appends while the scraper walks, and neither waits.
struct registry::state {
    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
        for (auto* m = first.load(); m != nullptr;)
            delete std::exchange(m, m->next.load());
    }

    metric& make(std::string_view name,
                 std::string_view help,
                 std::initializer_list<label> given,
                 bool is_counter,
                 std::function<double()> now = {}) {
        std::vector<label> labels(given);
        std::ranges::sort(labels);
        LYCEUM_CHECK(is_name(name, true));
        for (const auto& l : labels)
            LYCEUM_CHECK(is_name(l.first, false));
        auto* end = &first;
        for (auto* m = end->load(std::memory_order_relaxed); m != nullptr;
             m = end->load(std::memory_order_relaxed)) {
            if (m->name == name) {
                LYCEUM_CHECK(m->is_counter == is_counter);              // one name, one kind
                LYCEUM_CHECK(m->labels != labels || (!now && !m->now)); // one keeper
                if (m->labels == labels) return *m;
            }
            end = &m->next;
        }
        auto* made = new metric{
            std::string(name), std::string(help), std::move(labels), is_counter, std::move(now)};
        end->store(made, std::memory_order_release);
        return *made;
    }

    std::atomic<metric*> first = nullptr;
};

registry::registry() : state_(std::make_unique<state>()) {}
registry::~registry() = default;

counter& registry::make_counter(std::string_view name,
                                std::string_view help,
                                std::initializer_list<label> labels) {
    return state_->make(name, help, labels, true).count;
}

gauge& registry::make_gauge(std::string_view name,
                            std::string_view help,
                            std::initializer_list<label> labels) {
    return state_->make(name, help, labels, false).level;
}

void registry::show_counter(std::string_view name,
                            std::string_view help,
                            std::function<double()> now,
                            std::initializer_list<label> labels) {
    state_->make(name, help, labels, true, std::move(now));
}

void registry::show_gauge(std::string_view name,
                          std::string_view help,
                          std::function<double()> now,
                          std::initializer_list<label> labels) {
    state_->make(name, help, labels, false, std::move(now));
}

namespace {

struct family {
    std::string help;
    bool is_counter = true;
    std::map<std::vector<label>, double> values;
};

std::string labels_text(const std::vector<label>& labels) {
    std::string out;
    for (const auto& [name, value] : labels) {
        out += out.empty() ? "{" : ",";
        out += name;
        out += "=\"";
        out += value;
        out += '"';
    }
    return out.empty() ? out : out + "}";
}

} // namespace

std::string exposition(const std::vector<const registry*>& shards) {
    std::map<std::string, family> families;
    for (const auto* shard : shards) {
        for (const auto* m = shard->state_->first.load(std::memory_order_acquire); m != nullptr;
             m = m->next.load(std::memory_order_acquire)) {
            auto& f = families[m->name];
            f.help = m->help;
            f.is_counter = m->is_counter;
            f.values[m->labels] += m->value();
        }
    }
    std::vector<prometheus::MetricFamily> out;
    out.reserve(families.size());
    for (const auto& [name, f] : families) {
        auto& shown = out.emplace_back();
        shown.name = name;
        shown.help = f.help;
        shown.type = f.is_counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
        for (const auto& [labels, value] : f.values) {
            auto& one = shown.metric.emplace_back();
            for (const auto& l : labels)
                one.label.push_back({l.first, l.second});
            (f.is_counter ? one.counter.value : one.gauge.value) = value;
        }
    }
    return prometheus::TextSerializer().Serialize(out);
}

std::vector<std::pair<std::string, double>> totals(const std::vector<const registry*>& shards) {
    std::map<std::string, double> sums;
    for (const auto* shard : shards) {
        for (const auto* m = shard->state_->first.load(std::memory_order_acquire); m != nullptr;
             m = m->next.load(std::memory_order_acquire)) {
            sums[m->name + labels_text(m->labels)] += m->value();
        }
    }
    return {sums.begin(), sums.end()};
}

} // namespace lyceum::metrics
