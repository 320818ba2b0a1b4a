#include "apps/lyceum/backup.h"

#include "apps/deployment/deployment.h"
#include "apps/lyceum/backup_files.h"
#include "apps/lyceum/files.h"
#include "base/result.h"
#include "store/soci/soci_store.h"

#include <boost/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace lyceum::apps::console {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using settings = deployment::deployment;

using admin::fail;

/// What a backup that fails has made: its files, its folder and the folders above that. It takes
/// them away again, and nothing else.
class attempt {
public:
    /// Before the folder is made.
    explicit attempt(const std::string& folder) : folder_(folder), made_(missing_folders(folder)) {}
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;
    ~attempt() {
        if (succeeded_) return;
        for (const auto& file : files_)
            ::unlink((folder_ + "/" + file).c_str());
        for (const auto& folder : made_)
            ::rmdir(folder.c_str()); // refused where somebody has put something meanwhile
        if (private_) ::chmod(folder_.c_str(), rights_);
    }
    /// The folder is there and empty: what has these names from now on is ours.
    void fills(const settings& d) {
        files_ = {store_name, "backup.json"};
        for (const auto& f : kept_files(d))
            files_.push_back(f.name);
    }
    /// Nobody but us enters the folder from now on; what it allowed before it allows again when the
    /// backup fails.
    file_result make_private() {
        struct stat facts{};
        if (::stat(folder_.c_str(), &facts) != 0) return std::unexpected(system_error(folder_));
        if (facts.st_uid != ::geteuid() && ::geteuid() != 0) {
            return std::unexpected(folder_ + ": belongs to somebody else, who could read every "
                                             "key; name a folder of yours, or a new one");
        }
        rights_ = facts.st_mode & 07777U;
        if (::chmod(folder_.c_str(), 0700) != 0) return std::unexpected(system_error(folder_));
        private_ = true;
        return {};
    }
    void succeeded() { succeeded_ = true; }

private:
    std::string folder_;
    std::vector<std::string> made_; ///< the innermost first
    std::vector<std::string> files_;
    mode_t rights_ = 0;
    bool private_ = false;
    bool succeeded_ = false;
};

std::expected<json::object, std::string> copy_all(const settings& d, const std::string& folder) {
    json::object digests;
    const auto store = folder + "/" + store_name;
    LYCEUM_CHECKED(store::soci::copy_database(d.path(d.store.file), store));
    LYCEUM_CHECKED(store::soci::verify_database(store));
    LYCEUM_TRY(const auto digest, digest_of_file(store));
    digests[store_name] = digest;
    for (const auto& f : kept_files(d)) {
        if (!f.needed && ::access(f.path.c_str(), F_OK) != 0) continue;
        LYCEUM_TRY(const auto content, read_file(f.path));
        LYCEUM_CHECKED(write_file(folder + "/" + f.name, content, f.rights));
        LYCEUM_TRY(digests[f.name], digest_of_file(folder + "/" + f.name));
    }
    return digests;
}

} // namespace

std::vector<kept_file> kept_files(const settings& d) {
    return {
        {"ca.key", d.path("ca.key"), 0600, false}, // it may well be kept elsewhere
        {"ca.pem", d.path(d.tls.ca), 0644, true},
        {"server.key", d.path(d.tls.key), 0600, true},
        {"server.pem", d.path(d.tls.certificate), 0644, true},
        {"sealing.key", d.path(d.auth.sealing_key), 0600, true},
        {"lyceum.toml", d.file, 0644, true},
    };
}

admin::outcome backup(const std::string& config, const std::string& folder) {
    const auto d = deployment::load(config);
    if (!d) return fail("configuration", d.error());
    attempt now(folder);
    if (auto made = make_folder(folder, 0700); !made) return fail("refused", made.error());
    std::error_code failed;
    if (!fs::is_empty(folder, failed) && !failed) return fail("exists", folder + " is not empty");
    if (failed) return fail("refused", folder + ": " + failed.message());
    if (auto done = now.make_private(); !done) return fail("refused", done.error());
    now.fills(*d);
    const auto digests = copy_all(*d, folder);
    if (!digests) return fail("unavailable", digests.error());
    const auto manifest = json::serialize(json::object{
        {"version", LYCEUM_VERSION},
        {"schema", store::soci::current_schema()},
        {"domain", d->primary_domain()},
        {"files", *digests},
    });
    if (auto written = write_file(folder + "/backup.json", manifest + "\n", 0600); !written) {
        return fail("unavailable", written.error());
    }
    now.succeeded();
    return json::serialize(
        json::object{{"backup", fs::absolute(folder).string()}, {"files", digests->size() + 1}});
}

} // namespace lyceum::apps::console
