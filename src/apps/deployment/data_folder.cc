#include "apps/deployment/deployment.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace lyceum::apps::deployment {
namespace {

std::string system_error(const std::string& path) {
    return path + ": " + std::generic_category().message(errno);
}

/// The process that wrote its number into the lock file when it took the lock.
std::string holder(int fd) {
    char text[16] = {};
    const auto n = ::pread(fd, text, sizeof text - 1, 0);
    std::string out(text, n > 0 ? static_cast<std::size_t>(n) : 0);
    while (!out.empty() && out.back() == '\n')
        out.pop_back();
    return out.empty() ? "another process" : "process " + out;
}

/// What root makes in somebody's data folder is given to that somebody, or their service could not
/// use it. Only a plain file of one name, so that no link lends root's hand to another file.
bool give_to_owner(int fd, const struct stat& owner) {
    struct stat facts{};
    if (::fstat(fd, &facts) != 0) return false;
    if (!S_ISREG(facts.st_mode) || facts.st_nlink != 1 || facts.st_uid == owner.st_uid) return true;
    return ::fchown(fd, owner.st_uid, owner.st_gid) == 0;
}

} // namespace

std::expected<std::array<std::uint8_t, 32>, std::string> read_sealing_key(const deployment& d) {
    const auto file = d.path(d.auth.sealing_key);
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return std::unexpected(system_error(file));
    std::array<std::uint8_t, 33> octets{}; // one more than there must be
    struct stat facts{};
    const bool stated = ::fstat(fd, &facts) == 0;
    const auto n = ::read(fd, octets.data(), octets.size());
    ::close(fd);
    if (!stated || n < 0) return std::unexpected(system_error(file));
    if ((facts.st_mode & 077U) != 0)
        return std::unexpected(file + ": others may read it; chmod 600");
    if (n != 32) return std::unexpected(file + ": is not the 32 octets of a sealing key");
    std::array<std::uint8_t, 32> key{};
    std::copy_n(octets.begin(), key.size(), key.begin());
    return key;
}

std::expected<data_lock, std::string> data_lock::take(const deployment& d) {
    const auto run = d.path("run");
    struct stat owner{};
    const bool as_root = ::geteuid() == 0;
    if (as_root && ::stat(d.data.c_str(), &owner) != 0)
        return std::unexpected(system_error(d.data));
    if (::mkdir(run.c_str(), 0700) == 0) {
        if (as_root && ::lchown(run.c_str(), owner.st_uid, owner.st_gid) != 0)
            return std::unexpected(system_error(run));
    } else if (errno != EEXIST) {
        return std::unexpected(system_error(run));
    }
    const auto file = d.lock_file();
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return std::unexpected(system_error(file));
    if (as_root && !give_to_owner(fd, owner)) {
        const auto why = system_error(file);
        ::close(fd);
        return std::unexpected(why);
    }
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const auto why =
            errno == EWOULDBLOCK ? d.data + " is in use by " + holder(fd) : system_error(file);
        ::close(fd);
        return std::unexpected(why);
    }
    const auto pid = std::to_string(::getpid()) + "\n";
    // Only a courtesy to who reads the error above: the lock is the kernel's.
    if (::ftruncate(fd, 0) == 0) static_cast<void>(::pwrite(fd, pid.data(), pid.size(), 0) == 0);
    return data_lock(fd);
}

data_lock::data_lock(data_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

data_lock& data_lock::operator=(data_lock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

data_lock::~data_lock() {
    if (fd_ >= 0) ::close(fd_);
}

} // namespace lyceum::apps::deployment
