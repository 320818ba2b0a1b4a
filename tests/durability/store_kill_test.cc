#include "base/random/random.h"
#include "random_change.h"
#include "scratch_folder.h"
#include "store/memory/memory_store.h"
#include "store/soci/soci_store.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

namespace lyceum::tests {
namespace {

using namespace std::chrono_literals;
using store::soci::soci_store;

template <class Store>
changed_store ports_of(Store& s) {
    return {s.users(), s.contacts(), s.trusted()};
}

/// The child: changes the store for ever and writes one octet for each change that was
/// acknowledged.
[[noreturn]] void
change_until_killed(const std::string& path, std::uint64_t seed, std::uint32_t next, int acks) {
    auto s = soci_store::open(path, {.readers = 1, .create = true});
    if (!s) _exit(2);
    for (;; ++next) {
        if (!change(ports_of(**s), seed, next)) _exit(3);
        if (::write(acks, "+", 1) != 1) _exit(4);
    }
}

/// Lets a child change the store, kills it after so long, and tells how many changes it
/// acknowledged.
std::uint32_t one_round(const std::string& path,
                        std::uint64_t seed,
                        std::uint32_t next,
                        std::chrono::milliseconds life) {
    int ends[2] = {};
    EXPECT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        change_until_killed(path, seed, next, ends[1]);
    }
    ::close(ends[1]);
    pollfd first{ends[0], POLLIN, 0};
    EXPECT_EQ(::poll(&first, 1, 20'000), 1) << "the child did nothing";
    // Drained while it lives: a full pipe would hold it where nothing can go wrong.
    std::uint32_t acknowledged = 0;
    std::string octets(4096, '\0');
    const auto until = std::chrono::steady_clock::now() + life;
    for (auto left = life; left > 0ms; left = std::chrono::ceil<std::chrono::milliseconds>(
                                           until - std::chrono::steady_clock::now())) {
        pollfd more{ends[0], POLLIN, 0};
        if (::poll(&more, 1, static_cast<int>(left.count())) != 1) break;
        const auto n = ::read(ends[0], octets.data(), octets.size());
        if (n <= 0) break;
        acknowledged += static_cast<std::uint32_t>(n);
    }
    ::kill(child, SIGKILL);
    int how = 0;
    ::waitpid(child, &how, 0);
    EXPECT_TRUE(WIFSIGNALED(how)) << "the child ended by itself: " << how;
    for (ssize_t n = 0; (n = ::read(ends[0], octets.data(), octets.size())) > 0;) {
        acknowledged += static_cast<std::uint32_t>(n);
    }
    ::close(ends[0]);
    return acknowledged;
}

TEST(store_kill, every_acknowledged_change_survives_kill_9) {
    constexpr int rounds = 30;
    random::system dice;
    const auto seed = dice.u64() % 1'000'000'000;
    SCOPED_TRACE("seed " + std::to_string(seed));
    const scratch_folder folder;
    const auto path = folder.path("a.db");

    store::memory::memory_store model; // what must be there
    std::uint32_t next = 0;            // the first change that the model does not have
    for (int round = 0; round < rounds; ++round) {
        const auto acknowledged =
            one_round(path, seed, next, std::chrono::milliseconds(dice.below(60)));
        for (std::uint32_t i = 0; i < acknowledged; ++i)
            ASSERT_TRUE(change(ports_of(model), seed, next++));

        const auto fine = store::soci::verify_database(path);
        ASSERT_TRUE(fine) << fine.error();
        auto reopened = soci_store::open(path, {.readers = 1});
        ASSERT_TRUE(reopened) << reopened.error();
        const auto there = picture(ports_of(**reopened));
        if (there == picture(ports_of(model))) continue;
        // The one change that was under way may have been done, wholly, and not yet acknowledged.
        ASSERT_TRUE(change(ports_of(model), seed, next++));
        ASSERT_EQ(there, picture(ports_of(model))) << "round " << round << ", change " << next;
    }
    EXPECT_GT(next, static_cast<std::uint32_t>(rounds))
        << "too little was changed to mean anything";
    RecordProperty("changes", static_cast<int>(next));

    // The comparison can fail: take one thing away.
    auto s = soci_store::open(path, {.readers = 1});
    ASSERT_TRUE(s);
    ASSERT_TRUE((*s)->trusted().put({"lost.test", "", false, {}}));
    EXPECT_NE(picture(ports_of(**s)), picture(ports_of(model)));
}

} // namespace
} // namespace lyceum::tests
