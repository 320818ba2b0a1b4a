#include "apps/lyceum/files.h"

#include "apps/lyceum/openssl.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/text.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace lyceum::apps::console {
namespace {

constexpr std::size_t largest = 64U << 20U;

/// A descriptor, closed at the end.
struct descriptor {
    int fd;
    explicit descriptor(int d) : fd(d) {}
    ~descriptor() {
        if (fd >= 0) ::close(fd);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
};

bool write_all(int fd, std::string_view octets) {
    while (!octets.empty()) {
        const auto n = ::write(fd, octets.data(), octets.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        octets.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

/// Hands the file's octets to `use` in order, until it refuses.
template <class F>
file_result read_parts(const std::string& path, const F& use) {
    const descriptor f(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (f.fd < 0) return std::unexpected(system_error(path));
    std::string part(65536, '\0');
    for (;;) {
        const auto n = ::read(f.fd, part.data(), part.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return std::unexpected(system_error(path));
        if (n == 0) return {};
        LYCEUM_CHECKED(use(std::string_view(part).substr(0, static_cast<std::size_t>(n))));
    }
}

/// Gives f to the owner of the model when root has made it; false with errno.
bool give(const std::string& model, int f) {
    if (::geteuid() != 0) return true;
    struct stat owner{};
    return ::stat(model.c_str(), &owner) == 0 && ::fchown(f, owner.st_uid, owner.st_gid) == 0;
}

/// Whose owner a new file gets: that of the file in its place, else of its folder.
std::string model_of(const std::string& path) {
    if (::access(path.c_str(), F_OK) == 0) return path;
    const auto folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

} // namespace

std::string system_error(const std::string& path) {
    return path + ": " + std::generic_category().message(errno);
}

std::string owner_in_words(const std::string& folder) {
    auto who = "the owner of " + folder;
    struct stat facts{};
    if (::stat(folder.c_str(), &facts) != 0) return who;
    const auto* known = ::getpwuid(facts.st_uid); // NOLINT(concurrency-mt-unsafe): one thread
    return who + " (" + (known == nullptr ? std::to_string(facts.st_uid) : known->pw_name) + ")";
}

file_result sync_to_disk(const std::string& path) {
    const descriptor f(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (f.fd < 0 || ::fsync(f.fd) != 0) return std::unexpected(system_error(path));
    return {};
}

std::string draft_of(const std::string& path) {
    return path + ".new";
}

file_result write_draft(const std::string& path, std::string_view octets, unsigned rights) {
    const auto draft = draft_of(path);
    ::unlink(draft.c_str()); // of an attempt that was cut off; its rights may be others
    const descriptor f(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, rights));
    if (f.fd < 0) return std::unexpected(system_error(draft));
    // fchmod: the umask may have taken rights that were asked for.
    if (::fchmod(f.fd, rights) != 0 || !give(model_of(path), f.fd) || !write_all(f.fd, octets) ||
        ::fsync(f.fd) != 0) {
        auto why = system_error(draft);
        ::unlink(draft.c_str());
        return std::unexpected(std::move(why));
    }
    return {};
}

file_result write_file(const std::string& path, std::string_view octets, unsigned rights) {
    LYCEUM_CHECKED(write_draft(path, octets, rights));
    const auto draft = draft_of(path);
    if (::rename(draft.c_str(), path.c_str()) != 0) {
        auto why = system_error(path);
        ::unlink(draft.c_str());
        return std::unexpected(std::move(why));
    }
    const auto folder = std::filesystem::path(path).parent_path().string();
    return sync_to_disk(folder.empty() ? "." : folder);
}

file_result give_to_owner_of(const std::string& model, const std::string& made) {
    const descriptor f(::open(made.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (f.fd < 0 || !give(model, f.fd)) return std::unexpected(system_error(made));
    return {};
}

std::expected<std::string, std::string> read_file(const std::string& path) {
    std::string out;
    LYCEUM_CHECKED(read_parts(path, [&](std::string_view part) -> file_result {
        out.append(part);
        if (out.size() > largest) return std::unexpected(path + ": is too large");
        return {};
    }));
    return out;
}

std::expected<std::string, std::string> digest_of_file(const std::string& path) {
    const digest_context context(EVP_MD_CTX_new());
    const auto failed = [&] { return std::unexpected(path + ": no digest can be made of it"); };
    if (!context || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1) return failed();
    LYCEUM_CHECKED(read_parts(path, [&](std::string_view part) -> file_result {
        if (EVP_DigestUpdate(context.get(), part.data(), part.size()) != 1) return failed();
        return {};
    }));
    std::array<std::uint8_t, 32> value{};
    if (EVP_DigestFinal_ex(context.get(), value.data(), nullptr) != 1) return failed();
    return to_hex(value);
}

bool is_there(const std::string& path) {
    struct stat facts{};
    return ::lstat(path.c_str(), &facts) == 0;
}

std::vector<std::string> missing_folders(const std::string& path) {
    std::vector<std::string> out;
    std::error_code unknown;
    for (std::filesystem::path p = path;
         !p.empty() && !std::filesystem::exists(p, unknown) && !unknown;
         p = p.parent_path())
        out.push_back(p.string());
    return out;
}

file_result make_folder(const std::string& path, unsigned rights) {
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) return {};
    std::filesystem::create_directories(path, failed);
    if (failed) return std::unexpected(path + ": " + failed.message());
    if (::chmod(path.c_str(), rights) != 0) return std::unexpected(system_error(path));
    return {};
}

} // namespace lyceum::apps::console
