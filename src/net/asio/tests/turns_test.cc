#include "net/asio/turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace lyceum::net::asio {
namespace {

constexpr auto no_limit = std::numeric_limits<std::size_t>::max();

struct lonely {
    metrics::counter taken;
    int woken = 0;
    turns t{[this] { ++woken; }, taken};
};

TEST(turns, jobs_from_outside_wake_the_thread_once) {
    lonely a;
    std::vector<int> done;
    EXPECT_TRUE(a.t.put([&] { done.push_back(1); }, no_limit));
    EXPECT_TRUE(a.t.put([&] { done.push_back(2); }, no_limit));
    EXPECT_EQ(a.woken, 1);
    EXPECT_TRUE(done.empty());
    a.t.turn([&] { done.push_back(0); });
    EXPECT_EQ(done, (std::vector<int>{1, 2, 0})) << "what came first is done first";
    EXPECT_EQ(a.taken.value(), 2u);
}

// A client that got its 200 from one shard calls another one over a second: that shard must have
// done what the first had given it, whoever comes to it first.
TEST(turns, what_was_given_before_is_known_to_who_comes_after) {
    for (int round = 0; round < 200; ++round) {
        lonely a;
        lonely b;
        bool is_published = false; // b's
        std::atomic<bool> has_answered = false;
        bool was_known = false;
        std::thread other([&] {
            while (!has_answered) {
            }
            b.t.turn([&] { was_known = is_published; });
        });
        a.t.turn([&] {
            b.t.put([&] { is_published = true; }, no_limit);
            has_answered = true;
            if (round % 2 == 0) std::this_thread::yield();
        });
        other.join();
        EXPECT_TRUE(was_known);
    }
}

TEST(turns, a_full_mailbox_refuses_and_so_does_an_end) {
    lonely a;
    EXPECT_TRUE(a.t.put([] {}, 1));
    EXPECT_FALSE(a.t.put([] {}, 1));
    a.t.turn([] {});
    EXPECT_TRUE(a.t.put([] { FAIL() << "done after the end"; }, 1));
    a.t.end();
    EXPECT_FALSE(a.t.put([] {}, no_limit));
    a.t.turn([] {});
}

TEST(turns, who_gives_work_to_an_idle_shard_does_it_afterwards) {
    lonely a;
    lonely b;
    std::vector<std::string> done;
    a.t.turn([&] {
        a.t.put([&] { done.emplace_back("own, later"); }, no_limit);
        b.t.put(
            [&] {
                done.emplace_back("other");
                a.t.put([&] { done.emplace_back("back"); }, no_limit);
            },
            no_limit);
        done.emplace_back("first");
    });
    EXPECT_EQ(done, (std::vector<std::string>{"first", "own, later", "other", "back"}));
    EXPECT_EQ(a.woken + b.woken, 0) << "nobody had to be woken";
}

TEST(turns, one_at_a_time_in_order_and_none_lost) {
    constexpr std::size_t shards = 3;
    constexpr int messages = 20000;
    struct shard {
        std::atomic<bool> wanted = false;
        metrics::counter taken;
        turns t{[this] { wanted = true; }, taken};
        int inside = 0; // guarded by the turn alone
        std::array<int, shards> last{};
        int seen = 0;
    };
    std::array<shard, shards> all;
    std::atomic<int> wrong = 0;
    std::atomic<int> total = 0;
    const auto take = [&](std::size_t to, std::size_t from, int number) {
        auto& s = all[to];
        if (++s.inside != 1 || number <= s.last[from]) ++wrong;
        s.last[from] = number;
        ++s.seen;
        ++total;
        --s.inside;
    };
    std::vector<std::thread> threads;
    for (std::size_t me = 0; me < shards; ++me) {
        threads.emplace_back([&, me] {
            for (int n = 1; n <= messages; ++n) {
                all[me].t.turn([&] {
                    for (std::size_t to = 0; to < shards; ++to)
                        all[to].t.put([&, to, me, n] { take(to, me, n); }, no_limit);
                });
            }
        });
    }
    for (auto& t : threads)
        t.join();
    // Nobody was woken: every job was put inside a turn, and done by somebody.
    EXPECT_EQ(total, static_cast<int>(shards * shards) * messages);
    EXPECT_EQ(wrong, 0);
    for (const auto& s : all) {
        EXPECT_EQ(s.seen, static_cast<int>(shards) * messages);
        EXPECT_FALSE(s.wanted);
    }
}

} // namespace
} // namespace lyceum::net::asio
