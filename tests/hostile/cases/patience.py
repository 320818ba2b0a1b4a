"""Who takes its time."""

import socket
import threading
import time

from client import Closed, Wire

from .case import case


def seconds_until_closed(wire, octets, pause, at_most):
    """Sends one octet after the other until the server has had enough."""
    began = time.monotonic()
    try:
        for octet in octets:
            wire.send(bytes([octet]))
            if wire.is_closed(pause):
                break
            if time.monotonic() - began > at_most:
                raise AssertionError(f"still there after {at_most} s")
    except (Closed, OSError):
        pass
    return time.monotonic() - began


@case
def handshakes(target):
    """An octet at a time, or nothing at all: a second, as sip.handshake_patience says."""
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)
    for octets in (hello, b"\x16"):
        raw = Wire(target.tls, tls=False)
        began = time.monotonic()
        if octets is hello:
            took = seconds_until_closed(raw, octets, 0.05, 8)
        else:
            assert raw.is_closed(8)
            took = time.monotonic() - began
        assert 0.8 < took < 6, took
    target.expect_count('net_closed_total{why="timed_out"}', 2)
    for octets in (b"GET / HTTP/1.0\r\n\r\n", bytes(1000), hello[:5] + bytes(600)):
        raw = Wire(target.tls, tls=False)
        raw.send(octets)
        assert raw.is_closed(10)
    target.expect_count('net_closed_total{why="tls_failed"}', 3)


@case
def before_signing_in(target):
    """[MS-CONMGMT] 3.5.6: five seconds here, whatever one does in them."""
    octets = b"OPTIONS sip:contoso.test SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK1\r\n" + b"X: y\r\n" * 1000
    results = {}

    def slow():
        results["slow"] = seconds_until_closed(Wire(target.tls), octets, 0.2, 15)

    def silent():
        began = time.monotonic()
        assert Wire(target.tls).is_closed(15)
        results["silent"] = time.monotonic() - began

    def busy():
        client = target.client("alice")
        began = time.monotonic()
        try:
            while time.monotonic() - began < 15:
                client.ask("OPTIONS", 401)
                time.sleep(0.2)
        except Closed:
            pass
        results["busy"] = time.monotonic() - began

    def halfway():
        client = target.client("alice")
        began = time.monotonic()
        client.ask_challenge()
        client.wire.is_closed(15)
        results["halfway"] = time.monotonic() - began

    threads = [threading.Thread(target=f) for f in (slow, silent, busy, halfway)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 4 and all(4.5 < took < 12 for took in results.values()), results
    target.expect_count('sipstack_expired_total{timer="sign_in"}', 4)


@case(**{"sip.idle_patience": "30 s", "sip.keep_alive": "20 s"})
def after_signing_in(target):
    """Half a minute for a message, and for silence."""
    bob = target.client("bob").sign_in()
    alice = target.client("alice").sign_in()
    carol = target.client("carol").sign_in()
    took = {}

    def slowly():
        octets = alice.request("OPTIONS", more=[("X", "y" * 300)])
        took["slow"] = seconds_until_closed(alice.wire, octets, 0.3, 45)

    def silently():
        began = time.monotonic()
        assert bob.wire.is_closed(45)
        took["silent"] = time.monotonic() - began

    def alive():
        for _ in range(33):
            carol.wire.send("\r\n\r\n")
            time.sleep(1)
        carol.ask("OPTIONS", 200)
        took["alive"] = 30

    threads = [threading.Thread(target=f) for f in (slowly, silently, alive)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(took) == 3 and all(28 < t < 40 for t in took.values()), took
    target.expect_count('sipstack_expired_total{timer="message"}', 1)
    target.expect_count('sipstack_expired_total{timer="idle"}', 1)


@case(**{"sip.max_queued": "256 KiB"})
def who_does_not_read(target):
    """Is cut off, and costs the others nothing."""
    alice, carol = target.client("alice").sign_in(), target.client("carol").sign_in()
    waits, statuses = [], []
    done = threading.Event()

    def talk():
        while not done.is_set():
            began = time.monotonic()
            carol.ask("OPTIONS", 200)
            waits.append(time.monotonic() - began)

    talker = threading.Thread(target=talk)
    talker.start()
    body = b"x" * 6000
    sent = 0
    try:
        for n in range(1, 9):
            deaf = target.client("bob", receive_buffer=4096).sign_in()
            while sent < 10000 and target.counted('net_closed_total{why="too_slow"}') < n:
                for _ in range(100):
                    alice.send("MESSAGE", deaf.aor, body=body)
                sent += 100
            # All that was on its way to him is answered, when he is gone at the latest.
            answers = [alice.wire.read() for _ in range(sent - len(statuses))]
            statuses += [a.status if a else 0 for a in answers]
            deaf.close()
    finally:
        done.set()
        talker.join()
    target.expect_count('net_closed_total{why="too_slow"}', 8)
    assert set(statuses) <= {480, 500}, sorted(set(statuses))
    waits.sort()
    p99 = waits[len(waits) * 99 // 100]
    print(f"8 cut off after {sent} messages; {len(waits)} requests of others, p99 {p99 * 1000:.1f} ms")
    assert p99 < 0.25, f"others waited {p99:.3f} s"
    alice.close()
    carol.close()


@case
def gone_without_a_word(target):
    """A connection that is reset in the middle of everything leaves nothing."""
    bob = target.client("bob").sign_in()
    for i in range(30):
        alice = target.client("alice").sign_in()
        alice.send("INVITE", bob.aor, body=b"v=0\r\nm=message 1 sip null\r\n", more=[("Content-Type", "application/sdp")])
        heard = bob.expect("INVITE")
        if i % 3:
            bob.wire.send(bob.answer(heard, 180))
        if i % 2:
            alice.wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # RST
        alice.close()
        if i % 3:
            cancel = bob.expect("CANCEL")
            bob.wire.send(bob.answer(cancel, 200))
            bob.wire.send(bob.answer(heard, 487))
            bob.expect("ACK")
        else:
            bob.wire.send(bob.answer(heard, 486))
            bob.expect("ACK")
    bob.close()


@case(**{"sip.handshake_patience": "1 min", "sip.max_per_address": 0})
def an_octet_now_and_then(target):
    """Many who never finish, but never fall silent either: who comes to sign in does not wait until they have to go.
    A newcomer keeps his place for a second, for five where the server itself was late, as on a busy machine."""
    wires, over = [], threading.Event()
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"

    def talk():
        while not over.wait(0.1):
            for wire in wires:
                try:
                    wire.send(b"\1")
                except OSError:
                    pass  # that one's time is over

    for _ in range(700):  # more than may be new at a time
        s = socket.create_connection(("127.0.0.1", target.tls))
        s.setblocking(False)
        s.send(hello)
        wires.append(s)
    talker = threading.Thread(target=talk, daemon=True)
    talker.start()
    try:
        began = time.monotonic()
        target.client("alice").sign_in().close()
        took = time.monotonic() - began
    finally:
        over.set()
        talker.join()
        for wire in wires:
            wire.close()
    print(f"a sign-in took {took:.1f} s")
    assert took < 30
