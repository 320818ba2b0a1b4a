"""The scenarios: baresip as alice and as bob, registered over the trusted path, calling each other."""

import time

from agents import Baresip

ALICE, BOB = 6100, 6200


def _registered(world, transport="udp"):
    pair = [Baresip(world, "alice", ALICE, transport=transport), Baresip(world, "bob", BOB, transport=transport)]
    for agent in pair:
        agent.registered()
    return pair


def _in_a_call(world, transport="udp"):
    alice, bob = _registered(world, transport)
    alice.command("dial", f"sip:bob@{world.domain}")
    bob.expect("CALL_INCOMING", peeruri="alice")
    alice.expect("CALL_RINGING")
    bob.command("accept")
    bob.expect("CALL_ESTABLISHED")
    alice.expect("CALL_ESTABLISHED")
    return alice, bob


def register(world):
    """REGISTER, and REGISTER with Expires 0 when they quit: nobody is left."""
    pair = _registered(world)
    world.server.wait_for_counts(5, registrations=2)
    for agent in pair:
        agent.finish()
    world.server.wait_for_counts(5, registrations=0)


def call(world):
    """INVITE, 180, 200, ACK; the caller hangs up."""
    alice, bob = _in_a_call(world)
    alice.command("hangup")
    bob.expect("CALL_CLOSED")


def call_tcp(world):
    """The same over TCP."""
    alice, bob = _in_a_call(world, "tcp")
    alice.command("hangup")
    bob.expect("CALL_CLOSED")
    assert "TCP 127.0.0.1" in bob.said() and "UDP 127.0.0.1" not in bob.said()


def called_hangs_up(world):
    """BYE from the side that was called: its route set is the reverse one."""
    alice, bob = _in_a_call(world)
    bob.command("hangup")
    alice.expect("CALL_CLOSED")


def hold_and_resume(world):
    """Two INVITEs within the dialog, which the server carries along the route."""
    alice, bob = _in_a_call(world)
    before = bob.said().count("INVITE sip:bob")
    alice.command("hold")
    _wait_for(lambda: "a=sendonly" in bob.said() or "a=inactive" in bob.said(), "bob was not put on hold")
    alice.command("resume")
    _wait_for(lambda: bob.said().count("INVITE sip:bob") >= before + 2, "bob heard no second INVITE")
    time.sleep(0.5)  # its 200 and ACK
    bob.command("hangup")
    alice.expect("CALL_CLOSED")


def refused(world):
    """bob declines: alice hears his own answer."""
    alice, bob = _registered(world)
    alice.command("dial", f"sip:bob@{world.domain}")
    bob.expect("CALL_INCOMING")
    bob.command("hangup")
    alice.expect("CALL_CLOSED", param="486")


def given_up(world):
    """alice hangs up while it rings: CANCEL, 487 and its ACK, and bob stops ringing."""
    alice, bob = _registered(world)
    alice.command("dial", f"sip:bob@{world.domain}")
    bob.expect("CALL_INCOMING")
    alice.expect("CALL_RINGING")
    alice.command("hangup")
    bob.expect("CALL_CLOSED")


def nobody_there(world):
    """A user who is known but not signed in: 480; one who is not known: 404."""
    alice = Baresip(world, "alice", ALICE)
    alice.registered()
    for name, status in (("bob", "480"), ("mallory", "404")):
        alice.command("dial", f"sip:{name}@{world.domain}")
        alice.expect("CALL_CLOSED", param=status)


def _wait_for(condition, complaint, timeout=10):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, complaint
        time.sleep(0.05)
