#include "shrink.h"

#include "base/text.h"

namespace lyceum::simulation {
namespace {

/// Which promise it is: the text without its numbers.
std::string promise(std::string text) {
    std::erase_if(text, is_digit);
    return text.substr(0, text.find(':', text.find("sip:") + 4)); // without what is counted
}

class shrinker {
public:
    shrinker(const plan& p, std::string violation, std::size_t runs)
        : best_(p), promise_(promise(std::move(violation))), left_(runs) {}

    plan go() {
        auto calm = best_;
        calm.weather = {};
        (void)take_if_failing(std::move(calm));
        auto one_shard = best_;
        one_shard.shards = 1;
        (void)take_if_failing(std::move(one_shard));
        for (bool progress = true; progress && left_ > 0;) {
            progress = reduce(&plan::without_devices, best_.devices.size());
            progress |= reduce(&plan::without_steps, best_.steps.size());
        }
        return best_;
    }

private:
    bool take_if_failing(plan candidate) {
        if (left_ == 0) return false;
        --left_;
        const auto how = run(candidate).violation;
        if (!how || promise(*how) != promise_) return false;
        best_ = std::move(candidate);
        return true;
    }
    [[nodiscard]] bool is_left(std::set<std::size_t> plan::* out, std::size_t i) const {
        if ((best_.*out).contains(i)) return false;
        return out == &plan::without_devices || best_.plays(i);
    }
    /// Leaves out halves, quarters and so on down to single ones, as long as it still fails.
    bool reduce(std::set<std::size_t> plan::* out, std::size_t count) {
        bool any = false;
        for (auto size = std::max<std::size_t>(count / 2, 1); left_ > 0; size /= 2) {
            std::vector<std::size_t> kept;
            for (std::size_t i = 0; i < count; ++i) {
                if (is_left(out, i)) kept.push_back(i);
            }
            for (std::size_t at = 0; at < kept.size() && left_ > 0; at += size) {
                auto candidate = best_;
                for (std::size_t i = at; i < std::min(at + size, kept.size()); ++i)
                    (candidate.*out).insert(kept[i]);
                any |= take_if_failing(std::move(candidate));
            }
            if (size <= 1) break;
        }
        return any;
    }

    plan best_;
    std::string promise_;
    std::size_t left_;
};

} // namespace

plan shrunk(const plan& failing, const std::string& violation, std::size_t runs) {
    return shrinker(failing, violation, runs).go();
}

std::string replay_command(const plan& whole, const plan& p) {
    std::string out = "--seed " + std::to_string(p.seed);
    std::set<std::size_t> devices;
    std::set<std::size_t> steps;
    for (std::size_t i = 0; i < p.devices.size(); ++i) {
        if (p.has(i)) devices.insert(i);
    }
    for (std::size_t i = 0; i < p.steps.size(); ++i) {
        if (p.plays(i)) steps.insert(i);
    }
    if (devices.size() != p.devices.size()) out += " --devices " + to_ranges(devices);
    if (steps.size() != p.steps.size())
        out += " --steps " + (steps.empty() ? std::string("none") : to_ranges(steps));
    if (p.shards != whole.shards) out += " --shards " + std::to_string(p.shards);
    if (p.weather.most_delay != whole.weather.most_delay ||
        p.weather.split_percent != whole.weather.split_percent ||
        p.weather.max_queued != whole.weather.max_queued ||
        p.weather.datagram_loss_percent != whole.weather.datagram_loss_percent)
        out += " --calm";
    return out;
}

} // namespace lyceum::simulation
