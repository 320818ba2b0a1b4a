"""Octets that are no SIP, or that want to be read in two ways."""

import os

from client import join, request
from house import House
from wire import Closed

SMALL = {"sip.max_message": "16 KiB", "sip.max_header": "4 KiB"}
PLAIN = "m" * 8


def lines(*extra, without=(), method="OPTIONS", start=None):
    made, _ = request(method, "alice")
    kept = [start or made[0]] + [x for x in made[1:] if x.partition(":")[0] not in without]
    return "\r\n".join([*kept, *extra]) + "\r\n"


def hangs_up(house, what, octets, answered=0):
    """The server closes after those octets, having answered only that many requests before."""
    with house.wire() as wire:
        try:
            wire.send(octets)
            _, got = wire.wait_closed()
        except TimeoutError:
            raise AssertionError(f"{what}: the connection stays open") from None
        except Closed:
            return
        assert len(got) <= answered, f"{what}: answered {got}"


def answers(house, what, octets, *statuses):
    """The server answers exactly so and goes on to serve the connection."""
    with house.wire() as wire:
        wire.send(octets)
        wire.send(join(request("OPTIONS", "alice", extra=["Subject: the last one"], call_id="last")))
        for wanted in (*statuses, 401):
            try:
                m = wire.read()
            except Closed:
                raise AssertionError(f"{what}: closed, not {wanted}") from None
            assert m.status == wanted, f"{what}: {m}, not {wanted}"
        assert m.value("call-id") == "last", f"{what}: one answer too many"


def oversized(bin_dir):
    with House(bin_dir, SMALL) as house, house.bystander():
        bad = {
            "a body that is announced too large": lines("Content-Length: 20000") + "\r\n",
            "a header without end": lines() + "Subject: " + "x" * 5000,
            "a field without end": "OPTIONS sip:contoso.test SIP/2.0\r\nSubject: " + "x" * 5000,
            "a start line without end": "OPTIONS sip:" + "x" * 5000,
            "a header of many lines": lines(*[f"X-{i}: {i}" for i in range(700)], "Content-Length: 0") + "\r\n",
            "many folds": lines("Subject: x\r\n" + " y\r\n" * 2000 + " z") + "\r\n",
        }
        with house.counted(sipstack_malformed=len(bad)):
            for what, octets in bad.items():
                hangs_up(house, what, octets)
        many = join(request("OPTIONS", "alice", extra=[f"X: {i}" for i in range(255)]))
        with house.counted(sipstack_malformed=1):
            hangs_up(house, "more fields than may be", many)
        answers(house, "a body just small enough", join(request("OPTIONS", "alice", body="x" * 15000)), 401)


def content_length(bin_dir):
    """What a Content-Length can say so that two readers part."""
    with House(bin_dir) as house, house.bystander():
        second = join(request("OPTIONS", "mallory", call_id="smuggled")).decode()
        bad = ["Content-Length: -1", "Content-Length: +5", "Content-Length: 0x10", "Content-Length: 5 6", "Content-Length: 5, 5",
               "Content-Length: 99999999999999999999", "Content-Length: 18446744073709551616", "Content-Length: 4294967296",
               "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nl: 6", "l: 0\r\nContent-Length: 5",
               "Content-Length: 5\r\n 6", "Content-Length: five", "Content-Length:", "Content-Length: 5.0", "Content-Length: 5;a=b"]
        with house.counted(sipstack_malformed=len(bad)):
            for field in bad:
                hangs_up(house, field, lines(field) + "\r\n" + PLAIN + second)
        for what, field in {"the same twice": "Content-Length: 8\r\nl: 8", "blanks": "Content-Length \t:\r\n  8", "zeros": "l: 00008"}.items():
            answers(house, what, lines(field) + "\r\n" + PLAIN, 401)
        # A whole request inside a body is a body, and HTTP's chunks are nothing here.
        inside = lines(f"Content-Length: {len(second)}") + "\r\n" + second
        answers(house, "a request in a body", inside, 401)
        chunked = lines("Transfer-Encoding: chunked", f"Content-Length: {len(second)}") + "\r\n" + second
        answers(house, "chunks", chunked, 401)
        answers(house, "two at once", lines("Content-Length: 0") + "\r\n" + second, 401, 401)


def malformed(bin_dir):
    """No SIP: hung up on. SIP without what it must have: 400."""
    with House(bin_dir) as house, house.bystander():
        end = "Content-Length: 0\r\n\r\n"
        starts = ["", "OPTIONS", "OPTIONS sip:a@contoso.test", "OPTIONS  SIP/2.0", "OPTIONS sip:a@contoso.test SIP/3.0",
                  "OPTIONS sip:a@contoso.test  SIP/2.0", "OPTIONS sip:a@contoso.test HTTP/1.1", "GET / HTTP/1.1", "O(PTIONS sip:a SIP/2.0",
                  " OPTIONS sip:a@contoso.test SIP/2.0", "OPTIONS sip:a@contoso.test SIP/2.0 x", "SIP/2.0 99 OK", "SIP/2.0 1000 OK",
                  "SIP/2.0 -20 OK", "SIP/2.0", "OPTIONS sip:\0 SIP/2.0", "\x16\x03\x01\x02"]
        bad = {repr(s): lines(start=s or "x") + end for s in starts}
        head = lines()
        bad.update({
            "bare LF everywhere": (head + end).replace("\r\n", "\n"),
            "one bare LF": head + "Subject: a\nEvil: b\r\n" + end,
            "one bare CR": head + "Subject: a\rEvil: b\r\n" + end,
            "NUL in a value": head + "Subject: a\0b\r\n" + end,
            "NUL in a name": head + "Sub\0ject: a\r\n" + end,
            "no colon": head + "Subject\r\n" + end,
            "no name": head + ": x\r\n" + end,
            "a blank in a name": head + "Sub ject: x\r\n" + end,
            "a fold of the start line": head.replace("\r\n", "\r\n x\r\n", 1) + end,
            "escape": head + "Subject: \x1b[2J\r\n" + end,
        })
        with house.counted(sipstack_malformed=len(bad)):
            for what, octets in bad.items():
                hangs_up(house, what, octets)
        with house.counted(sipstack_malformed=20):
            for _ in range(20):
                hangs_up(house, "noise", b"X" + os.urandom(2000) + b"\n" + os.urandom(100))

        poor = {f"no {name}": lines(without=[name]) for name in ("From", "To", "Call-ID", "CSeq")}
        poor.update({
            "two From": lines("From: <sip:mallory@contoso.test>;tag=2"), "two Call-ID": lines("Call-ID: other"),
            "two CSeq": lines("CSeq: 2 OPTIONS"), "another method in CSeq": lines("CSeq: 1 MESSAGE", without=["CSeq"]),
            "a huge CSeq": lines("CSeq: 99999999999 OPTIONS", without=["CSeq"]),
            "a negative Max-Forwards": lines("Max-Forwards: -1", without=["Max-Forwards"]),
            "a From that is none": lines("From: <<>>;tag=1", without=["From"]),
            "a From of quotes": lines('From: "a <sip:alice@contoso.test>;tag=1', without=["From"]),
            "a From with two addresses": lines("From: <sip:alice@contoso.test>, <sip:bob@contoso.test>;tag=1", without=["From"]),
            "a wrong Request-URI": lines(start="OPTIONS alice SIP/2.0"),
        })
        with house.counted(sipstack_bad_requests=len(poor)):
            for what, octets in poor.items():
                answers(house, what, octets + end, 400)
        with house.counted(sipstack_bad_requests=2):
            answers(house, "no Via: nowhere to answer to", lines(without=["Via"]) + end)
            answers(house, "a poor ACK", lines("CSeq: 1 ACK", method="ACK", without=["CSeq", "To"]) + end)


CASES = [oversized, content_length, malformed]
