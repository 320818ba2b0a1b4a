#include "apps/lyceum/init.h"

#include "apps/deployment/deployment.h"
#include "apps/lyceum/certificates.h"
#include "apps/lyceum/files.h"
#include "base/random/random.h"
#include "store/soci/soci_store.h"

#include <boost/json.hpp>
#include <unistd.h>

#include <filesystem>

namespace lyceum::apps::console {
namespace {

namespace json = boost::json;

using admin::fail;

/// The longest that leaves room for the names that stand before it: sip., lyncdiscoverinternal.
constexpr std::size_t longest_domain = 200;

/// Key files before what refers to them, the settings last: with them the folder is a deployment.
file_result write_all(const deployment::deployment& d) {
    LYCEUM_TRY(const auto authority, make_authority(d.primary_domain()));
    LYCEUM_TRY(const auto server,
               make_server_certificate(authority, server_names(d.server.domains, d.server.fqdn)));
    std::string sealing(32, '\0');
    random::system().fill({reinterpret_cast<std::uint8_t*>(sealing.data()), sealing.size()});
    LYCEUM_CHECKED(write_file(d.path("ca.key"), authority.key, 0600));
    LYCEUM_CHECKED(write_file(d.path(d.tls.ca), authority.certificate, 0644));
    LYCEUM_CHECKED(write_file(d.path(d.tls.key), server.key, 0600));
    LYCEUM_CHECKED(write_file(d.path(d.tls.certificate), server.certificate, 0644));
    LYCEUM_CHECKED(write_file(d.path(d.auth.sealing_key), sealing, 0600));
    LYCEUM_CHECKED(make_folder(d.path("run"), 0700));
    LYCEUM_TRY(const auto store,
               store::soci::soci_store::open(d.path(d.store.file), {.readers = 1, .create = true}));
    return write_file(d.file, to_toml(d), 0644);
}

} // namespace

admin::outcome init(const std::string& data, const std::string& domain, std::uint16_t port_base) {
    if (domain.size() > longest_domain || !deployment::is_domain(domain))
        return fail("usage", "\"" + domain + "\" is no domain name");
    auto d = deployment::defaults(domain, port_base);
    d.data = std::filesystem::absolute(data + "/.").lexically_normal().parent_path().string();
    d.file = d.path("lyceum.toml");
    // Others may enter: clients on this machine read ca.pem. What is secret is 0600 by itself.
    if (auto made = make_folder(d.data, 0755); !made) return fail("refused", made.error());
    for (const auto& file : {d.file,
                             d.path("ca.key"),
                             d.path(d.tls.ca),
                             d.path(d.tls.key),
                             d.path(d.tls.certificate),
                             d.path(d.auth.sealing_key),
                             d.path(d.store.file)}) {
        if (::access(file.c_str(), F_OK) == 0) return fail("exists", file + " is already there");
    }
    if (auto written = write_all(d); !written) return fail("refused", written.error());
    return json::serialize(json::object{{"data", d.data},
                                        {"config", d.file},
                                        {"domain", d.primary_domain()},
                                        {"ca", d.path(d.tls.ca)}});
}

admin::outcome renew_certificate(const std::string& config) {
    const auto d = deployment::load(config);
    if (!d) return fail("configuration", d.error());
    const auto certificate = read_file(d->path(d->tls.ca));
    const auto key = read_file(d->path("ca.key"));
    if (!certificate) return fail("refused", certificate.error());
    if (!key) return fail("refused", key.error());
    // What somebody else signed cannot be made anew here, least of all its key.
    const auto file = d->path(d->tls.certificate);
    if (const auto old = read_file(file)) {
        const auto facts = read_certificate(*old, "", *certificate);
        if (facts && !facts->trusted) {
            return fail("refused",
                        file + " is not of the authority in " + d->path(d->tls.ca) +
                            ": renew it where it is from, or move it away to have one made here");
        }
    }
    const auto server = make_server_certificate({*certificate, *key},
                                                server_names(d->server.domains, d->server.fqdn));
    if (!server) return fail("refused", server.error());
    if (auto done = write_file(d->path(d->tls.key), server->key, 0600); !done)
        return fail("refused", done.error());
    if (auto done = write_file(file, server->certificate, 0644); !done)
        return fail("refused", done.error());
    return json::serialize(json::object{{"certificate", file}, {"next", "lyceum reload"}});
}

} // namespace lyceum::apps::console
