#include "base/text.h"
#include "mutation.h"
#include "shrink.h"

#include <cstdio>
#include <cstring>

namespace lyceum::simulation {
namespace {

struct options {
    std::uint64_t first = 1;
    std::uint64_t count = 1;
    std::size_t most_devices = 500;
    std::string devices;
    std::string steps;
    unsigned shards = 0;
    bool calm = false;
    bool trace = false;
    bool twice = false;
    bool fingerprints = false;
    bool expect_failure = false;
    std::size_t shrink_runs = 400;
};

int usage(std::FILE* to, int code) {
    std::fputs(
        "simulation --seeds FIRST COUNT | --seed N [--devices LIST] [--steps LIST|none] [--shards "
        "N] "
        "[--calm] [--trace]\n\n"
        "Plays the whole front end with its clients on virtual time, one world for each seed.\n"
        "  --seeds FIRST COUNT  one line at the end; a failing seed is shrunk and its replay "
        "named\n"
        "  --seed N             one seed; --devices, --steps: only these (0-3,7); --trace: all of "
        "it\n"
        "  --most N             devices in a world at most (500)\n"
        "  --twice              plays each seed twice: the runs have to be equal\n"
        "  --fingerprints       prints each seed's\n"
        "  --shrink RUNS        tries to find a smaller one (400); 0: none\n"
        "  --mutation NAME      puts a known bug into the server; --expect-failure: it has to be "
        "found\n"
        "Exit codes: 0 all promises kept, 1 one was broken, 2 wrong arguments.\n",
        to);
    return code;
}

std::optional<options> read(int argc, char** argv) {
    options o;
    for (int i = 1; i < argc; ++i) {
        const std::string_view a = argv[i];
        const auto number = [&]() -> std::optional<std::uint64_t> {
            if (i + 1 >= argc) return std::nullopt;
            return to_u32(argv[++i]);
        };
        std::optional<std::uint64_t> n = 0;
        if (a == "--seeds") {
            n = number();
            o.first = n.value_or(0);
            if (n) n = number();
            o.count = n.value_or(0);
        } else if (a == "--seed") {
            n = number();
            o.first = n.value_or(0);
        } else if (a == "--most") {
            n = number();
            o.most_devices = n.value_or(2);
        } else if (a == "--shards") {
            n = number();
            o.shards = static_cast<unsigned>(n.value_or(1));
        } else if (a == "--shrink") {
            n = number();
            o.shrink_runs = n.value_or(0);
        } else if ((a == "--devices" || a == "--steps") && i + 1 < argc) {
            (a == "--devices" ? o.devices : o.steps) = argv[++i];
        } else if (a == "--mutation" && i + 1 < argc) {
            if (!choose_mutation(argv[++i])) return std::nullopt;
        } else if (a == "--calm") {
            o.calm = true;
        } else if (a == "--trace") {
            o.trace = true;
        } else if (a == "--twice") {
            o.twice = true;
        } else if (a == "--fingerprints") {
            o.fingerprints = true;
        } else if (a == "--expect-failure") {
            o.expect_failure = true;
        } else {
            return std::nullopt;
        }
        if (!n) return std::nullopt;
    }
    return o;
}

/// What is not on the list, of so many.
std::optional<std::set<std::size_t>> all_but(const std::string& list, std::size_t count) {
    std::set<std::size_t> out;
    if (list.empty()) return out;
    const auto kept = list == "none" ? std::set<std::size_t>() : from_ranges(list);
    if (!kept) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) {
        if (!kept->contains(i)) out.insert(i);
    }
    return out;
}

void report(const options& o, const plan& whole, const plan& failing, const result& r) {
    std::printf(
        "seed %llu: %s\n", static_cast<unsigned long long>(whole.seed), r.violation->c_str());
    auto smallest = failing;
    auto how = r;
    if (o.shrink_runs > 0) {
        smallest = shrunk(failing, *r.violation, o.shrink_runs);
        how = run(smallest);
    }
    std::string most = o.most_devices == 500 ? "" : " --most " + std::to_string(o.most_devices);
    if (*mutation_name() != '\0') most += std::string(" --mutation ") + mutation_name();
    std::printf("  smallest: %s\n", how.violation.value_or("(none)").c_str());
    for (std::size_t i = 0; i < smallest.steps.size() && o.shrink_runs > 0; ++i) {
        if (smallest.plays(i)) std::printf("    %s\n", smallest.text(smallest.steps[i]).c_str());
    }
    std::printf(
        "  replay: simulation %s%s\n", replay_command(whole, smallest).c_str(), most.c_str());
    std::fflush(stdout);
}

int play(const options& o) {
    std::size_t failed = 0;
    result sum;
    for (auto seed = o.first; seed < o.first + o.count; ++seed) {
        const auto whole = plan_of(seed, o.most_devices);
        auto p = whole;
        const auto devices = all_but(o.devices, p.devices.size());
        const auto steps = all_but(o.steps, p.steps.size());
        if (!devices || !steps) return usage(stderr, 2);
        p.without_devices = *devices;
        p.without_steps = *steps;
        if (o.calm) p.weather = {};
        if (o.shards != 0) p.shards = o.shards;
        std::function<void(const std::string&)> trace;
        if (o.trace) trace = [](const std::string& what) { std::printf("%s\n", what.c_str()); };
        auto r = run(p, trace);
        if (o.twice && !r.violation) {
            const auto again = run(p);
            if (again.fingerprint != r.fingerprint || again.happened != r.happened)
                r.violation = "a second run of the same seed went another way";
        }
        if (o.fingerprints) {
            std::printf("seed %llu: %016llx after %llu events\n",
                        static_cast<unsigned long long>(seed),
                        static_cast<unsigned long long>(r.fingerprint),
                        static_cast<unsigned long long>(r.happened));
        }
        sum.happened += r.happened;
        sum.offered += r.offered;
        sum.delivered += r.delivered;
        sum.changes += r.changes;
        sum.sign_ins += r.sign_ins;
        sum.lives += r.lives;
        sum.most_objects = std::max(sum.most_objects, r.most_objects);
        if (!r.violation) continue;
        ++failed;
        if (o.expect_failure) {
            std::printf("found by seed %llu: %s\n",
                        static_cast<unsigned long long>(seed),
                        r.violation->c_str());
            return 0;
        }
        report(o, whole, p, r);
    }
    std::printf("%llu seeds, %zu failed; %llu events, %zu messages offered, %zu delivered, %zu "
                "contacts changed, %zu sign-ins, %u starts of the server, at most %zu objects\n",
                static_cast<unsigned long long>(o.count),
                failed,
                static_cast<unsigned long long>(sum.happened),
                sum.offered,
                sum.delivered,
                sum.changes,
                sum.sign_ins,
                sum.lives,
                sum.most_objects);
    return (failed != 0 || o.expect_failure) ? 1 : 0;
}

} // namespace
} // namespace lyceum::simulation

int main(int argc, char** argv) {
    namespace simulation = lyceum::simulation;
    if (argc == 2 && std::strcmp(argv[1], "--help") == 0) return simulation::usage(stdout, 0);
    const auto o = argc < 2 ? std::nullopt : simulation::read(argc, argv);
    return o ? simulation::play(*o) : simulation::usage(stderr, 2);
}
