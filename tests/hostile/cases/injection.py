"""Texts that want to be more than a text in somebody else's message."""

import re

from client import DOMAIN, Closed, text_of

from .case import case

QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
FOLDED = ["x%0d%0aX-Evil: 1", "x\\r\\nX-Evil: 1", "x\r\n X-Evil: 1", "x\r\n\tX-Evil: 1", "x\r\n  \r\n X-Evil: 1",
          "x\u2028X-Evil: 1", "x\u0085X-Evil: 1", "x\\\r\n X-Evil: 1"]
RAW = ["x\nX-Evil: 1", "x\rX-Evil: 1", "x\0X-Evil: 1", "x\\\nX-Evil: 1", "x\\\rX-Evil: 1"]


def expect_clean(m, what):
    """No line of it is the attacker's, and there is one length."""
    head = m.octets.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"[\r\n\0][ \t]*x-evil", head, re.I), f"{what!r}: {head}"
    assert not re.search(rb"[\r\n\0]", head.replace(b"\r\n", b"")), f"{what!r}: {head}"
    assert len(m.all("content-length")) == 1, f"{what!r}: {head}"


def places(client, text):
    """A request's fields with that text where a response repeats it."""
    for name, value in [("From", f'"{text}" <sip:alice@{DOMAIN}>;tag=1'), ("From", f'<sip:alice@{DOMAIN}>;tag=1;x="{text}"'),
                        ("To", f'"{text}" <sip:bob@{DOMAIN}>'), ("Via", f'SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK7;x="{text}"')]:
        yield [(n, value if n == name else v) for n, v in client.fields("OPTIONS", f"sip:{DOMAIN}")]


@case
def what_responses_repeat(target):
    """Response splitting: before anybody has proven anything."""
    nobody = target.client("alice")
    for text in FOLDED:
        for fields in places(nobody, text):
            nobody.wire.send(text_of(f"OPTIONS sip:{DOMAIN} SIP/2.0", fields))
            answer = nobody.wire.read()
            assert answer is not None and answer.status in (400, 401), f"{text!r}: {answer}"
            expect_clean(answer, text)
    target.note()
    for text in RAW:
        for fields in places(nobody, text):
            wire = target.wire()
            wire.send(text_of(f"OPTIONS sip:{DOMAIN} SIP/2.0", fields))
            assert wire.is_closed(), f"{text!r}: the connection stays"
            assert wire.unread == b"", f"{text!r}: answered"
            wire.close()
    target.expect_count("sipstack_malformed_total", 4 * len(RAW))


@case
def names_of_people(target):
    """What an administrator called them is one display name at the others'."""
    bob = target.client("bob").sign_in()
    names = ['Eve" <sip:alice@contoso.test>;x="', "Eve\\", 'Eve\\"', "Eve <sip:alice@contoso.test>, <sip:x@y.test>",
             "Eve\r\nX-Evil: 1", "Eve\nX-Evil: 1", "Eve\rX-Evil: 1", "Eve\x01\x7f", "\u202eevE"]
    for at, display in enumerate(names):
        login = f"eve{at}"
        try:
            target.server.admin("user", "add", f"sip:{login}@{DOMAIN}", "--display-name", display, "--password-stdin",
                                stdin=bob.password + "\n")
        except AssertionError:  # the command refuses
            assert re.search(r"[\x00-\x1f\x7f]", display), f"{display!r} is refused"
            continue
        eve = target.client(login).sign_in()
        eve.send("MESSAGE", bob.aor)
        heard = bob.expect("MESSAGE")
        expect_clean(heard, display)
        (identity,) = heard.all("p-asserted-identity")
        assert QUOTED.sub("", identity).strip() == f"<{eve.aor}>", f"{display!r}: {identity}"
        bob.wire.send(bob.answer(heard, 200))
        eve.expect(200)
        eve.close()
    bob.close()


@case
def names_in_requests(target):
    """What a user calls herself, too; the address stays hers."""
    bob, mallory = target.client("bob").sign_in(), target.client("mallory").sign_in()
    for text in FOLDED + ['x\\" <sip:alice@contoso.test>', "<sip:alice@contoso.test>", "x\\\\", "alice@contoso.test", "\u202eä"]:
        fields = [(n, f'"{text}" <{mallory.aor}>;tag=1;epid={mallory.epid}' if n == "From" else v)
                  for n, v in mallory.fields("MESSAGE", bob.aor)]
        mallory.wire.send(mallory.request("MESSAGE", bob.aor, fields=fields, more=[("Subject", text)]))
        heard = bob.expect("MESSAGE")
        expect_clean(heard, text)
        assert QUOTED.sub("", heard.get("from")).strip().startswith(f"<{mallory.aor}>;"), heard.get("from")
        assert heard.all("p-asserted-identity") == [f'"Mallory"<{mallory.aor}>'], heard.all("p-asserted-identity")
        bob.wire.send(bob.answer(heard, 200))
        mallory.expect(200)
    bob.close()
    mallory.close()


@case
def escapes_in_addresses(target):
    """They stay escapes: what is read of them is no line, and no other user."""
    bob, mallory = target.client("bob").sign_in(), target.client("mallory").sign_in()
    for uri in ("sip:bob%0d%0aX-Evil%3a1@contoso.test", "sip:bob%00@contoso.test", "sip:bob@contoso.test%0d%0a", "sip:%0d%0a@contoso.test",
                "sip:bob%40contoso.test@contoso.test", "sip:bob@contoso.test.", "sip:bob@contoso.test%00.evil.test"):
        mallory.send("MESSAGE", uri)
        answer = mallory.expect_final(15)
        expect_clean(answer, uri)
        assert 400 <= answer.status < 600, f"{uri}: {answer}"
    bob.hears_nothing()
    for uri in ("sip:bob@contoso.test?X-Evil=1%0d%0aX-Evil:%202", "sip:bob@contoso.test;x=%0d%0aX-Evil:%201"):
        mallory.send("MESSAGE", uri)
        heard = bob.wire.read(1)  # refusing is as good as passing on
        if heard is not None:
            expect_clean(heard, uri)
            bob.wire.send(bob.answer(heard, 200))
        expect_clean(mallory.expect_final(), uri)
    bob.close()
    mallory.close()


@case
def what_follows_nonsense(target):
    """Once it was no SIP, nothing more of the connection is taken: not what came with it, not what comes after."""
    good = text_of(f"OPTIONS sip:{DOMAIN} SIP/2.0", target.client("alice").fields("OPTIONS", f"sip:{DOMAIN}"))
    nonsense = [b"GET / HTTP/1.1\r\n\r\n", b"OPTIONS sip:a SIP/2.0\r\nno colon\r\n\r\n", b"OPTIONS sip:a SIP/2.0\nX: a\n\n",
                b"OPTIONS sip:a SIP/2.0\r\nContent-Length: x\r\n\r\n"]
    target.note()
    for bad in nonsense:
        wire = target.wire()
        wire.send(bad + good * 3)
        answers = []
        try:
            while (m := wire.read(5)) is not None:
                answers.append(m)
            raise AssertionError(f"{bad}: the connection stays")
        except Closed:
            pass
        assert not answers, f"{bad}: {answers[0]} to what came after it"
        wire.close()
    target.expect_count("sipstack_malformed_total", len(nonsense))
    assert target.counted("sipstack_challenged_total") == 0, "what came after it was looked at"
