#include "apps/deployment/deployment.h"
#include "apps/lyceum/backup.h"
#include "apps/lyceum/backup_files.h"
#include "apps/lyceum/connection.h"
#include "apps/lyceum/files.h"
#include "apps/lyceum/replacement.h"
#include "base/result.h"
#include "store/soci/soci_store.h"

#include <boost/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace lyceum::apps::console {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using settings = deployment::deployment;

using admin::fail;

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

/// The data folder where there was none: gone again, with the lock in it, when the restore fails.
class new_folder {
public:
    /// Before the folder is made.
    explicit new_folder(const settings& d) : d_(d), made_(missing_folders(d.data)) {}
    new_folder(const new_folder&) = delete;
    new_folder& operator=(const new_folder&) = delete;
    ~new_folder() {
        if (made_.empty()) return;
        ::unlink(d_.lock_file().c_str());
        ::rmdir(d_.path("run").c_str());
        for (const auto& folder : made_)
            ::rmdir(folder.c_str()); // refused where somebody has put something meanwhile
    }
    void stays() { made_.clear(); }

private:
    const settings& d_;
    std::vector<std::string> made_; ///< the innermost first
};

/// Everything is beside its place; the store first, which needs the most room.
file_result stage_all(const settings& d,
                      const std::string& folder,
                      const json::object& files,
                      replacement& all) {
    LYCEUM_CHECKED(all.stage_store(folder + "/" + store_name, d.path(d.store.file)));
    for (const auto& f : kept_files(d)) {
        if (!files.contains(f.name)) continue;
        LYCEUM_TRY(const auto content, read_file(folder + "/" + f.name));
        LYCEUM_CHECKED(all.stage(f.path, content, f.rights));
    }
    return {};
}

} // namespace

admin::outcome restore(const std::string& config, const std::string& folder) {
    const auto files = read_manifest(folder);
    if (!files) return fail("refused", files.error());
    if (auto fine = store::soci::verify_database(folder + "/" + store_name); !fine)
        return fail("refused", fine.error());
    auto d = deployment::load(folder + "/lyceum.toml");
    if (!d) return fail("configuration", d.error());
    deployment::move_to(*d, config);
    std::error_code failed;
    if (fs::equivalent(d->data, folder, failed)) {
        return fail("usage",
                    d->file + " is the backup's own; name the deployment's with --config FILE");
    }
    new_folder made_now(*d);
    // Nobody else enters, as packaging/README.md has it; whoever is to read ca.pem may be let in.
    if (auto made = make_folder(d->data, 0750); !made) return fail("refused", made.error());
    if (const auto why = denied(*d); !why.empty()) return fail("unavailable", why);
    if (running_server(*d)) return fail("unavailable", "the server is running; stop it first");
    const auto lock = deployment::data_lock::take(*d);
    if (!lock) return fail("unavailable", lock.error());
    replacement all(free_suffix(*d));
    if (auto done = stage_all(*d, folder, *files, all); !done)
        return fail("unavailable", done.error() + "; nothing was changed");
    if (auto done = all.place(); !done) return fail("unavailable", done.error());
    made_now.stays();
    json::array kept;
    for (const auto& name : all.kept())
        kept.emplace_back(name);
    return json::serialize(json::object{{"config", d->file},
                                        {"data", d->data},
                                        {"domain", d->primary_domain()},
                                        {"kept", std::move(kept)}});
}

} // namespace lyceum::apps::console
