"""What survives a server that dies."""

import time

from harness.server import DOMAIN
from pidgin import Pidgin, sip


def kill_and_reconnect(world):
    """kill -9; the clients see a network error and come back by themselves, as Pidgin's window would make them."""
    server = world.start_server()
    alice, bob = Pidgin(world, "alice"), Pidgin(world, "bob")
    for client in (alice, bob):
        client.send("reconnect 1 3")
        client.sign_in()
    alice.im("bob", "before")
    bob.expect_im("alice", "before")
    server.kill()
    for client in (alice, bob):
        client.expect("connection-error", 15, reason="network-error", fatal=False)
        client.expect("reconnecting")
    server.start()
    for client in (alice, bob):
        client.expect("signed-on", 40)
    server.wait_for_counts(5, registrations=2)
    alice.im("bob", "after")
    bob.expect_im("alice", "after")
    for client in (alice, bob):
        client.check_signatures()


def contacts_survive(world):
    """A contact added just before kill -9 is on the server's list and on the client's after the restart."""
    server = world.start_server(users=["alice", "bob", "carol"])
    alice = Pidgin(world, "alice")
    alice.sign_in()
    alice.wait_for_contact_list()
    alice.send(f"add-buddy bob@{DOMAIN} Friends")
    _wait_for_contact(server, "alice", "bob")
    alice.send(f"add-buddy carol@{DOMAIN} Friends")
    _wait_for_contact(server, "alice", "carol")
    server.kill()
    alice.expect("connection-error", 15, reason="network-error")
    server.start()
    listed = _contact_uris(server, "alice")
    assert {sip("bob"), sip("carol")} <= listed, listed

    fresh = Pidgin(world, "alice", host="alice-new")  # knows nobody: what it shows came from the server
    fresh.sign_in()
    for name in ("bob", "carol"):
        fresh.expect("buddy-added", 15, name=sip(name), group="Friends")
    fresh.send(f"remove-buddy bob@{DOMAIN}")
    for _ in range(40):
        if sip("bob") not in _contact_uris(server, "alice"):
            break
        fresh.wait_for_change(0.25)
    assert _contact_uris(server, "alice") == {sip("carol")}


def _contact_uris(server, name):
    found = server.contacts(name)
    contacts = found["contacts"] if isinstance(found, dict) else found
    return {"sip:" + contact["uri"].removeprefix("sip:") for contact in contacts}


def _wait_for_contact(server, owner, name):
    end = time.monotonic() + 15
    while sip(name) not in _contact_uris(server, owner):
        assert time.monotonic() < end, f"{name} is not on {owner}'s list: {server.contacts(owner)}"
        time.sleep(0.2)


def clean_stop(world):
    """SIGTERM ends the server in order while clients are signed in."""
    server = world.start_server(users=["alice"])
    alice = Pidgin(world, "alice")
    alice.sign_in()
    server.stop()
    alice.expect("connection-error", 15, reason="network-error", fatal=False)
    server.start()
    alice.sign_in()
