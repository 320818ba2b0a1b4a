#include "base/log/log.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/log/render.h"

#include <fcntl.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/os.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>

namespace lyceum::log {
namespace {

/// Events that may wait for the writer. At some 400 octets each that is a little over 3 MB.
constexpr std::size_t queue_length = 8192;

// An event travels to the writer unrendered: area, event, then name, kind and value of each field,
// every text behind its length. A shard pays for one copy; escaping and the form are the writer's
// business.
void pack(byte_writer& out, std::string_view s) {
    out.u32le(static_cast<std::uint32_t>(s.size()));
    out.bytes(as_bytes(s));
}

class unpacker {
public:
    explicit unpacker(byte_view in) : in_(in) {}
    [[nodiscard]] bool empty() const { return in_.left() == 0; }
    std::string_view text() { return as_text(ours(in_.take(ours(in_.u32le("log")), "log"))); }
    field next_field() {
        const auto name = text();
        if (ours(in_.u8("log")) == 0) return {name, text()};
        return {name, static_cast<std::int64_t>(ours(in_.u64le("log")))};
    }

private:
    template <class T>
    static T ours(const parsed<T>& v) {
        LYCEUM_CHECK(v.has_value()); // write() below packed it
        return *v;
    }
    byte_reader in_;
};

/// Where lines end up. Runs on the writer thread; set_file, reopen and the counters come from
/// others.
class line_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    bool set_file(const std::string& path) {
        const int opened = path.empty() ? -1 : open_file(path);
        if (!path.empty() && opened < 0) return false;
        const std::lock_guard lock(mutex_);
        replace(opened);
        path_ = path;
        return true;
    }

    int reopen() {
        const std::lock_guard lock(mutex_);
        if (path_.empty()) return 0;
        // When the new file cannot be opened the old one is better than none.
        const int opened = open_file(path_);
        if (opened < 0) {
            const int why = errno;
            ++lost_;
            return why;
        }
        replace(opened);
        return 0;
    }

    [[nodiscard]] std::uint64_t lost() {
        const std::lock_guard lock(mutex_);
        return lost_;
    }
    [[nodiscard]] std::uint64_t flushes() {
        const std::lock_guard lock(mutex_);
        return flushes_;
    }

protected:
    void sink_it_(const spdlog::details::log_msg& msg) override {
        unpacker in(as_bytes({msg.payload.data(), msg.payload.size()}));
        const auto area = in.text();
        const auto event = in.text();
        fields_.clear();
        while (!in.empty())
            fields_.push_back(in.next_field());
        line_.clear();
        render(line_,
               file_ < 0 ? form::text : form::json,
               std::chrono::floor<std::chrono::milliseconds>(msg.time),
               static_cast<log::level>(msg.level),
               area,
               event,
               fields_);
        put(line_);
    }
    void flush_() override { ++flushes_; }

private:
    static int open_file(const std::string& path) {
        // Who talks to whom is nobody else's business: the owner and the log group may read.
        return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    }
    void replace(int opened) {
        if (file_ >= 0) ::close(file_);
        file_ = opened;
    }
    void put(std::string_view line) {
        while (!line.empty()) {
            const auto n = ::write(file_ < 0 ? STDERR_FILENO : file_, line.data(), line.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) {
                ++lost_;
                return;
            }
            line.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    int file_ = -1; ///< -1: standard error
    std::string path_;
    std::string line_;
    std::vector<field> fields_;
    std::uint64_t lost_ = 0;
    std::uint64_t flushes_ = 0;
};

struct writer {
    std::shared_ptr<line_sink> sink = std::make_shared<line_sink>();
    std::shared_ptr<spdlog::details::thread_pool> pool =
        std::make_shared<spdlog::details::thread_pool>(queue_length, std::size_t{1});
    std::shared_ptr<spdlog::async_logger> logger = std::make_shared<spdlog::async_logger>(
        "lyceum", sink, pool, spdlog::async_overflow_policy::overrun_oldest);
};

writer& the_writer() {
    // Never destroyed: other statics may still log on their way out. What is queued is written at
    // exit.
    static writer& w = *[] {
        auto* made = new writer;
        static_cast<void>(std::atexit(flush));
        return made;
    }();
    return w;
}

} // namespace

void write(level l,
           std::string_view area,
           std::string_view event,
           std::initializer_list<field> fields) {
    auto& logger = *the_writer().logger;
    const auto spd = static_cast<spdlog::level::level_enum>(l);
    if (!logger.should_log(spd)) return;
    thread_local byte_vector packed;
    packed.clear();
    byte_writer out(packed);
    pack(out, area);
    pack(out, event);
    for (const auto& f : fields) {
        pack(out, f.name);
        out.u8(f.is_number ? 1 : 0);
        if (f.is_number) {
            out.u64le(static_cast<std::uint64_t>(f.number));
        } else {
            pack(out, f.text);
        }
    }
    const auto text = as_text(packed);
    logger.log(spd, spdlog::string_view_t(text.data(), text.size()));
}

bool enabled(level l) {
    return the_writer().logger->should_log(static_cast<spdlog::level::level_enum>(l));
}
void set_level(level l) {
    the_writer().logger->set_level(static_cast<spdlog::level::level_enum>(l));
}

bool set_file(const std::string& path) {
    flush(); // what was said before belongs to where it was said
    return the_writer().sink->set_file(path);
}
int reopen() {
    return the_writer().sink->reopen();
}

void flush() {
    auto& w = the_writer();
    const auto before = w.sink->flushes();
    // A marker that follows everything written; posted again in case a flood pushed it out of the
    // queue.
    for (int tries = 0; tries < 50; ++tries) {
        w.logger->flush();
        for (int i = 0; i < 20; ++i) {
            if (w.sink->flushes() != before) return;
            spdlog::details::os::sleep_for_millis(1);
        }
    }
}

std::uint64_t dropped() {
    auto& w = the_writer();
    return w.pool->overrun_counter() + w.sink->lost();
}

} // namespace lyceum::log
