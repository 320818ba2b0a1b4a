"""Little that wants to become much: documents that unfold, messages that never end, bodies that are messages."""

import pathlib
import re
import time

from client import DOMAIN, Closed

from .case import case

SOAP = "application/SOAP+xml"
PUBLISH = "application/msrtc-category-publish+xml"
ENVELOPE = ('<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
            '<m:addGroup xmlns:m="http://schemas.microsoft.com/winrtc/2002/11/sip"><m:name>{}</m:name>'
            '<m:externalURI/><m:deltaNum>0</m:deltaNum></m:addGroup></e:Body></e:Envelope>')


def memory_of(target):
    """Octets that the server holds."""
    status = pathlib.Path(f"/proc/{target.server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def laughs(levels=9, width=10):
    """Each entity is ten of the one before."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * width}">' for n in range(1, levels + 1))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>' + ENVELOPE.format(f"&l{levels};")


@case
def documents_that_unfold(target):
    """Entities and depth: refused at once, and nothing outside of the document is looked at."""
    secret = target.server.data / "lyceum.toml"
    outside = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]>'
    documents = {
        "a billion laughs": laughs(),
        "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"a" * 20000}">]>' + ENVELOPE.format("&a;" * 5000),
        "a file": outside + ENVELOPE.format("&s;"),
        "a file as parameter": f'<!DOCTYPE x [<!ENTITY % s SYSTEM "file://{secret}"> %s;]>' + ENVELOPE.format("g"),
        "a document type of elsewhere": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + ENVELOPE.format("g"),
        "an entity of itself": '<!DOCTYPE x [<!ENTITY a "&a;">]>' + ENVELOPE.format("&a;"),
        "inclusion": ENVELOPE.format(f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'),
        "deep": ENVELOPE.format("<a>" * 8000 + "</a>" * 8000),
        "deep and open": "<a>" * 20000,
        "wide": ENVELOPE.format("<a/>" * 15000),
        "attributes": "<a " + " ".join(f'b{n}=""' for n in range(7000)) + "/>",
        "namespaces": "".join(f'<a xmlns:n{n}="n{n}">' for n in range(60)) + "<x/>" * 5000 + "</a>" * 60,
        "another encoding": '<?xml version="1.0" encoding="UTF-7"?>' + ENVELOPE.format("+ADw-"),
    }
    mallory = target.client("mallory").sign_in()
    before = memory_of(target)
    for name, document in documents.items():
        body = document.encode()
        assert len(body) < 65000, f"{name}: {len(body)}"
        for kind in (SOAP, PUBLISH):
            began = time.monotonic()
            mallory.send("SERVICE", mallory.aor, more=[("Content-Type", kind)], body=body)
            answer = mallory.expect_final()
            took = time.monotonic() - began
            # An inclusion is an element like any other: it is not what a name is made of.
            assert 400 <= answer.status < 600 or name == "inclusion", f"{name}, {kind}: {answer}"
            assert b"listen" not in answer.body and b"sealing" not in answer.octets, f"{name}: what is in the file went out"
            assert took < 2, f"{name}, {kind}: {took:.2f} s"
        mallory.send("SUBSCRIBE", mallory.aor, body=body,
                     more=[("Event", "vnd-microsoft-roaming-self"), ("Content-Type", "application/vnd-microsoft-roaming-self+xml")])
        assert mallory.expect_final().status >= 400, name
    grown = memory_of(target) - before
    assert grown < 64 << 20, f"{grown >> 20} MiB stay"
    kept = str(target.server.contacts("mallory"))
    assert "lollol" not in kept and "sealing" not in kept, kept
    mallory.close()


@case(**{"sip.sign_in_patience": "20 s", "sip.max_per_address": 1000})
def halves_of_messages(target):
    """Those who begin a message and do not go on: what is kept of each is bounded, and given back."""
    head = f"OPTIONS sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK1\r\n"
    wires = [target.wire() for _ in range(400)]
    before = memory_of(target)
    refused = 0
    for wire in wires:
        try:
            wire.send(head + "Content-Length: 60000\r\n\r\n" + "x" * 59000)
        except Closed:
            refused += 1
    time.sleep(1)
    grown = memory_of(target) - before
    print(f"400 halves of 59,000 octets: {grown >> 10} KiB more, {refused} refused at once")
    # 32 KiB may be kept for one who has proven nothing; 59,000 would be 23 MB.
    assert grown < 400 * 40 * 1024, f"{grown >> 10} KiB for 400 halves"
    for wire in wires:
        assert wire.is_closed(30)
        wire.close()
    target.server.wait_for_counts(10, connections=1)  # the bystander's


@case
def messages_in_bodies(target):
    """What is relayed ends where it says, whatever its body looks like, however it is cut into segments."""
    alice, bob = target.client("alice").sign_in(), target.client("bob").sign_in()
    inner = alice.request("MESSAGE", bob.aor, body=b"smuggled")
    bodies = [inner, b"\r\n\r\n" + inner, inner * 3, inner[:-1], b"SIP/2.0 200 OK\r\n\r\n", b"\0" * 100, b"\r\n" * 100]
    for at, body in enumerate(bodies):
        octets = alice.request("MESSAGE", bob.aor, more=[("Content-Type", "text/plain")], body=body)
        head = octets.index(b"\r\n\r\n") + 4
        for cut in ((), (head,), (head - 2,), (head + 1,), (1, head - 1, head, len(octets) - 1)):
            if cut:  # each has a number of its own
                octets = alice.request("MESSAGE", bob.aor, more=[("Content-Type", "text/plain")], body=body)
            last = 0
            for end in (*sorted(min(c, len(octets)) for c in cut), len(octets)):
                alice.wire.send(octets[last:end])
                last = end
                time.sleep(0.01)
            heard = bob.expect("MESSAGE")
            assert heard.body == body, f"body {at}, cut at {cut}: {heard.body[:80]}"
            bob.wire.send(bob.answer(heard, 200))
            alice.expect(200)
    bob.hears_nothing()
    alice.hears_nothing()
    # Two lengths in what is signed, too: no reader gets to choose.
    for lengths in ((("Content-Length", "5"), ("l", "0")), (("l", "5"), ("Content-Length", "6"))):
        mallory = target.client("mallory").sign_in()
        fields = mallory.signed(mallory.fields("MESSAGE", bob.aor))
        lines = [f"MESSAGE {bob.aor} SIP/2.0"] + [f"{n}: {v}" for n, v in (*fields, *lengths)]
        mallory.wire.send("\r\n".join(lines) + "\r\n\r\nhello")
        assert mallory.wire.is_closed(5), f"{lengths}: the connection stays"
        mallory.close()
    bob.hears_nothing()


@case(**{"sip.max_header": "64 KiB"})
def a_route_of_thousands(target):
    """Routes that are ours come off one after the other: they cost what one pass over them costs, not its square."""
    mallory, bob = target.client("mallory").sign_in(), target.client("bob").sign_in()
    route = ",".join(["sip:sip.contoso.test"] * 2900)
    before = memory_of(target)
    for _ in range(5):
        began = time.monotonic()
        mallory.send("MESSAGE", bob.aor, more=[("Route", route)], body=b"hello")
        heard = bob.expect("MESSAGE")
        took = time.monotonic() - began
        assert took < 2, f"{took:.2f} s"
        assert heard.get("route") == ""
        bob.wire.send(bob.answer(heard, 200))
        mallory.expect(200)
    grown = memory_of(target) - before
    assert grown < 32 << 20, f"{grown >> 10} KiB for a route"
    mallory.close()
    bob.close()
