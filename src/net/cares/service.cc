#include "net/cares/service.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>

namespace lyceum::net::cares {
namespace {

/// While a shard's mailbox is full, its answers are offered again after so long.
constexpr std::chrono::milliseconds offer_again{10};
constexpr std::chrono::milliseconds idle{60'000};

struct question {
    unsigned shard = 0;
    std::uint64_t id = 0; ///< the shard's
    dns_question what;
};
using answers = std::vector<channel::answered>;

class threaded_service;

/// One shard's end. Everything but the queue behind it is the shard's own.
class desk final : public resolver {
public:
    desk(threaded_service& s, unsigned shard) : service_(s), shard_(shard) {}
    void ask(dns_question q, callback then) override;
    void take(answers& list) {
        for (auto& a : list) {
            const auto it = waiting_.find(a.token);
            if (it == waiting_.end()) continue;
            auto then = std::move(it->second);
            waiting_.erase(it);
            then(a.answer);
        }
    }

private:
    threaded_service& service_;
    unsigned shard_;
    std::unordered_map<std::uint64_t, callback> waiting_;
    std::uint64_t next_ = 1;
};

class threaded_service final : public service {
public:
    threaded_service(const settings& s, const std::vector<net::shard*>& shards)
        : settings_(s), shards_(shards), outboxes_(shards.size()) {
        for (unsigned i = 0; i < shards.size(); ++i)
            desks_.push_back(std::make_unique<desk>(*this, i));
    }
    ~threaded_service() override {
        if (thread_.joinable()) {
            {
                const std::scoped_lock lock(lock_);
                stopping_ = true;
            }
            wake();
            thread_.join();
        }
        if (wake_fd_ >= 0) ::close(wake_fd_);
    }

    std::expected<void, std::string> open() {
        LYCEUM_TRY(channel_, channel::open(settings_, shards_.front()->clock()));
        wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (wake_fd_ < 0)
            return std::unexpected("eventfd: " + std::generic_category().message(errno));
        thread_ = std::thread([this] { run(); });
        return {};
    }

    resolver& of(unsigned shard) override { return *desks_.at(shard); }

    /// From a shard's thread. False when too much waits.
    bool submit(question q) {
        bool first = false;
        {
            const std::scoped_lock lock(lock_);
            if (inbox_.size() >= settings_.max_questions) return false;
            first = inbox_.empty();
            inbox_.push_back(std::move(q));
        }
        if (first) wake();
        return true;
    }

private:
    void wake() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
    }

    void run() {
        std::vector<question> asked;
        answers answered;
        std::unordered_map<std::uint64_t, std::pair<unsigned, std::uint64_t>> askers;
        std::uint64_t next = 1;
        bool undelivered = false;
        for (;;) {
            {
                const std::scoped_lock lock(lock_);
                if (stopping_) return;
                asked.swap(inbox_);
            }
            for (const auto& q : asked) {
                askers.emplace(next, std::pair(q.shard, q.id));
                channel_->ask(next++, q.what);
            }
            asked.clear();
            channel_->step(wake_fd_, undelivered ? offer_again : idle, answered);
            std::uint64_t wakes = 0;
            [[maybe_unused]] const auto read = ::read(wake_fd_, &wakes, sizeof wakes);
            for (auto& a : answered) {
                const auto it = askers.find(a.token);
                outboxes_[it->second.first].push_back({it->second.second, std::move(a.answer)});
                askers.erase(it);
            }
            answered.clear();
            undelivered = deliver();
        }
    }

    /// Whether something could not be handed over.
    bool deliver() {
        bool left = false;
        for (unsigned i = 0; i < outboxes_.size(); ++i) {
            auto& box = outboxes_[i];
            if (box.empty()) continue;
            const auto batch = std::make_shared<answers>(std::move(box));
            box.clear();
            if (shards_[i]->post(i, [d = desks_[i].get(), batch] { d->take(*batch); })) continue;
            box = std::move(*batch);
            left = true;
        }
        return left;
    }

    settings settings_;
    std::vector<net::shard*> shards_;
    std::vector<std::unique_ptr<desk>> desks_;
    std::unique_ptr<channel> channel_; ///< the thread's
    std::vector<answers> outboxes_;    ///< the thread's
    int wake_fd_ = -1;
    std::mutex lock_;
    std::vector<question> inbox_;
    bool stopping_ = false;
    std::thread thread_;
};

void desk::ask(dns_question q, callback then) {
    const auto id = next_++;
    waiting_.emplace(id, std::move(then));
    if (service_.submit({shard_, id, std::move(q)})) return;
    answers failed;
    failed.push_back({id, {}});
    take(failed);
}

} // namespace

std::expected<std::unique_ptr<service>, std::string>
service::start(const settings& s, const std::vector<net::shard*>& shards) {
    auto made = std::make_unique<threaded_service>(s, shards);
    if (auto done = made->open(); !done) return std::unexpected("DNS: " + done.error());
    return made;
}

} // namespace lyceum::net::cares
