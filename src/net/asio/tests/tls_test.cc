// TLS where its two directions meet: real sockets, on the loopback.
#include "net/asio/asio_links.h"
#include "net/asio/engine.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace lyceum::net::asio {
namespace {

using namespace std::chrono_literals;

/// A key and a certificate that it has signed itself, in files.
struct own_certificate {
    own_certificate() {
        char name[] = "/tmp/lyceum_tls_XXXXXX";
        folder = ::mkdtemp(name);
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* c = X509_new();
        X509_set_version(c, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
        X509_gmtime_adj(X509_getm_notBefore(c), -3600);
        X509_gmtime_adj(X509_getm_notAfter(c), 3600);
        X509_set_pubkey(c, key);
        X509_sign(c, key, EVP_sha256());
        const auto write = [](const std::string& path, auto&& put) {
            std::FILE* f = std::fopen(path.c_str(), "w");
            put(f);
            std::fclose(f);
        };
        write(files().certificate, [&](std::FILE* f) { PEM_write_X509(f, c); });
        write(files().key, [&](std::FILE* f) {
            PEM_write_PrivateKey(f, key, nullptr, nullptr, 0, nullptr, nullptr);
        });
        X509_free(c);
        EVP_PKEY_free(key);
    }
    ~own_certificate() {
        ::unlink(files().certificate.c_str());
        ::unlink(files().key.c_str());
        ::rmdir(folder.c_str());
    }
    own_certificate(const own_certificate&) = delete;
    own_certificate& operator=(const own_certificate&) = delete;
    [[nodiscard]] tls_files files() const {
        return {folder + "/cert.pem", folder + "/key.pem", "", "1.2"};
    }
    std::string folder;
};

/// A socket of ours that listens, and where.
struct listening {
    listening() {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
        socklen_t size = sizeof a;
        EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &size), 0);
        EXPECT_EQ(::listen(fd, 5), 0);
        at = {*ip_address::parse("127.0.0.1"), ntohs(a.sin_port)};
    }
    ~listening() { ::close(fd); }
    listening(const listening&) = delete;
    listening& operator=(const listening&) = delete;
    int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    ip_endpoint at;
};

struct recorder final : link_events {
    void opened(flow_id id, const flow_facts&) override {
        if (when_opened) when_opened(id);
    }
    void received(flow_id, std::string_view octets) override {
        const std::scoped_lock lock(mutex);
        heard += octets;
        changed.notify_all();
    }
    void received_datagram(flow_id, const ip_endpoint&, std::string_view) override {}
    void closed(flow_id, closed_why why) override {
        const std::scoped_lock lock(mutex);
        ended = why;
        changed.notify_all();
    }
    template <class F>
    bool until(F f) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 10s, [&] { return f(); });
    }
    std::function<void(flow_id)> when_opened;
    std::mutex mutex;
    std::condition_variable changed;
    std::string heard;
    std::optional<closed_why> ended;
};

/// A client of OpenSSL's own, which blocks.
struct client {
    explicit client(const ip_endpoint& at) {
        sockaddr_in a{};
        a.sin_family = AF_INET;
        a.sin_port = htons(at.port);
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
        SSL_set_fd(ssl.get(), fd);
        EXPECT_EQ(SSL_connect(ssl.get()), 1);
        EXPECT_EQ(SSL_version(ssl.get()), TLS1_3_VERSION);
    }
    ~client() {
        ssl.reset();
        ::close(fd);
    }
    client(const client&) = delete;
    client& operator=(const client&) = delete;
    void write(std::string_view text) {
        EXPECT_EQ(SSL_write(ssl.get(), text.data(), static_cast<int>(text.size())),
                  static_cast<int>(text.size()));
    }
    /// Whether so many octets come.
    bool reads(std::size_t size) {
        std::vector<char> buffer(64 * 1024);
        while (size > 0) {
            const int n =
                SSL_read(ssl.get(), buffer.data(), static_cast<int>(std::min(size, buffer.size())));
            if (n <= 0) return false;
            size -= static_cast<std::size_t>(n);
        }
        return true;
    }
    int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    tls_context context{SSL_CTX_new(TLS_client_method())};
    tls_session ssl{SSL_new(context.get())};
};

// RFC 8446 4.6.3: who is asked for it answers a KeyUpdate with one of its own. When the peer does
// not read, and half a record of ours is written, that has to wait; but reading goes on.
TEST(tls, a_read_that_has_to_write_goes_on) {
    const own_certificate certificate;
    settings s;
    s.tls = certificate.files();
    s.max_queued = 64 * 1024 * 1024;
    auto made = engine::make(s, system_environment());
    ASSERT_TRUE(made) << made.error();
    auto& e = **made;
    recorder events;
    events.when_opened = [&](flow_id id) {
        for (int i = 0; i < 2000; ++i)
            e.links(0).send(id, std::string(8 * 1024, 'x'));
    };
    e.set_events(0, events);
    ip_endpoint at;
    {
        const listening free;
        at = free.at;
    }
    ASSERT_TRUE(e.listen({transport::tls, audience::trusted, at}));
    e.run();
    {
        client c(at);
        c.write("before ");
        EXPECT_TRUE(events.until([&] { return events.heard == "before "; }));
        // Each asks for an answer, and none can be written before the client reads.
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(SSL_key_update(c.ssl.get(), SSL_KEY_UPDATE_REQUESTED), 1);
            EXPECT_EQ(SSL_do_handshake(c.ssl.get()), 1);
        }
        c.write("after");
        EXPECT_TRUE(events.until([&] { return events.heard == "before after"; })) << events.heard;
        EXPECT_TRUE(c.reads(std::size_t{2000} * 8 * 1024));
        c.write(", and on");
        EXPECT_TRUE(events.until([&] { return events.heard == "before after, and on"; }));
    }
    EXPECT_TRUE(events.until([&] { return events.ended.has_value(); }));
    e.stop();
}

// No memory for a session, say: no connection rather than one in clear.
TEST(tls, without_a_session_there_is_no_connection) {
    boost::asio::io_context io(1);
    metrics::registry registry;
    turns t([] {}, registry.make_counter("t", "t"));
    settings s;
    recorder events;
    asio_links links(io, t, 0, s, system_environment(), registry);
    links.set_events(events);
    links.set_tls(std::make_shared<tls_contexts>()); // which makes none
    const listening peer;
    bool opened = false;
    events.when_opened = [&](flow_id) { opened = true; };
    flow_id id;
    t.turn([&] {
        id = links.connect({transport::tls, peer.at, "localhost"});
        EXPECT_TRUE(links.send(id, "secret"));
        EXPECT_FALSE(events.ended) << "told later";
    });
    EXPECT_TRUE(id);
    for (int i = 0; i < 10 && !events.ended; ++i)
        io.run_one_for(1s);
    EXPECT_EQ(events.ended, closed_why::failed);
    EXPECT_FALSE(opened);
    t.turn([&] { EXPECT_FALSE(links.send(id, "more")); });
    pollfd p{peer.fd, POLLIN, 0};
    EXPECT_EQ(::poll(&p, 1, 0), 0) << "nobody came";
}

} // namespace
} // namespace lyceum::net::asio
