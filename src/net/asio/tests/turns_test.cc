#include "net/asio/turns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
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

// Who reads from a socket in its turn may read what came after the turn had begun.
TEST(turns, what_was_given_meanwhile_is_known_after_catching_up) {
    lonely a;
    lonely b;
    std::vector<int> done;
    b.t.turn([&] {
        std::thread other(
            [&] { a.t.turn([&] { b.t.put([&] { done.push_back(1); }, no_limit); }); });
        other.join();
        b.t.catch_up();
        done.push_back(2);
    });
    EXPECT_EQ(done, (std::vector<int>{1, 2}));
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

/// Gives a shard a job that gives it another one, so many times: as many other shards would.
struct feeder {
    turns& to;
    int left;
    int done = 0;
    void feed() {
        to.put(
            [this] {
                ++done;
                if (--left > 0) feed();
            },
            no_limit);
    }
};

TEST(turns, who_helps_gets_back_to_its_own_clients) {
    lonely a;
    lonely b;
    feeder f{b.t, 10000};
    a.t.turn([&] { f.feed(); });
    EXPECT_GT(f.done, 0);
    EXPECT_LE(f.done, static_cast<int>(turns::share));
    EXPECT_EQ(a.woken, 0);
    EXPECT_EQ(b.woken, 1) << "the shard goes on by itself";
    for (int turn = 0; turn < 10000 && f.left > 0; ++turn)
        b.t.turn([] {});
    EXPECT_EQ(f.done, 10000);
}

TEST(turns, shards_that_feed_one_another_keep_nobody) {
    lonely a;
    lonely b;
    lonely c;
    int done = 0;
    std::function<void(turns&, turns&)> volley = [&](turns& to, turns& from) {
        if (done < 10000) {
            to.put(
                [&] {
                    ++done;
                    volley(from, to);
                },
                no_limit);
        }
    };
    a.t.turn([&] { volley(b.t, c.t); });
    EXPECT_GT(done, 0);
    EXPECT_LE(done, static_cast<int>(turns::share));
    EXPECT_EQ(b.woken + c.woken, 1);
    for (int turn = 0; turn < 10000 && done < 10000; ++turn) {
        b.t.turn([] {});
        c.t.turn([] {});
    }
    EXPECT_EQ(done, 10000);
}

TEST(turns, a_turn_that_is_fed_ends_and_keeps_no_idle_shard_waiting) {
    lonely a;
    lonely b;
    int of_b = 0;
    feeder f{a.t, 10000};
    a.t.turn([&] {
        f.feed();
        b.t.put([&] { ++of_b; }, no_limit);
    });
    EXPECT_LE(f.done, static_cast<int>(turns::share));
    EXPECT_EQ(a.woken, 1) << "to look at its sockets, and go on";
    EXPECT_EQ(b.woken, 1) << "there is more to do here than one batch";
    EXPECT_EQ(of_b, 0);
    // What waits when a turn begins is done before what comes in, but not what that brings.
    const int before = f.done;
    a.t.turn([&] { EXPECT_EQ(f.done, before + 1); });
}

TEST(turns, a_batch_that_is_not_done_keeps_its_order_and_its_place) {
    lonely a;
    lonely b;
    constexpr int many = 10 * turns::share;
    std::vector<int> done;
    a.t.turn([&] {
        for (int n = 0; n < many; ++n)
            b.t.put([&, n] { done.push_back(n); }, no_limit);
    });
    EXPECT_EQ(done.size(), turns::share);
    EXPECT_EQ(b.woken, 1);
    b.t.put([&] { done.push_back(many); }, no_limit);
    b.t.turn([&] { EXPECT_EQ(done.size(), many + 1u); });
    EXPECT_TRUE(std::ranges::is_sorted(done));
    a.t.turn([&] {
        for (int n = 0; n < many; ++n)
            b.t.put([] {}, no_limit);
        b.t.put([&] { ADD_FAILURE() << "forgotten at the end"; }, no_limit);
    });
    b.t.end();
    b.t.turn([] {});
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
                if (all[me].wanted.exchange(false)) all[me].t.turn([] {});
            }
        });
    }
    for (auto& t : threads)
        t.join();
    // Who was woken does the rest; whoever was not has nothing that waits.
    for (auto& s : all) {
        if (s.wanted.exchange(false)) s.t.turn([] {});
    }
    EXPECT_EQ(total, static_cast<int>(shards * shards) * messages);
    EXPECT_EQ(wrong, 0);
    for (const auto& s : all) {
        EXPECT_EQ(s.seen, static_cast<int>(shards) * messages);
    }
}

} // namespace
} // namespace lyceum::net::asio
