"""Who knows more than he should: keys, answers, names."""

import socket
import time

from client import DOMAIN

from .case import case


@case
def keys_of_another_connection(target):
    """An association is its connection's: even all its keys are worth nothing elsewhere."""
    alice, bob = target.client("alice").sign_in(), target.client("bob").sign_in()
    thief = target.client("alice", epid=alice.epid)
    thief.keys, thief.opaque, thief.realm, thief.target, thief.number = alice.keys, alice.opaque, alice.realm, alice.target, 100
    target.note()
    thief.send("MESSAGE", bob.aor)
    thief.expect(401)
    thief.wire.send(alice.request("MESSAGE", bob.aor))  # fresh, signed by alice, and never sent by her
    thief.expect(401)
    target.expect_count("sipstack_challenged_total", 2)
    bob.hears_nothing()
    alice.ask("OPTIONS", 200)
    for c in (alice, bob, thief):
        c.close()


@case
def answers_sent_again(target):
    """A response counts once, as a request does."""
    alice, bob = target.client("alice").sign_in(), target.client("bob").sign_in()
    alice.send("MESSAGE", bob.aor)
    answer = bob.answer(bob.expect("MESSAGE"), 200)
    bob.wire.send(answer)
    alice.expect(200)
    alice.send("MESSAGE", bob.aor)
    heard = bob.expect("MESSAGE")
    target.note()
    for _ in range(5):
        bob.wire.send(answer)
    target.expect_count("sipstack_replayed_total", 5)
    alice.hears_nothing()
    bob.wire.send(bob.answer(heard, 202))
    alice.expect(202)
    alice.close()
    bob.close()


@case
def names_of_others(target):
    """Every spelling of somebody else's address in From, by who has a good signature."""
    mallory, bob = target.client("mallory").sign_in(), target.client("bob").sign_in()
    spellings = [f"<sip:bob@{DOMAIN}>", f'"x" <sip:bob@{DOMAIN}>', f"<sips:bob@{DOMAIN}>", f"<SIP:BOB@{DOMAIN.upper()}>",
                 f'"<sip:mallory@{DOMAIN}>" <sip:bob@{DOMAIN}>', f"<sip:bob%40{DOMAIN}:x@{DOMAIN}>", "<sip:mallory@elsewhere.test>",
                 f"<sip:mallory@sub.{DOMAIN}>", f"<sip:mallory%00@{DOMAIN}>", f"<sip:bob@{DOMAIN};user=phone>", "<tel:+4930>"]
    target.note()
    for spelling in spellings:
        fields = [(n, f"{spelling};tag=1;epid={mallory.epid}" if n == "From" else v) for n, v in mallory.fields("MESSAGE", bob.aor)]
        mallory.wire.send(mallory.request("MESSAGE", bob.aor, fields=fields))
        answer = mallory.expect_final()
        assert answer.status == 403, f"{spelling}: {answer}"
    target.expect_count("sipstack_denied_total", len(spellings))
    for method in ("ACK", "CANCEL"):
        mallory.send(method, bob.aor, from_uri=bob.aor)
    target.expect_count("sipstack_dropped_total", 2)
    bob.hears_nothing()
    for claim in (f"<sip:bob@{DOMAIN}>", f"<tel:+1>, <sip:bob@{DOMAIN}>"):
        mallory.send("MESSAGE", bob.aor, more=[("P-Asserted-Identity", claim)])
        heard = bob.expect("MESSAGE")
        assert heard.all("p-asserted-identity") == [f'"Mallory"<{mallory.aor}>'], heard.all("p-asserted-identity")
        bob.wire.send(bob.answer(heard, 200))
        mallory.expect(200)
    mallory.close()
    bob.close()


@case(**{"auth.throttle_longest_pause": "1 min", "auth.throttle_longest_user_pause": "1 s"})
def guesses_from_elsewhere(target):
    """While somebody guesses without end, the user himself comes in from another address."""
    guesser = target.client("bob", password="wrong", source="127.0.0.3")
    began = time.monotonic()
    tries = 0
    while True:
        for _ in range(10):
            assert guesser.try_sign_in().status == 401
            tries += 1
        right = target.client("bob", source="127.0.0.4")
        status = right.try_sign_in().status
        right.close()
        if status == 200 and tries > 20:
            break
        assert time.monotonic() - began < 20, "locked out by somebody else"
    # Where the guesses came from even the right password has to wait: six of them made it a pause of two seconds and more.
    target.expect_count("sipstack_challenged_total", 3 * tries, 10 ** 6)
    guesser.close()


@case(**{"sip.handshake_patience": "2 s", "sip.sign_in_patience": "5 s"})
def all_are_let_go(target):
    """Hundreds who say nothing, before TLS and after it: none is left when their time is over."""
    silent = [socket.create_connection(("127.0.0.1", target.tls)) for _ in range(300)]
    wires = [target.wire() for _ in range(100)]
    asked = target.client("alice")
    asked.ask_challenge()
    target.expect_count('net_closed_total{why="timed_out"}', 300, seconds=10)
    target.expect_count('sipstack_expired_total{timer="sign_in"}', 101, seconds=15)
    for wire in [*wires, asked.wire]:
        assert wire.is_closed()
        wire.close()
    for s in silent:
        s.close()
