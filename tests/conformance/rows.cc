#include "tests/conformance/rows.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace lyceum::conformance {
namespace {

/// What the expectations of one play said, and nothing of it reported yet.
std::string failures_of(const row& r) {
    testing::TestPartResultArray results;
    {
        const testing::ScopedFakeTestPartResultReporter caught(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
        r.play();
    }
    std::string out;
    for (int i = 0; i < results.size(); ++i) {
        const auto& one = results.GetTestPartResult(i);
        if (!one.failed()) continue;
        out += one.file_name() != nullptr ? one.file_name() : "";
        out += ":" + std::to_string(one.line_number()) + ": " + one.message() + "\n";
    }
    return out;
}

} // namespace

void play(std::span<const row> rows) {
    for (const auto& r : rows) {
        const auto failures = failures_of(r);
        if (r.gap.why.empty()) {
            EXPECT_TRUE(failures.empty()) << r.rule << ": " << r.says << "\n" << failures;
        } else {
            // How a gap shows, for who wants to close it.
            if (std::getenv("LYCEUM_SHOW_GAPS") != nullptr) { // NOLINT(concurrency-mt-unsafe)
                std::printf("%s: %s\n%s\n",
                            std::string(r.rule).c_str(),
                            std::string(r.says).c_str(),
                            failures.c_str());
            }
            EXPECT_FALSE(failures.empty())
                << r.rule << ": " << r.says << "\nis kept now: take the gap off its row ("
                << r.gap.why << ") and out of " << r.gap.where;
        }
    }
}

} // namespace lyceum::conformance
