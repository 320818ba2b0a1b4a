"""What is no SIP, or SIP that ends elsewhere than it says."""

import socket

from client import Closed, is_readable

from .case import case

VIA = "Via: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK1\r\n"
REST = ("Max-Forwards: 70\r\nFrom: <sip:mallory@contoso.test>;tag=1;epid=01\r\nTo: <sip:contoso.test>\r\n"
        "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n")
OPTIONS = "OPTIONS sip:contoso.test SIP/2.0\r\n" + VIA + REST


def expect_closed(target, octets, what):
    wire = target.wire()
    try:
        wire.send(octets)
    except Closed:
        return
    assert wire.is_closed(), f"{what}: the connection stays"
    wire.close()


@case
def start_lines(target):
    bad = [
        "GET / HTTP/1.1\r\nHost: contoso.test\r\n\r\n",
        "OPTIONS\r\n\r\n",
        "OPTIONS sip:contoso.test\r\n\r\n",
        "OPTIONS  sip:contoso.test SIP/2.0\r\n\r\n",
        "OPTIONS sip:contoso.test  SIP/2.0\r\n\r\n",
        "OPTIONS sip:contoso.test SIP/2.0 \r\n\r\n",
        " OPTIONS sip:contoso.test SIP/2.0\r\n\r\n",
        "OPTIONS sip:contoso.test SIP/3.0\r\n\r\n",
        "OPTIONS sip:contoso.test SIP/2.0\n\n",
        "OPTI\0NS sip:contoso.test SIP/2.0\r\n\r\n",
        "OPTIONS sip:conto\tso.test SIP/2.0\r\n\r\n",
        "OPT(ONS sip:contoso.test SIP/2.0\r\n\r\n",
        "SIP/2.0\r\n\r\n",
        "SIP/2.0 20 OK\r\n\r\n",
        "SIP/2.0 099 OK\r\n\r\n",
        "SIP/2.0 999 OK\r\n\r\n",
        "SIP/2.0 -20 OK\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        ": \r\n\r\n",
    ]
    for text in bad:
        expect_closed(target, text, repr(text))
    target.expect_count("sipstack_malformed_total", len(bad))


@case
def header_lines(target):
    bad = [
        OPTIONS + "\0: x\r\n\r\n",
        OPTIONS + "X: a\0b\r\n\r\n",
        OPTIONS + "X: a\rb\r\n\r\n",
        OPTIONS + "X: a\nY: b\r\n\r\n",
        OPTIONS + "X: a\x7fb\r\n\r\n",
        OPTIONS + "no colon\r\n\r\n",
        OPTIONS + ": no name\r\n\r\n",
        OPTIONS + "two names: x\r\n\r\n",
        "OPTIONS sip:contoso.test SIP/2.0\r\n folded: start line\r\n\r\n",
        OPTIONS + "".join(f"X-{i}: x\r\n" for i in range(300)) + "\r\n",
    ]
    for text in bad:
        expect_closed(target, text, repr(text[-60:]))
    target.expect_count("sipstack_malformed_total", len(bad))


@case
def content_lengths(target):
    """Header smuggling: no two readers may disagree about where a message ends."""
    refused = [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nl: 6\r\n",
        "l: 5\r\nContent-Length: 0\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: five\r\n",
        "Content-Length:\r\n",
        "Content-Length: 4294967296\r\n",
        "Content-Length: 18446744073709551621\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length: 1000000\r\n",  # more than a message may have: refused before it comes
        "CONTENT-LENGTH: 5\r\ncontent-length: 7\r\n",
        "Content-Length\r\n: 5\r\n",
    ]
    for text in refused:
        expect_closed(target, OPTIONS + text + "\r\nhello", repr(text))
    target.expect_count("sipstack_malformed_total", len(refused))
    # The body holds a request. It must never be taken for one.
    inner = OPTIONS.replace("CSeq: 1", "CSeq: 2") + "\r\n"
    for text, answers in [
        (f"Content-Length: {len(inner)}\r\n", 1),
        (f"Content-Length : {len(inner)}\r\n", 1),
        (f"Content-Length:\r\n  {len(inner)}\r\n", 1),
        (f"l:{len(inner)}\r\n", 1),
        (f"CONTENT-length: 00{len(inner)}\r\n", 1),
        (f"Content-Length: {len(inner)}\r\nContent-Length: {len(inner)}\r\n", 1),
        (f'X: "\\"\r\n Content-Length: 0"\r\nContent-Length: {len(inner)}\r\n', 1),
        (f"X-Content-Length: 0\r\nContent-Length: {len(inner)}\r\n", 1),
        ("Content-Length: 0\r\n", 2),
        ("", 2),  # none over a stream is none: RFC 3261 18.3 wants one, so what follows is a message
    ]:
        wire = target.wire()
        wire.send(OPTIONS + text + "\r\n" + inner)
        for _ in range(answers):
            answer = wire.read()
            assert answer is not None and answer.status == 401, f"{text!r}: {answer}"
        assert wire.read(0.2) is None, f"{text!r}: one answer too many"
        wire.close()


@case
def too_much(target):
    big = [
        "OPTIONS sip:" + "a" * 9000 + " SIP/2.0\r\n\r\n",
        OPTIONS + "X: " + "a" * 9000 + "\r\n\r\n",
        OPTIONS + "X: a\r\n" * 1000 + "\r\n",
        OPTIONS + "X: a\r\n" + " \r\n" * 4000 + "\r\n",
        "O" * 20000,
        OPTIONS + "Content-Length: 66000\r\n\r\n" + "x" * 66000,
    ]
    for text in big:
        expect_closed(target, text, repr(text[:40]))
    target.expect_count("sipstack_malformed_total", len(big))
    # As much as is allowed, in one piece and octet by octet.
    alice = target.client("alice").sign_in()
    bob = target.client("bob").sign_in()
    body = b"x" * 50000
    alice.send("MESSAGE", bob.aor, body=body)
    heard = bob.expect("MESSAGE")
    assert heard.body == body
    bob.wire.send(bob.answer(heard, 200))
    alice.expect(200)
    for octet in alice.request("OPTIONS"):
        alice.wire.send(bytes([octet]))
    alice.expect(200)


@case
def empty_lines(target):
    """Keep-alives cost nothing and are answered by nothing. RFC 5626 4.4.1 is for who asks for it."""
    alice = target.client("alice").sign_in()
    for _ in range(200):
        alice.wire.send("\r\n" * 5000)
    alice.wire.send("\n\r\n\r\r\n")
    alice.ask("OPTIONS", 200)
    alice.wire.send("\r\n\r\n" + alice.request("OPTIONS").decode() + "\r\n\r\n" + alice.request("OPTIONS").decode())
    alice.expect(200)
    alice.expect(200)


@case
def requests_without_what_they_need(target):
    """Answered 400 and nothing more; nobody gets to see them."""
    mallory = target.client("mallory").sign_in()
    lines = [VIA, *(line + "\r\n" for line in REST.split("\r\n")[:-1])]
    target.note()
    start = "OPTIONS sip:contoso.test SIP/2.0\r\n"
    bad = [start + "".join(x for x in lines if x is not line) + "\r\n" for line in lines if not line.startswith("Max-F")]
    bad += [OPTIONS + line + "\r\n" for line in lines[1:]]  # twice, Via may
    bad += [
        "OPTIONS nonsense SIP/2.0\r\n" + VIA + REST + "\r\n",
        OPTIONS.replace("1 OPTIONS", "1 INVITE") + "\r\n",
        OPTIONS.replace("1 OPTIONS", "99999999999 OPTIONS") + "\r\n",
        OPTIONS.replace("Max-Forwards: 70", "Max-Forwards: 300") + "\r\n",
        OPTIONS.replace("Max-Forwards: 70", "Max-Forwards: many") + "\r\n",
        OPTIONS.replace("<sip:mallory@contoso.test>", "<sip:mallory@contoso.test") + "\r\n",
    ]
    for text in bad:
        mallory.wire.send(text)
        if not text.count("\r\nVia"):
            mallory.hears_nothing()
        else:
            mallory.expect(400)
    target.expect_count("sipstack_bad_requests_total", len(bad))
    mallory.ask("OPTIONS", 200)


@case
def lines_slipped_in(target):
    """Nothing that one side writes becomes a line of its own at the other."""
    alice, bob = target.client("alice").sign_in(), target.client("bob").sign_in()
    evil = [
        ("Subject", "x\r\n X-Evil: 1"),
        ("Subject", '"a\\\r\n X-Evil: 1"'),
        ("Subject", "x\r\n\tX-Evil: 1\r\n  \r\n X-Evil: 2"),
        ("Subject", "x%0d%0aX-Evil: 1"),
        ("Contact", '"x\r\n X-Evil: 1" <sip:127.0.0.1;transport=tls>;proxy=replace'),
        ("Reply-To", '"\\"\r\n X-Evil: 1\\"" <sip:alice@contoso.test>'),
    ]
    for name, value in evil:
        fields = [f for f in alice.fields("MESSAGE", bob.aor) if f[0] != name]
        try:
            alice.wire.send(alice.request("MESSAGE", bob.aor, fields=fields + [(name, value)]))
            heard = bob.wire.read(2)
        except Closed:
            heard = None
        if heard is None:  # refused as a whole is right, too
            assert alice.wire.is_closed(1), f"{value!r} is neither passed on nor refused"
            alice = target.client("alice").sign_in()
            continue
        assert not heard.all("x-evil"), f"{value!r} became a line"
        bob.wire.send(bob.answer(heard, 200))
        alice.expect(200)
    # The same in what the house itself repeats, and in answers.
    alice.send("OPTIONS", more=[("Proxy-Require", "x\r\n X-Evil: 1")])
    assert not alice.expect(420).all("x-evil")
    alice.send("MESSAGE", bob.aor)
    heard = bob.expect("MESSAGE")
    bob.wire.send(bob.answer(heard, 486, reason="Busy\tX-Evil: 1", more=[("Warning", "x\r\n X-Evil: 1")]))
    assert not alice.expect(486).all("x-evil")
    via = ("Via", "SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK77;rport;x=\"a\r\n X-Evil: 1\"")
    alice.send("OPTIONS", fields=[via] + alice.fields("OPTIONS", "sip:contoso.test")[1:])
    answer = alice.wire.read()
    assert answer is not None and not answer.all("x-evil")


@case
def other_ports(target):
    """Strangers at the ports for servers."""
    wire = target.wire(tls=False)
    try:
        wire.send(OPTIONS + "\r\n")
        heard = wire.read(1)
    except Closed:
        heard = None
    assert heard is None, f"a stranger over TCP hears {heard}"
    target.expect_count("sipstack_denied_total", 1)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.connect(("127.0.0.1", target.udp))
    stranger = OPTIONS.replace("TLS", "UDP").replace("branch", "rport;branch")
    texts = [stranger + "\r\n", stranger.replace("CSeq: 1 OPTIONS\r\n", "") + "\r\n", "nonsense\r\n\r\n", "\0" * 1000, "\r\n\r\n", "",
             stranger.replace("OPTIONS", "CANCEL") + "\r\n", stranger.replace("OPTIONS", "ACK") + "\r\n",
             "SIP/2.0 200 OK\r\n" + VIA + REST + "\r\n", "x" * 60000]
    for text in texts:
        udp.send(text.encode())
    assert not is_readable(udp, 0.7), f"a stranger over UDP hears {udp.recv(2000)[:60]}"
    target.expect_count("sipstack_dropped_total", 3, 4)  # those that are requests, and perhaps the one over TCP
    # The same datagram from somebody who is known: so it was not for nothing.
    target.server.admin("trusted", "add", "127.0.0.1", "--transport", "udp")
    udp.send((stranger.replace("sip:mallory@contoso.test", "sip:pbx@other.test") + "\r\n").encode())
    target.transactions_stay = 1
    assert is_readable(udp, 2) and udp.recv(2000).startswith(b"SIP/2.0 200")
