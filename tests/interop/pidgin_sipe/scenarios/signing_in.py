"""Signing in and out."""

from harness.server import DOMAIN
from pidgin import INVALID, VALIDATED, Pidgin

# What a user may write into Pidgin's "Login" field; empty means the user name stands in.
LOGINS = (None, "alice", "CONTOSO\\alice", f"alice@{DOMAIN}")


def tls_sign_in(world):
    """Two users over TLS with NTLM, started in the same second: pidgin-sipe then uses equal Call-IDs and tags."""
    server = world.start_server()
    alice, bob = Pidgin(world, "alice"), Pidgin(world, "bob")
    alice.send("connect")
    bob.send("connect")
    alice.expect("signed-on", 20)
    bob.expect("signed-on", 20)
    server.wait_for_counts(5, registrations=2, connections=2)
    for client in (alice, bob):
        client.check_signatures()
        client.expect_none("connection-error", 0)


def login_forms(world):
    """The same account however its login is written."""
    server = world.start_server(users=["alice"])
    for number, login in enumerate(LOGINS):
        alice = Pidgin(world, "alice", host=f"desk{number}", login=login)
        alice.sign_in()
        alice.check_signatures()
        alice.sign_out()
        server.wait_for_counts(5, registrations=0)


def tcp_sign_in(world):
    """SIP over TCP, which has to be configured for clients."""
    world.start_server(settings={"sip.tcp": "clients"})
    alice, bob = Pidgin(world, "alice", transport="tcp"), Pidgin(world, "bob", transport="tls")
    alice.sign_in()
    bob.sign_in()
    alice.im("bob", "from TCP to TLS")
    bob.expect_im("alice", "from TCP to TLS")
    bob.im("alice", "from TLS to TCP")
    alice.expect_im("bob", "from TLS to TCP")
    for client in (alice, bob):
        client.check_signatures()


def wrong_password(world):
    """Reported as what it is, and not retried."""
    server = world.start_server(users=["alice"])
    alice = Pidgin(world, "alice", password="wrong")
    alice.send("reconnect 1 1")
    alice.send("connect")
    alice.expect("connection-error", 20, reason="authentication-failed", fatal=True)
    alice.expect("signed-off")
    alice.expect_none("signed-on", 2)
    assert not alice.count("reconnecting")
    server.wait_for_counts(5, registrations=0, connections=0)


def unknown_account(world):
    """A name that no user has cannot be told from a wrong password."""
    world.start_server(users=["alice"])
    # seen: a longer name makes the first REGISTER one of 768 octets now and then, all that libpurple 2.14's buffer holds
    # then; of the second REGISTER only what wraps around is written, and the connection ends as malformed.
    eve = Pidgin(world, "eve", password="guess")
    eve.send("connect")
    eve.expect("connection-error", 20, reason="authentication-failed", fatal=True)


def untrusted_certificate(world):
    """Without our CA the client does not go on, so the certificate is really looked at elsewhere."""
    server = world.start_server(users=["alice"])
    for file in server.ca_dir.iterdir():
        file.unlink()
    alice = Pidgin(world, "alice")
    alice.send("connect")
    alice.expect("certificate-verify", 20)
    alice.expect("connection-error", 20)
    alice.expect_none("signed-on", 1)


def sign_out(world):
    """The registration is gone at once, by a clean sign-off and by a connection that breaks."""
    server = world.start_server()
    alice, bob = Pidgin(world, "alice"), Pidgin(world, "bob")
    alice.sign_in()
    bob.sign_in()
    server.wait_for_counts(5, registrations=2)
    alice.sign_out()
    server.wait_for_counts(5, registrations=1, connections=1)
    bob.process.kill()  # its kernel closes the connection, nobody says goodbye
    bob.process.wait()
    world.clients.remove(bob)
    server.wait_for_counts(10, registrations=0, connections=0)


def broken_signature(world):
    """Against a build that signs wrongly: if the client signs in, nobody looks at our signatures."""
    world.start_server(users=["alice"])
    alice = Pidgin(world, "alice")
    alice.send("connect")
    alice.expect("connection-error", 20, text=lambda text: "signature" in text.lower())
    alice.expect_none("signed-on", 1)
    text = alice.debug_text()
    assert INVALID in text and VALIDATED not in text
