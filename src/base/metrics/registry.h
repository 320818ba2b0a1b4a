#pragma once

#include "base/metrics/counter.h"

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lyceum::metrics {

/// One name="value" pair of a metric.
using label = std::pair<std::string, std::string>;

/// The numbers of one shard. Asked for once, at start or at first use; the reference stays valid
/// for the registry's life, so a hot path keeps it. Names: lyceum_<folder>_<what>_<unit>.
class registry {
public:
    registry();
    ~registry();
    registry(const registry&) = delete;
    registry& operator=(const registry&) = delete;

    [[nodiscard]] counter& make_counter(std::string_view name,
                                        std::string_view help,
                                        std::initializer_list<label> labels = {});
    [[nodiscard]] gauge& make_gauge(std::string_view name,
                                    std::string_view help,
                                    std::initializer_list<label> labels = {});
    /// A number that somebody else keeps: asked for whenever somebody looks, on their thread, while
    /// the shard runs. One for a name and its labels.
    void show_counter(std::string_view name,
                      std::string_view help,
                      std::function<double()> now,
                      std::initializer_list<label> labels = {});
    void show_gauge(std::string_view name,
                    std::string_view help,
                    std::function<double()> now,
                    std::initializer_list<label> labels = {});

private:
    friend std::string exposition(const std::vector<const registry*>&);
    friend std::vector<std::pair<std::string, double>> totals(const std::vector<const registry*>&);
    struct state;
    std::unique_ptr<state> state_;
};

/// All shards' numbers summed, in the Prometheus text format.
[[nodiscard]] std::string exposition(const std::vector<const registry*>& shards);
/// The same as name{labels} and value, for tests.
[[nodiscard]] std::vector<std::pair<std::string, double>>
totals(const std::vector<const registry*>& shards);

} // namespace lyceum::metrics
