"""Who is who, and who only says so."""

import base64
import re
import ssl
import time

import ntlm
from client import Closed, Wire, quoted, tls_context

from .case import case

METHODS = ["REGISTER", "INVITE", "MESSAGE", "SUBSCRIBE", "NOTIFY", "BENOTIFY", "OPTIONS", "INFO", "BYE", "REFER", "UPDATE", "PRACK",
           "PUBLISH", "SERVICE", "NEGOTIATE", "UNHEARDOF"]


@case
def nobody_says_anything(target):
    """Without credentials every method is challenged, except those that nothing answers."""
    bob = target.client("bob").sign_in()
    nobody = target.client("alice")
    target.note()
    for method in METHODS:
        nobody.send(method, bob.aor)
        challenge = nobody.expect(401)
        assert challenge.get("www-authenticate").startswith("NTLM "), method
        assert not challenge.get("authentication-info"), method
    target.expect_count("sipstack_challenged_total", len(METHODS))
    for method in ("ACK", "CANCEL"):
        nobody.send(method, bob.aor)
        nobody.hears_nothing()
    target.expect_count("sipstack_dropped_total", 2)
    bob.hears_nothing()
    assert target.counted("router_relayed_total") == 0
    # And an answer to what it was never asked.
    nobody.wire.send("SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK" + "0" * 32 + "\r\nCSeq: 1 MESSAGE\r\n"
                     "From: <sip:a@contoso.test>;tag=1\r\nTo: <sip:b@contoso.test>;tag=2\r\nCall-ID: 1\r\n\r\n")
    target.expect_count("sipstack_dropped_total", 3)


@case
def sent_again(target):
    alice, bob = target.client("alice").sign_in(), target.client("bob").sign_in()
    octets = alice.request("MESSAGE", bob.aor)
    target.note()
    alice.wire.send(octets)
    bob.wire.send(bob.answer(bob.expect("MESSAGE"), 200))
    alice.expect(200)
    for _ in range(5):
        alice.wire.send(octets)
    alice.hears_nothing()
    bob.hears_nothing()
    target.expect_count("sipstack_replayed_total", 5)
    # Far below the window, and once more after many others.
    for _ in range(300):
        alice.wire.send(alice.request("OPTIONS"))
    for _ in range(300):
        alice.expect(200)
    alice.wire.send(octets)
    alice.hears_nothing()
    target.expect_count("sipstack_replayed_total", 6)
    # On another connection it belongs to nobody.
    other = target.client("mallory")
    other.wire.send(octets)
    other.expect(401)
    bob.hears_nothing()


@case
def changed_on_the_way(target):
    """Each signed part counts; what is not signed is not believed for it."""
    alice, bob = target.client("alice").sign_in(), target.client("bob").sign_in()
    for old, new in [("CSeq: 1 MESSAGE", "CSeq: 2 MESSAGE"), (r"tag=[0-9a-f]{8};epid", "tag=00;epid"), (r"Call-ID: .", "Call-ID: #"),
                     (r"To: <sip:bob", "To: <sip:carol"), (r'crand="........"', 'crand="00000000"'), (r'cnum="\d+"', 'cnum="4000000000"'),
                     (r'response="........', 'response="01000000'[:18]), (r'opaque="[^"]*"', 'opaque="00000000"'),
                     (r'response="[^"]*"', 'response=""'), (r'response="[^"]*"', 'response="zz"'), (r', response="[^"]*"', ""),
                     (r'realm="[^"]*"', 'realm="other"'), (r"Content-Length", "Expires: 5\r\nContent-Length")]:
        octets = alice.request("MESSAGE", bob.aor).decode()
        changed = re.sub(old, new, octets, count=1)
        if changed == octets:  # a response that begins so already
            continue
        alice.wire.send(changed)
        alice.expect(401)
    bob.hears_nothing()
    alice.ask("OPTIONS", 200)


@case
def in_anothers_name(target):
    mallory, bob = target.client("mallory").sign_in(), target.client("bob").sign_in()
    alice = target.client("alice").sign_in()
    target.note()
    for method in ("MESSAGE", "INVITE", "SUBSCRIBE", "SERVICE", "REGISTER", "BYE"):
        mallory.send(method, bob.aor, from_uri=alice.aor)
        mallory.expect(403)
    target.expect_count("sipstack_denied_total", 6)
    bob.hears_nothing()
    # The opaque of another connection.
    opaque, mallory.opaque = mallory.opaque, alice.opaque
    mallory.send("MESSAGE", bob.aor)
    mallory.expect(401)
    mallory.send("MESSAGE", bob.aor, from_uri=alice.aor)
    mallory.expect(401)
    mallory.opaque = opaque
    # Registering somebody else, and taking somebody's binding away.
    for expires in ("7200", "0"):
        mallory.send("REGISTER", to=f"<{alice.aor}>", more=[("Expires", expires)])
        mallory.expect(403)
    assert len(target.server.admin("endpoints", alice.aor, "--json")) > 10
    # What she says of herself is not passed on.
    mallory.send("MESSAGE", bob.aor, more=[("P-Preferred-Identity", f"<{alice.aor}>")])
    heard = bob.expect("MESSAGE")
    assert heard.all("p-asserted-identity") == [f'"Mallory"<{mallory.aor}>'], heard.all("p-asserted-identity")
    assert not heard.all("p-preferred-identity") and not heard.all("authorization")


@case
def broken_handshakes(target):
    mallory = target.client("mallory")

    def leg(data, opaque, number="1"):
        fields = mallory.register_fields_without_instance()
        proof = (f'NTLM qop="auth", realm="{mallory.realm}", opaque="{opaque}", targetname="{mallory.target}", crand="01020304", '
                 f'cnum="{number}", response="{"00" * 16}", gssapi-data="{data}", version=4')
        return fields + [("Authorization", proof)]

    target.note()
    good = ntlm.CLIENT_FLAGS
    tokens = ["A", "AAAA", "!!!!", base64.b64encode(b"NTLMSSP\0\3\0\0\0").decode(), "A" * 4000,
              base64.b64encode(b"NTLMSSP\0\3\0\0\0" + b"\xff" * 100).decode(),
              base64.b64encode(b"NTLMSSP\0\1\0\0\0" + bytes(60)).decode(),
              base64.b64encode(b"NTLMSSP\0\3\0\0\0" + bytes(200)).decode()]
    for token in tokens:
        opaque = quoted(mallory.ask_challenge(), "opaque")
        mallory.wire.send(mallory.request("REGISTER", fields=leg(token, opaque)))
        mallory.expect(401)
    for flags in (0, good & ~ntlm.SIGN, good & ~ntlm.KEY_EXCHANGE, good & ~ntlm.DATAGRAM, good & ~ntlm.UNICODE, good & ~ntlm.EXTENDED,
                  good & ~ntlm.KEY_128):
        mallory.wire.send(mallory.answer_challenge(mallory.ask_challenge(), flags=flags))
        mallory.expect(401)
        mallory.keys = None
    # An answer to a challenge of another connection, and one that was never given.
    other = target.client("mallory", epid=mallory.epid)
    there = other.ask_challenge()
    mallory.ask_challenge()
    mallory.wire.send(mallory.answer_challenge(there))
    mallory.expect(401)
    mallory.keys = None
    # alice's password is not mallory's: From and login must be the same person's.
    field = mallory.ask_challenge()
    mallory.wire.send(mallory.answer_challenge(field, user="alice"))
    mallory.expect(403)
    mallory.keys = None
    for user in ("nobody", "", "alice\0", "x" * 2000, "MALLORY2"):
        mallory.wire.send(mallory.answer_challenge(mallory.ask_challenge(), user=user))
        mallory.expect(401)
        mallory.keys = None
    assert target.counted("registrar_accepted_total") == 0
    # An answer is good for once.
    third = mallory.answer_challenge(mallory.ask_challenge())
    mallory.wire.send(third)
    mallory.expect(200)
    mallory.wire.send(third)
    mallory.expect(401)
    target.expect_count("registrar_accepted_total", 1)


@case
def many_handshakes_begun(target):
    """One connection cannot pile them up."""
    wire = Wire(target.tls)
    for i in range(200):
        c = target.client("alice", wire=wire, epid=f"{i:012x}")
        c.realm, c.target = "SIP Communications Service", "sip.contoso.test"
        empty = f'NTLM qop="auth", realm="{c.realm}", targetname="{c.target}", gssapi-data="", version=4'
        c.send("REGISTER", to=f"<{c.aor}>", more=[("Authorization", empty)])
        c.expect(401 if i < 8 else 503)
    wire.close()
    # Nor associations.
    wire = Wire(target.tls)
    heard = []
    for i in range(20):
        c = target.client("alice", wire=wire, epid=f"{i:012x}")
        try:
            c.sign_in()
            heard.append(200)
        except AssertionError:
            heard.append(503)
    assert heard == [200] * 16 + [503] * 4, heard
    wire.close()


@case
def guessed_passwords(target):
    """Many wrong ones make the right one wait, but not for ever, and nobody else."""
    bob = target.client("bob").sign_in()
    target.note()
    thief = target.client("alice", password="wrong")
    for _ in range(40):
        assert thief.try_sign_in().status == 401
    target.expect_count("registrar_accepted_total", 0)
    alice = target.client("alice")
    answer = alice.try_sign_in()
    assert answer.status == 401, f"guessing was not slowed down: {answer}"
    began = time.monotonic()
    bob.ask("OPTIONS", 200)
    target.client("carol").sign_in()
    assert time.monotonic() - began < 1, "others have to wait"
    until = time.monotonic() + 20
    while alice.try_sign_in().status != 200:
        assert time.monotonic() < until, "locked out"
    # Who is not there is answered like who is.
    stranger = target.client("nobody", password="wrong")
    known = thief.try_sign_in()
    unknown = stranger.try_sign_in()
    strip = [(n, v) for n, v in known.fields if n in ("www-authenticate", "ms-diagnostics", "ms-diagnostics-public")]
    assert strip == [(n, v) for n, v in unknown.fields if n in ("www-authenticate", "ms-diagnostics", "ms-diagnostics-public")]


@case
def old_tls(target):
    for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
        try:
            Wire(target.tls, context=tls_context(version))
            raise AssertionError(f"{version.name} is spoken")
        except (ssl.SSLError, ConnectionResetError):
            pass
    target.expect_count('net_closed_total{why="tls_failed"}', 2)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        wire = Wire(target.tls, context=tls_context(version))
        assert wire.socket.version() in ("TLSv1.2", "TLSv1.3")
        wire.close()


@case
def who_is_disabled(target):
    """Thrown out at once, and does not come in again."""
    mallory, bob = target.client("mallory").sign_in(), target.client("bob").sign_in()
    target.server.admin("user", "disable", mallory.aor)
    try:
        while (heard := mallory.wire.read(15)) is not None:
            assert heard.method == "NOTIFY", heard
        raise AssertionError("the connection of a disabled user stays")
    except Closed:
        pass
    assert target.client("mallory").try_sign_in().status in (401, 403)
    bob.ask("MESSAGE", 404, mallory.aor)
    bob.close()
