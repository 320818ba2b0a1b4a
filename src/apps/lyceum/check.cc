#include "apps/lyceum/check.h"

#include "admin/trace_line.h"
#include "apps/lyceum/certificates.h"
#include "apps/lyceum/connection.h"
#include "apps/lyceum/files.h"
#include "credentials/builtin/key_trial.h"
#include "store/soci/soci_store.h"

#include <boost/json.hpp>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

namespace lyceum::apps::console {
namespace {

namespace json = boost::json;
using enum finding::level;

const char* word(finding::level l) {
    switch (l) {
    case ok:
        return "ok";
    case note:
        return "note";
    case warning:
        return "warning";
    case error:
        return "error";
    }
    return "?";
}

finding check_store(const deployment::deployment& d) {
    const auto file = d.path(d.store.file);
    if (const auto fine = store::soci::verify_database(file); !fine)
        return {error, "store", fine.error()};
    return {ok, "store", file + " is intact"};
}

finding check_sealing_key(const deployment::deployment& d, const crypto::seal_key& key) {
    const auto file = d.path(d.auth.sealing_key);
    const auto opened = store::soci::soci_store::open(
        d.path(d.store.file), {.readers = 1, .busy_patience = d.store.busy_patience});
    if (!opened) return {warning, "keys", file + " cannot be tried: " + opened.error()};
    const auto trial = credentials::builtin::try_key(key, (*opened)->users());
    if (!trial) return {warning, "keys", file + " cannot be tried: " + trial.error().what};
    if (trial->refused != 0)
        return {trial->is_wrong() ? error : warning, "keys", trial->advice(file)};
    if (trial->opened == 0)
        return {ok, "keys", file + " is there and private; no user yet to try it on"};
    return {ok, "keys", file + " is private and opens the users' passwords"};
}

finding check_private(const std::string& file) {
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0) return {error, "keys", system_error(file)};
    if ((facts.st_mode & 077U) != 0)
        return {error, "keys", file + ": others may read it; chmod 600"};
    return {ok, "keys", file + " is private"};
}

/// Whether the rights of that file or folder let somebody do what `bits` say (of an octal digit);
/// groups that they are in beside their own do not count.
bool may(const struct stat& facts, const struct stat& who, unsigned bits) {
    if (who.st_uid == 0) return true;
    if (facts.st_uid == who.st_uid) return (facts.st_mode >> 6U & bits) == bits;
    if (facts.st_gid == who.st_gid) return (facts.st_mode >> 3U & bits) == bits;
    return (facts.st_mode & bits) == bits;
}

/// Only a warning: the folder may be made when the server starts, as systemd does. Root may write
/// anywhere, so what counts for root is the data folder's owner, whom the server most likely runs
/// as.
finding check_log(const deployment::deployment& d) {
    if (d.log.file.empty()) return {ok, "log", "goes to standard error"};
    const auto file = d.path(d.log.file);
    const auto folder = std::filesystem::path(file).parent_path().string();
    struct stat owner{};
    struct stat facts{};
    const bool as_root =
        ::geteuid() == 0 && ::stat(d.data.c_str(), &owner) == 0 && owner.st_uid != 0;
    const auto owners = [&] {
        return "user " + std::to_string(owner.st_uid) + ", the owner of " + d.data;
    };
    const auto refused = [&](const std::string& what) {
        return finding{warning,
                       "log",
                       what + ": " + owners() + ", may not write there; the server starts only " +
                           "where it can write its log"};
    };
    if (::access(file.c_str(), W_OK) == 0) {
        if (::stat(file.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
            return {warning,
                    "log",
                    file + " is a folder; the server starts only where it can write its log"};
        }
        if (!as_root) return {ok, "log", file + " can be written"};
        struct stat above{};
        if (::stat(folder.c_str(), &above) != 0 || !may(above, owner, 1)) return refused(folder);
        if (!may(facts, owner, 2)) return refused(file);
        return {ok, "log", file + " can be written by " + owners()};
    }
    if (errno == ENOENT && ::access(folder.c_str(), W_OK | X_OK) == 0) {
        if (!as_root) return {ok, "log", file + " will be made"};
        if (::stat(folder.c_str(), &facts) != 0 || !may(facts, owner, 3)) return refused(folder);
        return {ok, "log", file + " will be made by " + owners()};
    }
    return {
        warning, "log", system_error(file) + "; the server starts only where it can write its log"};
}

/// The running server's limit when it tells it; else that of a server that this shell would start,
/// which raises the soft limit to the hard one.
finding check_limits_of(const deployment::deployment& d, std::optional<admin::client>& server) {
    if (server) {
        const auto status = server->call("status", {}, std::chrono::seconds(10));
        const auto told = status ? json::parse(*status) : json::value();
        const auto* o = told.if_object();
        const auto* allowed = o == nullptr ? nullptr : o->if_contains("descriptors_allowed");
        if (allowed != nullptr && allowed->is_int64() && allowed->get_int64() >= 0) {
            return check_limits(
                d, static_cast<std::uint64_t>(allowed->get_int64()), limit_of::server);
        }
    }
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return check_limits(d, limit.rlim_max, limit_of::shell);
}

/// Why a socket cannot be bound there; 0 when it can.
int try_bind(const ip_endpoint& at, bool datagrams) {
    const bool v4 = at.address.is_v4();
    const int fd =
        ::socket(v4 ? AF_INET : AF_INET6, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    const int one = 1;
    if (!datagrams) { // old connections do not count
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    }
    int bound = 0;
    if (v4) {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_port = htons(at.port);
        std::memcpy(&a.sin_addr, at.address.octets().data() + 12, 4);
        bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a);
    } else {
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
        sockaddr_in6 a{};
        a.sin6_family = AF_INET6;
        a.sin6_port = htons(at.port);
        std::memcpy(&a.sin6_addr, at.address.octets().data(), 16);
        bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&a), sizeof a);
    }
    if (bound == 0 && !datagrams)
        bound = ::listen(fd, 1); // with SO_REUSEADDR the bind alone may succeed
    const int why = bound == 0 ? 0 : errno;
    ::close(fd);
    return why;
}

finding
check_port(const std::string& name, const ip_endpoint& at, bool datagrams, bool server_runs) {
    const int why = try_bind(at, datagrams);
    const auto text = name + " " + at.text();
    if (why == 0 && server_runs)
        return {warning, "ports", text + " is free although the server runs: restart it?"};
    if (why == 0) return {ok, "ports", text + " is free"};
    if (why == EADDRINUSE && server_runs) return {ok, "ports", text + " is the running server's"};
    if (why == EADDRINUSE) return {error, "ports", text + " belongs to another program"};
    return {error, "ports", text + ": " + std::generic_category().message(why)};
}

} // namespace

std::vector<finding> check_certificate(const deployment::deployment& d, wall_instant now) {
    const auto file = d.path(d.tls.certificate);
    const auto certificate = read_file(file);
    const auto key = read_file(d.path(d.tls.key));
    const auto ca = read_file(d.path(d.tls.ca));
    for (const auto* f : {&certificate, &key, &ca}) {
        if (!*f) return {{error, "certificate", f->error()}};
    }
    const auto facts = read_certificate(*certificate, *key, *ca);
    if (!facts) return {{error, "certificate", file + " " + facts.error()}};

    std::vector<finding> out;
    const auto days = std::chrono::floor<std::chrono::days>(facts->not_after - now).count();
    const auto until = admin::time_text(facts->not_after).substr(0, 10);
    if (now < facts->not_before) {
        out.push_back({error,
                       "certificate",
                       file + " is not valid before " + admin::time_text(facts->not_before)});
    } else if (now >= facts->not_after) {
        out.push_back({error, "certificate", file + " expired on " + until});
    } else {
        out.push_back({days < 30 ? warning : ok,
                       "certificate",
                       file + " is valid until " + until + ", " + std::to_string(days) + " days"});
    }
    if (!facts->key_fits)
        out.push_back({error, "certificate", d.path(d.tls.key) + " is not the key of " + file});
    if (!facts->trusted) {
        auto text = file + " is not of an authority in " + d.path(d.tls.ca);
        out.push_back({warning, "certificate", std::move(text)});
    }
    std::vector<std::string> names{d.server.fqdn};
    for (const auto& domain : d.server.domains)
        names.push_back("sip." + domain);
    for (const auto& name : names) {
        if (covers(facts->names, name)) continue;
        out.push_back({error, "certificate", file});
        out.back().text.append(" does not name ").append(name);
    }
    return out;
}

std::vector<finding> check_ports(const deployment::deployment& d, bool server_runs) {
    std::vector<finding> out;
    for (const auto& l : deployment::sip_listeners(d)) {
        out.push_back(check_port(std::string("SIP/") + net::name(l.kind),
                                 l.at,
                                 l.kind == net::transport::udp,
                                 server_runs));
    }
    const auto address = ip_address::parse(d.metrics.address);
    if (d.metrics.enabled && address) {
        out.push_back(check_port("metrics", {*address, d.ports.metrics}, false, server_runs));
    }
    return out;
}

finding check_limits(const deployment::deployment& d, std::uint64_t allowed, limit_of whose) {
    const auto shards = deployment::shard_count(d);
    auto text = std::to_string(allowed) + " descriptors allowed (" +
                (whose == limit_of::server ? "the running server's limit" : "this shell's limit") +
                "), sip.max_connections is " + std::to_string(d.sip.max_connections) +
                " for each of " + std::to_string(shards) + (shards == 1 ? " shard" : " shards");
    const auto needed = deployment::descriptors_needed(d);
    if (allowed >= needed) return {ok, "limits", text};
    const auto n = std::to_string(needed);
    text.append("; allow more: as root `ulimit -n ").append(n);
    text.append("` before lyceumd, or LimitNOFILE=").append(n).append(" in its unit");
    return {warning, "limits", text};
}

std::vector<finding> dns_records(const deployment::deployment& d) {
    std::vector<finding> out;
    const auto record =
        [&](std::string_view name, const std::string& domain, const std::string& rest) {
            std::string text(name);
            text.append(domain).append(". ").append(rest);
            out.push_back({note, "dns", std::move(text)});
        };
    for (const auto& domain : d.server.domains) {
        // Clients want the target in the domain of the user. digest MS-CONMGMT 3.1
        const auto service = "SRV 0 0 " + std::to_string(d.ports.sip_tls) + " sip." + domain + ".";
        record("_sipinternaltls._tcp.", domain, service);
        record("_sip._tls.", domain, service);
        for (const char* name :
             {"sip.", "sipinternal.", "lyncdiscover.", "lyncdiscoverinternal."}) {
            record(name, domain, "A or AAAA: this server's address");
        }
    }
    return out;
}

std::vector<finding> check(const deployment::deployment& d, wall_instant now) {
    std::vector<finding> out{{ok, "settings", d.file + " is valid"}};
    out.push_back(check_store(d));
    const auto key = deployment::read_sealing_key(d);
    if (!key) {
        out.push_back({error, "keys", key.error()});
    } else if (out.back().how == ok) {
        out.push_back(check_sealing_key(d, *key));
    } else { // a broken store has no password to try it on
        out.push_back({ok, "keys", d.path(d.auth.sealing_key) + " is there and private"});
    }
    out.push_back(check_private(d.path(d.tls.key)));
    const auto add = [&](std::vector<finding> more) {
        out.insert(out.end(), more.begin(), more.end());
    };
    add(check_certificate(d, now));
    auto server = running_server(d);
    const bool runs = server.has_value();
    out.push_back({note, "server", runs ? "is running" : "is not running"});
    add(check_ports(d, runs));
    out.push_back(check_log(d));
    out.push_back(check_limits_of(d, server));
    add(dns_records(d));
    return out;
}

std::string to_json(const std::vector<finding>& all) {
    json::array out;
    for (const auto& f : all)
        out.push_back({{"level", word(f.how)}, {"area", f.area}, {"text", f.text}});
    return json::serialize(out);
}

std::string for_people(const std::vector<finding>& all) {
    const auto padded = [](std::string text, std::size_t n) {
        text.resize(std::max(text.size() + 1, n), ' ');
        return text;
    };
    std::string out;
    for (const auto& f : all)
        out += padded(word(f.how), 9) + padded(f.area, 13) + f.text + "\n";
    return out;
}

} // namespace lyceum::apps::console
