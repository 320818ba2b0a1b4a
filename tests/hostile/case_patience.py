"""Those who take their time."""

import contextlib
import socket
import ssl
import time

from client import request
from house import House
from wire import LOOPBACK, Closed


def drip(send, octets, patience):
    """One octet a second until the server hangs up: after how many seconds."""
    began = time.monotonic()
    for at in range(len(octets)):
        if not send(octets[at:at + 1]):
            return time.monotonic() - began
        if time.monotonic() - began > patience:
            break
    raise AssertionError(f"still connected after {time.monotonic() - began:.0f} s")


def one_octet_a_second(bin_dir):
    """A message must be whole 30 s after its first octet, however busily it trickles; signed in or not."""
    settings = {"sip.sign_in_patience": "2 min"}
    with House(bin_dir, settings) as house, house.bystander() as good, house.client("mallory") as mallory:
        mallory.sign_in()
        octets = ("\r\n".join(request("OPTIONS", "mallory")[0]) + "\r\n").encode()
        stranger = house.wire()
        wires = [mallory.wire, stranger]
        with house.counted(names={'lyceum_sipstack_expired_total{timer="message"}': 2}), contextlib.closing(stranger):
            began = time.monotonic()
            left = dict.fromkeys(wires)
            for octet in octets:
                for wire in [w for w in wires if left[w] is None]:
                    try:
                        wire.send(bytes([octet]))
                        wire.read(0.5)
                    except TimeoutError:
                        pass
                    except Closed:
                        left[wire] = time.monotonic() - began
                if None not in left.values() or time.monotonic() - began > 60:
                    break
            for wire in wires:
                assert left[wire] is not None, "a message may take longer than 60 s"
                assert 25 < left[wire] < 50, left
        good.rounds(10)


def slow_tls_handshake(bin_dir):
    """Nobody may take longer than handshake_patience, neither silently nor octet by octet."""
    with House(bin_dir, {"sip.handshake_patience": "2 s"}) as house, house.bystander() as good:
        hello = client_hello()

        def connected():
            return contextlib.closing(socket.create_connection((LOOPBACK, house.ports["sip_tls"]), 30))

        with house.counted(names={'lyceum_net_closed_total{why="timed_out"}': 3}), \
                connected() as silent, connected() as slow, connected() as half:
            half.sendall(hello)  # and never the second flight
            slow.settimeout(0.5)

            def send(octet):
                with contextlib.suppress(TimeoutError):
                    try:
                        slow.sendall(octet)
                        return slow.recv(100) != b""
                    except ConnectionError:
                        return False
                return True

            took = drip(send, hello, 20)
            assert took > 1.5, took
            for other in (silent, half):
                with contextlib.suppress(ConnectionError):
                    while other.recv(65536):
                        pass
        with house.counted(names={'lyceum_net_closed_total{why="tls_failed"}': 2}):
            for nonsense in (b"OPTIONS sip:contoso.test SIP/2.0\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"\1" * 500):
                with connected() as wrong:
                    with contextlib.suppress(ConnectionError):
                        wrong.sendall(nonsense)
                        while wrong.recv(65536):
                            pass
        good.rounds(10)


def client_hello():
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="sip.contoso.test")
    with contextlib.suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def nobody_signs_in(bin_dir):
    """A connection is for users: asking without proof, or keep-alives, does not prolong it."""
    with House(bin_dir, {"sip.sign_in_patience": "5 s"}) as house, house.bystander() as good:
        with house.counted(names={'lyceum_sipstack_expired_total{timer="sign_in"}': 2}), house.wire() as silent, house.wire() as busy:
            began = time.monotonic()
            try:
                while time.monotonic() - began < 30:
                    busy.send("\r\n\r\n" + "\r\n".join(request("OPTIONS", "alice")[0]) + "\r\nContent-Length: 0\r\n\r\n")
                    assert busy.read().status == 401
                    time.sleep(0.05)
                raise AssertionError("still connected")
            except Closed:
                took = time.monotonic() - began
            assert took > 4, took
            silent.wait_closed()
        good.rounds(10)


CASES = [one_octet_a_second, slow_tls_handshake, nobody_signs_in]
