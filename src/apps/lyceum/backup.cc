#include "apps/lyceum/backup.h"

#include "apps/deployment/deployment.h"
#include "apps/lyceum/connection.h"
#include "apps/lyceum/files.h"
#include "base/result.h"
#include "store/soci/soci_store.h"

#include <boost/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace lyceum::apps::console {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using settings = deployment::deployment;

std::unexpected<admin::failure> fail(std::string code, std::string message) {
    return std::unexpected(admin::failure{std::move(code), std::move(message)});
}

/// A file of the deployment: its name in a backup, and where it lives.
struct kept_file {
    std::string name;
    std::string path;
    unsigned rights;
    bool needed;
};

constexpr const char* store_name = "lyceum.db";

/// Everything but the store.
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

/// What a backup that fails has made: its files, its folder and the folders above that. It takes
/// them away again, and nothing else.
class attempt {
public:
    /// Before the folder is made.
    explicit attempt(const std::string& folder) : folder_(folder) {
        std::error_code unknown;
        for (fs::path p = folder; !p.empty() && !fs::exists(p, unknown) && !unknown;
             p = p.parent_path())
            made_.push_back(p.string());
    }
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;
    ~attempt() {
        if (succeeded_) return;
        for (const auto& file : files_)
            ::unlink((folder_ + "/" + file).c_str());
        for (const auto& folder : made_)
            ::rmdir(folder.c_str()); // refused where somebody has put something meanwhile
    }
    /// The folder is there and empty: what has these names from now on is ours.
    void fills(const settings& d) {
        files_ = {store_name, "backup.json"};
        for (const auto& f : kept_files(d))
            files_.push_back(f.name);
    }
    void succeeded() { succeeded_ = true; }

private:
    std::string folder_;
    std::vector<std::string> made_; ///< the innermost first
    std::vector<std::string> files_;
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

/// The files that backup.json names, each compared with its digest.
std::expected<json::object, std::string> read_manifest(const std::string& folder) {
    LYCEUM_TRY(const auto text, read_file(folder + "/backup.json"));
    boost::system::error_code failed;
    const auto v = json::parse(text, failed);
    const auto* files = failed || !v.is_object() ? nullptr : v.get_object().if_contains("files");
    if (files == nullptr || !files->is_object())
        return std::unexpected(folder + "/backup.json: is not a backup's");
    for (const auto& [name, digest] : files->get_object()) {
        const auto file = folder + "/" + std::string(name);
        LYCEUM_TRY(const auto found, digest_of_file(file));
        if (!digest.is_string() || found != std::string_view(digest.get_string()))
            return std::unexpected(file + ": is damaged");
    }
    for (const auto* name : {store_name, "lyceum.toml", "sealing.key"}) {
        if (!files->get_object().contains(name))
            return std::unexpected(folder + ": has no " + name);
    }
    return files->get_object();
}

bool is_there(const std::string& path) {
    struct stat facts{};
    return ::lstat(path.c_str(), &facts) == 0;
}

/// What the names of kept files end with: .replaced, or with a number when an earlier restore has
/// kept files already, so that none of them is ever lost.
std::string free_suffix(const settings& d) {
    const auto taken = [&](const std::string& suffix) {
        return is_there(d.path(d.store.file) + suffix) ||
               std::ranges::any_of(kept_files(d),
                                   [&](const auto& f) { return is_there(f.path + suffix); });
    };
    std::string suffix = ".replaced";
    for (int n = 2; taken(suffix); ++n)
        suffix = ".replaced-" + std::to_string(n);
    return suffix;
}

/// A file's second name; then the file may be replaced. Without a moment in which the first one is
/// missing, where the file system has hard links.
file_result keep(const std::string& path, const std::string& suffix, json::array& kept) {
    if (!is_there(path)) return {};
    const auto name = path + suffix;
    if (::link(path.c_str(), name.c_str()) != 0 && ::rename(path.c_str(), name.c_str()) != 0)
        return std::unexpected(system_error(path));
    kept.emplace_back(name);
    return {};
}

/// Puts the backup's store where the deployment's is, which is kept.
file_result replace_store(const std::string& from,
                          const std::string& store,
                          const std::string& suffix,
                          json::array& kept) {
    const auto draft = store + ".new";
    const auto folder = fs::path(store).parent_path().string();
    ::unlink(draft.c_str());
    LYCEUM_CHECKED(store::soci::copy_database(from, draft));
    LYCEUM_CHECKED(give_to_owner_of(is_there(store) ? store : folder, draft));
    if (is_there(store)) {
        // Opened and closed once: what still is in its log moves into the file that is kept. One
        // that cannot be opened is kept as it is.
        {
            const auto old = store::soci::soci_store::open(store, {.readers = 1});
        }
        LYCEUM_CHECKED(keep(store, suffix, kept));
    }
    // A log of the old store must never meet the new one.
    ::unlink((store + "-wal").c_str());
    ::unlink((store + "-shm").c_str());
    if (::rename(draft.c_str(), store.c_str()) != 0) return std::unexpected(system_error(store));
    return sync_to_disk(folder);
}

/// Everything that is replaced is kept before the first file is; `kept` tells under what names.
file_result put_back(const settings& d,
                     const std::string& folder,
                     const json::object& files,
                     json::array& kept) {
    const auto suffix = free_suffix(d);
    for (const auto& f : kept_files(d)) {
        if (files.contains(f.name)) LYCEUM_CHECKED(keep(f.path, suffix, kept));
    }
    for (const auto& f : kept_files(d)) {
        if (!files.contains(f.name)) continue;
        LYCEUM_TRY(const auto content, read_file(folder + "/" + f.name));
        LYCEUM_CHECKED(write_file(f.path, content, f.rights));
    }
    return replace_store(folder + "/" + store_name, d.path(d.store.file), suffix, kept);
}

} // namespace

admin::outcome backup(const std::string& config, const std::string& folder) {
    const auto d = deployment::load(config);
    if (!d) return fail("configuration", d.error());
    attempt now(folder);
    if (auto made = make_folder(folder, 0700); !made) return fail("refused", made.error());
    std::error_code failed;
    if (!fs::is_empty(folder, failed)) return fail("exists", folder + " is not empty");
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

admin::outcome restore(const std::string& config, const std::string& folder) {
    const auto files = read_manifest(folder);
    if (!files) return fail("refused", files.error());
    if (auto fine = store::soci::verify_database(folder + "/" + store_name); !fine)
        return fail("refused", fine.error());
    auto d = deployment::load(folder + "/lyceum.toml");
    if (!d) return fail("configuration", d.error());
    deployment::move_to(*d, config);
    if (auto made = make_folder(d->data, 0755); !made) return fail("refused", made.error());
    std::error_code failed;
    if (fs::equivalent(d->data, folder, failed)) {
        return fail("usage",
                    d->file + " is the backup's own; name the deployment's with --config FILE");
    }
    if (running_server(*d)) return fail("unavailable", "the server is running; stop it first");
    const auto lock = deployment::data_lock::take(*d);
    if (!lock) return fail("unavailable", lock.error());
    json::array kept;
    if (auto done = put_back(*d, folder, *files, kept); !done)
        return fail("unavailable", done.error());
    return json::serialize(json::object{{"config", d->file},
                                        {"data", d->data},
                                        {"domain", d->primary_domain()},
                                        {"kept", std::move(kept)}});
}

} // namespace lyceum::apps::console
