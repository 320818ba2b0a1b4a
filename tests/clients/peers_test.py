#!/usr/bin/python3
"""TLS as peers meet it: versions, and trusted servers that show a certificate."""

import pathlib
import socket
import ssl
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from loopback import certificates  # noqa: E402
from loopback.house import House, PATIENCE, main, sip  # noqa: E402

GATEWAY = "gw.elsewhere.test"


class Peers(House):
    def connect(self, port, context):
        raw = socket.create_connection(("127.0.0.1", self.ports[port]), PATIENCE)
        self.addCleanup(raw.close)
        wrapped = context.wrap_socket(raw, server_hostname="sip.contoso.test")
        self.addCleanup(wrapped.close)
        return wrapped

    def context(self, shown=None):
        c = ssl.create_default_context(cafile=str(self.data / "ca.pem"))
        if shown:
            c.load_cert_chain(*map(str, shown))
        return c


class TrustedPeers(Peers):
    settings = {"sip.mtls": "trusted", "server.shards": 2}
    users = ("bob",)

    def setUp(self):
        super().setUp()
        self.start()
        self.bob = self.signed_in("bob")
        self.said = 0

    def say(self, peer):
        """The status of a message to bob from the gateway; nothing when the connection ends."""
        self.said += 1
        text = f"ring {self.said}"
        try:
            peer.sendall((f"MESSAGE {sip('bob')} SIP/2.0\r\nVia: SIP/2.0/TLS {GATEWAY};branch=z9hG4bK{self.said}\r\n"
                          f"Max-Forwards: 70\r\nFrom: <sip:desk@elsewhere.test>;tag=a{self.said}\r\nTo: <{sip('bob')}>\r\n"
                          f"Call-ID: c{self.said}@{GATEWAY}\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"
                          f"Content-Length: {len(text)}\r\n\r\n{text}").encode())
            heard = b""
            while b"\r\n\r\n" not in heard:
                more = peer.recv(65536)
                if not more:
                    return None
                heard += more
        except (ssl.SSLError, ConnectionError):
            return None
        return int(heard.split(b" ", 2)[1])

    def say_with(self, shown):
        try:
            return self.say(self.connect("sip_mtls", self.context(shown)))
        except (ssl.SSLError, ConnectionError):
            return None

    def heard(self):
        """How many messages of others came to bob until now."""
        self.bob.do("page", to="bob", text="now")
        self.bob.expect("im_received", PATIENCE, text="now")
        return self.bob.count("im_received") - self.bob.count("im_received", **{"from": sip("bob")})

    def test_who_gets_in(self):
        ours = certificates.issued(self.scratch, GATEWAY, self.data)
        strangers = {"without a certificate": None,
                     "not on the list": certificates.issued(self.scratch, "other.elsewhere.test", self.data),
                     "on the list by name alone": certificates.self_signed(self.scratch, GATEWAY)}
        self.assertIsNone(self.say_with(ours), "nobody is trusted yet")
        self.do("trusted add", host=GATEWAY, transport="tls", domains=["elsewhere.test"])
        self.do("trusted add", host="127.0.0.1", transport="tcp")  # an address says nothing here
        gateway = self.connect("sip_mtls", self.context(ours))
        self.assertEqual(self.say(gateway), 200)
        self.bob.expect("im_received", PATIENCE, text=f"ring {self.said}", **{"from": "sip:desk@elsewhere.test"})
        for why, shown in strangers.items():
            with self.subTest(why):
                self.assertIsNone(self.say_with(shown))
        self.assertEqual(self.say(gateway), 200)
        self.assertEqual(self.heard(), 2)

    def test_trusted_no_longer(self):
        ours = certificates.issued(self.scratch, GATEWAY, self.data)
        self.do("trusted add", host=GATEWAY, transport="tls", domains=["elsewhere.test"])
        gateway = self.connect("sip_mtls", self.context(ours))
        self.assertEqual(self.say(gateway), 200)
        self.do("trusted remove", host=GATEWAY, transport="tls")
        self.assertIsNone(self.say_with(ours))
        gateway.settimeout(1)  # what it says on the connection that stands is not answered either
        try:
            self.assertIsNone(self.say(gateway))
        except TimeoutError:
            pass
        self.assertEqual(self.heard(), 1)

    def test_no_trust_at_the_clients_port(self):
        ours = certificates.issued(self.scratch, GATEWAY, self.data)
        self.do("trusted add", host=GATEWAY, transport="tls", domains=["elsewhere.test"])
        self.assertNotEqual(self.say(self.connect("sip_tls", self.context(ours))), 200)
        self.assertEqual(self.heard(), 0)


class Versions(Peers):
    users = ()

    def version(self, spoken):
        c = self.context()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            c.minimum_version = c.maximum_version = spoken
        c.set_ciphers("ALL:@SECLEVEL=0")
        return self.connect("sip_tls", c).version()

    def test_old_ones_only_when_asked_for(self):
        old, new = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2
        self.start()
        self.assertEqual(self.version(new), "TLSv1.2")
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.version(old)
        self.server.stop()
        self.server.set("tls.min_version", "1.1")
        self.start()
        self.assertEqual(self.version(old), "TLSv1.1")


if __name__ == "__main__":
    main()
