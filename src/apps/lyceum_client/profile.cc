#include "apps/lyceum_client/profile.h"

#include "apps/deployment/deployment.h"
#include "apps/lyceum_client/input.h"
#include "apps/terminal/terminal.h"
#include "base/crypto/digest.h"
#include "base/text.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

namespace lyceum::apps::client {
namespace {

using failed = std::unexpected<std::string>;

std::expected<std::string, std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in) return failed("cannot read " + path + ": " + std::generic_category().message(errno));
    return text.str();
}

/// The same device each time: of this program on this host. digest MS-SIPRE 3.1
std::string default_epid(const sip::aor& user) {
    char host[256] = "localhost";
    ::gethostname(host, sizeof host - 1);
    const auto digest = crypto::sha1(as_bytes("lyceum-client " + user.text() + " " + host));
    return to_hex(digest).substr(0, 10);
}

/// What is still open after the command line is taken from a deployment's folder.
std::expected<void, std::string>
take_demo(wanted_profile& w, std::string& domain, std::string& password) {
    LYCEUM_TRY(const auto d, deployment::load(w.demo + "/lyceum.toml"));
    domain = d.primary_domain();
    if (w.server.empty()) {
        w.server =
            "127.0.0.1:" + std::to_string(w.transport == "tls" ? d.ports.sip_tls : d.ports.sip_tcp);
    }
    if (w.ca.empty()) w.ca = d.path(d.tls.ca);
    if (w.tls_name.empty()) w.tls_name = domain;
    LYCEUM_TRY(const auto user, parse_user(w.user, domain));
    if (!w.password_file.empty() || w.password_stdin || !w.authenticate) return {};
    LYCEUM_TRY(const auto known, read_passwords(w.demo + "/passwords.txt"));
    for (const auto& k : known) {
        if (k.user == user) password = k.password;
    }
    if (password.empty()) return failed(w.demo + "/passwords.txt has no line for " + user.text());
    return {};
}

std::expected<std::string, std::string> password_of(const wanted_profile& w) {
    if (w.password_stdin) return terminal::line_of_input("password");
    if (!w.password_file.empty()) {
        LYCEUM_TRY(auto text, read_file(w.password_file));
        text.resize(std::min(text.find_first_of("\r\n"), text.size()));
        if (text.empty()) return failed(w.password_file + " is empty");
        return text;
    }
    return ask_secret("Password: ");
}

} // namespace

std::expected<net::transport, std::string> parse_transport(std::string_view t) {
    if (t == "tls") return net::transport::tls;
    if (t == "tcp") return net::transport::tcp;
    if (t == "udp") return net::transport::udp;
    return failed("no such transport: " + std::string(t));
}

std::expected<host_and_port, std::string> parse_server(std::string_view s, net::transport t) {
    const failed bad("not a server: " + std::string(s) + "; HOST or HOST:PORT is meant");
    host_and_port out{{}, static_cast<std::uint16_t>(t == net::transport::tls ? 5061 : 5060)};
    std::string_view port;
    if (s.starts_with('[')) {
        const auto end = s.find(']');
        if (end == std::string_view::npos) return bad;
        out.host = s.substr(1, end - 1);
        s.remove_prefix(end + 1);
        if (!s.empty() && s.front() != ':') return bad;
        if (!s.empty()) port = s.substr(1);
        if (!s.empty() && port.empty()) return bad;
    } else if (std::ranges::count(s, ':') == 1) {
        out.host = s.substr(0, s.find(':'));
        port = s.substr(s.find(':') + 1);
        if (port.empty()) return bad;
    } else {
        out.host = s; // a name, or an IPv6 address without a port
    }
    if (out.host.empty()) return bad;
    if (!port.empty()) {
        const auto n = to_u32(port);
        if (!n || *n == 0 || *n > 65535) return bad;
        out.port = static_cast<std::uint16_t>(*n);
    }
    return out;
}

std::expected<ip_endpoint, std::string> look_up(const host_and_port& h) {
    if (const auto a = ip_address::parse(h.host)) return ip_endpoint{*a, h.port};
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(h.host.c_str(), nullptr, &hints, &found);
    if (code != 0) return failed("cannot find " + h.host + ": " + ::gai_strerror(code));
    char text[NI_MAXHOST] = "";
    ::getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
    ::freeaddrinfo(found);
    const auto a = ip_address::parse(text);
    if (!a) return failed("cannot use the address of " + h.host + ": " + text);
    return ip_endpoint{*a, h.port};
}

std::expected<sip::aor, std::string> parse_user(std::string_view s, std::string_view domain) {
    std::string uri(s);
    if (!s.contains('@') && !domain.empty()) uri.append("@").append(domain);
    if (!istarts_with(uri, "sip:")) uri = "sip:" + uri;
    auto user = sip::aor::from(uri);
    if (!user) return failed("not a user: " + std::string(s) + "; sip:NAME@DOMAIN is meant");
    return *std::move(user);
}

std::expected<std::vector<user_and_password>, std::string> read_passwords(const std::string& file) {
    LYCEUM_TRY(const auto text, read_file(file));
    std::vector<user_and_password> out;
    std::string_view rest(text);
    for (unsigned line_number = 1; !rest.empty(); ++line_number) {
        const auto line = trim(split_first(rest, '\n'));
        if (line.empty() || line.front() == '#') continue;
        const auto blank = line.find_first_of(" \t");
        auto user = parse_user(line.substr(0, blank), {});
        if (!user) return failed(file + ":" + std::to_string(line_number) + ": " + user.error());
        const auto password =
            blank == std::string_view::npos ? std::string_view{} : trim(line.substr(blank));
        out.push_back({*std::move(user), std::string(password)});
    }
    return out;
}

std::expected<profile, std::string> make_profile(wanted_profile w) {
    profile out;
    std::string domain;
    std::string password;
    if (w.user.empty()) {
        LYCEUM_TRY(w.user, ask("Sign in as: "));
    }
    if (!w.demo.empty()) {
        LYCEUM_CHECKED(take_demo(w, domain, password));
    }
    LYCEUM_TRY(out.account.aor, parse_user(w.user, domain));
    LYCEUM_TRY(out.server.kind, parse_transport(w.transport));
    if (w.server.empty() && !w.ca.empty()) w.server = "127.0.0.1";
    if (w.server.empty()) return failed("which server? Give --server HOST[:PORT], or --demo DIR");
    LYCEUM_TRY(const auto server, parse_server(w.server, out.server.kind));
    LYCEUM_TRY(out.server.peer, look_up(server));
    // A certificate names hosts; whom an address belongs to, the user's domain says.
    out.server.tls_name = !w.tls_name.empty()              ? w.tls_name
                          : ip_address::parse(server.host) ? std::string(out.account.aor.host())
                                                           : server.host;
    out.server_name = server.host + ":" + std::to_string(server.port);
    out.ca = w.ca;

    out.account.authenticate = w.authenticate;
    if (w.authenticate) {
        if (password.empty()) {
            LYCEUM_TRY(password, password_of(w));
        }
        auto who = user_agent::identity_of(
            w.login.empty() ? std::string(out.account.aor.user()) : w.login, password);
        if (!who) return failed("the password is not UTF-8");
        out.account.login = *std::move(who);
    }
    out.account.epid = w.epid.empty() ? default_epid(out.account.aor) : w.epid;
    out.account.answer_delay = std::chrono::seconds(w.answer_delay);
    return out;
}

} // namespace lyceum::apps::client
