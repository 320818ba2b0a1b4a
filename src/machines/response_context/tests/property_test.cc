#include "machines/response_context/tests/script.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace lyceum::response_context {
namespace {

/// The same sequence for the same seed, everywhere.
class random_walk {
public:
    explicit random_walk(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

private:
    std::mt19937_64 engine_;
};

/// Plays callees that ring, answer, stay silent or break, in any order; the network and the client
/// transactions around the context: timer B and F, and no CANCEL before a provisional.
class world {
public:
    world(std::uint64_t seed, const settings& how) : dice_(seed), how_(how), machine_(how) {}

    void play() {
        std::vector<target> targets(dice_.below(5));
        for (auto& t : targets)
            t = {.id = dice_.below(100), .q = static_cast<std::uint16_t>(500 * dice_.below(3))};
        wanted_ = targets.size();
        give(started{targets});
        for (int i = 0; i < 40 && !machine_.is_finished(); ++i) {
            now_ += std::chrono::milliseconds(dice_.below(4000));
            while (machine_.deadline() && *machine_.deadline() <= now_ &&
                   !testing::Test::HasFatalFailure())
                give(tick{});
            something();
            if (testing::Test::HasFatalFailure()) return;
        }
        // Everybody falls silent. Transactions that never heard a word, and all non-INVITE ones,
        // time out.
        for (int i = 0; i < 1000 && !machine_.is_finished(); ++i) {
            if (const auto silent = one_that_times_out()) {
                give(branch_failed{*silent, failure::timeout});
            } else {
                ASSERT_TRUE(machine_.deadline()) << "stuck";
                now_ = std::max(now_, *machine_.deadline());
                give(tick{});
            }
            if (testing::Test::HasFatalFailure()) return;
        }
        check_end();
    }

private:
    struct callee {
        bool heard = false;
        bool over = false;
        bool cancelled = false;
    };

    void something() {
        if (dice_.below(12) == 0) {
            give(cancelled{});
            return;
        }
        if (callees_.empty()) return;
        const auto id =
            static_cast<branch_id>(dice_.below(callees_.size() + 1)); // sometimes nobody's
        if (id == callees_.size()) {
            give(responded{id, reply(200)});
            return;
        }
        switch (dice_.below(6)) {
        case 0:
            give(branch_failed{id, dice_.below(2) == 0 ? failure::timeout : failure::transport});
            return;
        case 1:
        case 2:
            give(responded{id, reply(dice_.below(2) == 0 ? 100 : 180)});
            return;
        default: {
            constexpr int finals[] = {200, 200, 202, 302, 401, 404, 408, 487, 500, 503, 603};
            const auto tag = std::to_string(id) + (dice_.below(4) == 0 ? "x" : "");
            give(responded{id, reply(finals[dice_.below(std::size(finals))], tag)});
        }
        }
    }

    std::optional<branch_id> one_that_times_out() {
        for (branch_id id = 0; id < callees_.size(); ++id) {
            auto& c = callees_[id];
            if (!c.over && (!how_.is_invite || !c.heard)) {
                c.over = true;
                return id;
            }
        }
        return std::nullopt;
    }

    void give(event e) {
        if (const auto* r = std::get_if<responded>(&e);
            r != nullptr && r->branch < callees_.size()) {
            auto& c = callees_[r->branch];
            const bool counts = !c.over && !dropped_.contains(r->branch);
            if (counts && r->response.status() >= 600) closed_ = true;
            c.heard = true;
            if (r->response.status() >= 200) c.over = true;
        } else if (const auto* f = std::get_if<branch_failed>(&e)) {
            callees_[f->branch].over = true;
        } else if (std::holds_alternative<cancelled>(e) && how_.is_invite) {
            closed_ = true;
        }
        const bool was_finished = machine_.is_finished();
        actions out;
        machine_.on(std::move(e), now_, out);
        trace_ += text(out) + "; ";
        for (const auto& a : out) {
            ASSERT_FALSE(was_finished) << trace_;
            ASSERT_EQ(ends_, 0) << "finished is the last action: " << trace_;
            std::visit([&](const auto& x) { note(x); }, a);
        }
        if (machine_.is_finished()) {
            ASSERT_EQ(machine_.deadline(), std::nullopt) << trace_;
            ASSERT_EQ(machine_.pending(), 0U) << trace_;
        } else if (machine_.deadline()) {
            ASSERT_GE(*machine_.deadline() + 200s, now_);
        }
    }

    void note(const forward& f) {
        ASSERT_EQ(f.branch, callees_.size()) << trace_;
        ASSERT_FALSE(closed_) << "a new branch after 2xx, 6xx or CANCEL: " << trace_;
        callees_.emplace_back();
    }
    void note(const cancel& c) {
        ASSERT_TRUE(how_.is_invite) << trace_;
        ASSERT_TRUE(callees_[c.branch].heard) << "9.1: CANCEL before a provisional: " << trace_;
        ASSERT_FALSE(callees_[c.branch].cancelled) << "cancelled twice: " << trace_;
        callees_[c.branch].cancelled = true;
    }
    void note(const relay& r) {
        const int status = r.response.status();
        ASSERT_NE(status, 100) << trace_;
        ASSERT_NE(status, 503) << trace_;
        if (status < 200) {
            ASSERT_EQ(finals_, 0) << "a provisional after the final: " << trace_;
            return;
        }
        if (status < 300) closed_ = true;
        note_final(status);
    }
    void note(const respond& r) { note_final(r.status); }
    void note_final(int status) {
        if (finals_ > 0) {
            ASSERT_TRUE(how_.is_invite && !how_.single_final && status < 300 && first_final_ < 300)
                << "a second final response: " << trace_;
        } else {
            first_final_ = status;
        }
        ++finals_;
    }
    void note(const acknowledge_and_bye& b) {
        ASSERT_TRUE(how_.single_final) << trace_;
        ASSERT_TRUE(ended_.emplace(b.branch, std::string(b.response.to_tag())).second)
            << "ended twice: " << trace_;
    }
    void note(const acknowledge& a) {
        ASSERT_TRUE(how_.single_final) << trace_;
        const std::pair its(a.branch, std::string(a.response.to_tag()));
        ASSERT_TRUE(ended_.contains(its) || finals_ > 0) << "never heard of: " << trace_;
    }
    void note(const drop_branch& d) { ASSERT_TRUE(dropped_.insert(d.branch).second) << trace_; }
    void note(const finished&) { ++ends_; }

    void check_end() {
        ASSERT_TRUE(machine_.is_finished()) << trace_;
        ASSERT_EQ(ends_, 1) << trace_;
        ASSERT_GE(finals_, 1) << trace_;
        if (how_.single_final || !how_.is_invite) {
            ASSERT_EQ(finals_, 1) << trace_;
        }
        ASSERT_LE(callees_.size(), wanted_);
        // Every branch has had its final response or its timeout, or was dropped: nothing leaks.
        for (branch_id id = 0; id < callees_.size(); ++id) {
            ASSERT_TRUE(callees_[id].over || dropped_.contains(id)) << id << ": " << trace_;
        }
    }

    random_walk dice_;
    settings how_;
    context machine_;
    instant now_ = t0;
    std::vector<callee> callees_;
    std::set<std::pair<branch_id, std::string>> ended_;
    std::set<branch_id> dropped_;
    std::size_t wanted_ = 0;
    bool closed_ = false;
    int finals_ = 0;
    int first_final_ = 0;
    int ends_ = 0;
    std::string trace_;
};

constexpr std::uint64_t seeds = 3000;

TEST(property, one_end_and_one_final_response_whatever_the_branches_do) {
    constexpr settings kinds[] = {{}, {.single_final = true}, {.is_invite = false}};
    for (const auto& how : kinds) {
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            SCOPED_TRACE("seed " + std::to_string(seed) +
                         (how.single_final ? " im"
                          : how.is_invite  ? " call"
                                           : " other"));
            world(seed, how).play();
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

} // namespace
} // namespace lyceum::response_context
