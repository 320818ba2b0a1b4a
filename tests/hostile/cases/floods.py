"""Many at once, while one who belongs there wants to be served."""

import multiprocessing
import os
import resource
import socket
import ssl
import time

from client import Closed, tls_context

from .case import case

SO_MANY = 5000


def may_open(n):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    assert hard == resource.RLIM_INFINITY or hard >= n, f"ulimit -n is {hard}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (n, hard))


def open_tcp(port, n, said, go):
    """Connected, and no octet."""
    os.nice(5)
    may_open(n + 100)
    sockets = []
    for i in range(n):
        s = socket.socket()
        s.bind((f"127.0.{i // 1000 + 1}.1", 0))  # ports of one address do not last
        s.connect(("127.0.0.1", port))
        sockets.append(s)
    said.set()
    go.wait()


def open_tls(port, n, said, go):
    """The handshake done, and no octet. Resumed: else it is our own sums that take the time."""
    os.nice(5)
    may_open(n + 100)
    context = tls_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    sockets, session = [], None
    for i in range(n):
        s = socket.socket()
        s.bind((f"127.0.{i // 1000 + 1}.2", 0))
        s.connect(("127.0.0.1", port))
        s = context.wrap_socket(s, session=session)
        session = session or s.session
        sockets.append(s)
    said.set()
    go.wait()


def under_attack(target, attack, at_least_open):
    """How long one who is signed in waits for answers while it goes on."""
    alice = target.client("alice").sign_in()
    said, go = multiprocessing.Event(), multiprocessing.Event()
    attacker = multiprocessing.Process(target=attack, args=(target.tls, SO_MANY, said, go))
    attacker.start()
    waits, after = [], 200
    try:
        while after > 0:
            began = time.monotonic()
            alice.ask("OPTIONS", 200)
            waits.append(time.monotonic() - began)
            time.sleep(0.002)
            if said.is_set():
                after -= 1
            elif not attacker.is_alive():
                raise AssertionError("the attacker failed")
        began = time.monotonic()
        target.client("bob").sign_in().close()
        sign_in = time.monotonic() - began
        target.expect_count("net_accepted_total", SO_MANY, 2 * SO_MANY)  # some of them waited for room
        if at_least_open:
            assert target.metrics()["lyceum_net_connections"] >= at_least_open
    finally:
        go.set()
        attacker.join()
    waits.sort()
    p99 = waits[len(waits) * 99 // 100]
    print(f"{len(waits)} requests, p99 {p99 * 1000:.1f} ms, longest {waits[-1] * 1000:.1f} ms, a sign-in {sign_in * 1000:.0f} ms")
    assert p99 < 0.25 and sign_in < 1, f"p99 {p99:.3f} s, sign-in {sign_in:.3f} s"
    alice.close()


@case(**{"sip.handshake_patience": "10 s", "sip.max_per_address": 0})
def half_open_connections(target):
    under_attack(target, open_tcp, 0)


@case(**{"sip.sign_in_patience": "1 min", "sip.max_per_address": 0})
def connections_that_do_not_sign_in(target):
    under_attack(target, open_tls, SO_MANY)


@case(**{"sip.max_per_address": 20, "sip.sign_in_patience": "1 min"})
def connections_of_one_address(target):
    wires = []
    refused = 0
    for _ in range(100):
        try:
            wires.append(target.wire())
        except (ssl.SSLError, ConnectionResetError, OSError):
            refused += 1
    assert 40 >= len(wires) >= 20, f"{len(wires)} connections of two shards"  # the limit is per shard
    target.expect_count("net_refused_total", refused)
    for wire in wires:
        wire.close()
    target.server.wait_for_counts(3, connections=1)  # the bystander's
    target.server.admin("trusted", "add", "127.0.0.1", "--transport", "udp")  # a listed address has no limit
    for wire in [target.wire() for _ in range(60)]:
        wire.close()
    target.server.wait_for_counts(3, connections=1)


def invite_for_ever(port, n, said, go):
    """One who is signed in calls somebody who does not answer, again and again."""
    from client import Client

    os.nice(5)
    mallory = Client(port, "mallory").sign_in()
    victim = Client(port, "mallory").sign_in()
    victim.wire.socket.setblocking(False)
    for i in range(n):
        mallory.send("INVITE", mallory.aor, more=[("Content-Type", "application/sdp")], body=b"m=message 1 sip null\r\n")
        if i % 50 == 0:
            for wire in (mallory.wire.socket, victim.wire.socket):
                wire.setblocking(False)
                try:
                    while wire.recv(65536):
                        pass
                except (ssl.SSLWantReadError, BlockingIOError):
                    pass
                wire.setblocking(True)
    said.set()
    go.wait()


@case
def calls_of_one_client(target):
    """What one connection may have under way is bounded, so that others can work."""
    under_attack_by_insider(target)


@case(**{"server.shards": 1, "sip.max_transactions_of_user": 100})
def connections_of_one_user(target):
    """Nor does it help to have many connections: what a user has under way is counted over all of them."""
    carol, alice = target.client("carol").sign_in(), target.client("alice").sign_in()
    many = [target.client("mallory").sign_in() for _ in range(4)]
    target.note()
    for _ in range(40):
        for one in many:
            one.send("INVITE", carol.aor, more=[("Content-Type", "application/sdp")], body=b"m=message 1 sip null\r\n")
    heard = [one.wire.read() for one in many for _ in range(40)]
    refused = [m for m in heard if m.status == 503]
    assert len(refused) == 60 and sum(m.status == 100 for m in heard) == 100, [m.status for m in heard]
    assert all(int(m.get("retry-after")) > 0 for m in refused)
    target.expect_count('sipstack_overload_total{limit="user"}', 60)
    for one in many:
        one.ask("OPTIONS", 503)
    alice.ask("OPTIONS", 200)
    for one in (carol, alice, *many):  # and with them all that was under way
        one.close()


def under_attack_by_insider(target):
    alice = target.client("alice").sign_in()
    said, go = multiprocessing.Event(), multiprocessing.Event()
    attacker = multiprocessing.Process(target=invite_for_ever, args=(target.tls, 4000, said, go))
    attacker.start()
    waits = []
    try:
        while not said.is_set():
            began = time.monotonic()
            alice.ask("OPTIONS", 200)
            waits.append(time.monotonic() - began)
            time.sleep(0.005)
            assert attacker.is_alive() or said.is_set(), "the attacker failed"
        target.expect_count('sipstack_overload_total{limit="user"}', 1, 4000)
        assert target.metrics()["lyceum_sipstack_server_transactions"] < 4100
    finally:
        go.set()
        attacker.join()
    waits.sort()
    p99 = waits[len(waits) * 99 // 100]
    print(f"{len(waits)} requests, p99 {p99 * 1000:.1f} ms")
    assert p99 < 0.25, f"p99 {p99:.3f} s"
    alice.close()
