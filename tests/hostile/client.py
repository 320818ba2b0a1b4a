"""A user's client that signs in by [MS-SIPAE] and signs what it sends."""

import base64
import itertools
import os
import re

from ntlm import authenticate
from wire import Wire

DOMAIN = "contoso.test"
REALM = "SIP Communications Service"
_numbers = itertools.count(1)


def request(method, user, to=None, uri=None, cseq=1, call_id=None, from_tag="ft", extra=(), body="", epid="", sender=None):
    """A request as list of lines; join() makes its octets."""
    number = next(_numbers)
    me = f"sip:{user}@{DOMAIN}"
    to = to or me
    lines = [f"{method} {uri or to} SIP/2.0",
             f"Via: SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK{number}x{os.getpid()}",
             "Max-Forwards: 70",
             f"From: {sender or f'<{me}>'};tag={from_tag}" + (f";epid={epid}" if epid else ""),
             f"To: <{to}>",
             f"Call-ID: {call_id or f'c{number}x{os.getpid()}'}",
             f"CSeq: {cseq} {method}",
             *extra]
    return lines, body


def join(made):
    lines, body = made
    octets = body if isinstance(body, bytes) else body.encode()
    return "\r\n".join([*lines, f"Content-Length: {len(octets)}", "", ""]).encode() + octets


def parameter(field, name):
    found = re.search(rf'\b{name}="([^"]*)"', field)
    return found[1] if found else ""


class Client:
    def __init__(self, port, user, password, tls=True, source=None, receive_buffer=None, epid=None):
        self.wire = Wire(port, tls=tls, source=source, receive_buffer=receive_buffer)
        self.user, self.password = user, password
        self.epid = epid or os.urandom(5).hex()
        self.register_id = f"reg{next(_numbers)}x{os.getpid()}"
        self.cseq = 0
        self.cnum = 0
        self.keys = self.opaque = None
        self.targetname = f"sip.{DOMAIN}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    @property
    def address(self):
        return f"sip:{self.user}@{DOMAIN}"

    def registration(self):
        self.cseq += 1
        contact = f'<sip:127.0.0.1:5061;transport=tls;ms-opaque=x>;methods="INVITE, MESSAGE, OPTIONS";proxy=replace'
        return request("REGISTER", self.user, uri=f"sip:{DOMAIN}", to=self.address, cseq=self.cseq, call_id=self.register_id,
                       extra=[f"Contact: {contact}", "Event: registration", "Supported: gruu-10"], epid=self.epid)

    def field(self, *more):
        """An Authorization field."""
        own = ['qop="auth"', f'realm="{REALM}"', f'targetname="{self.targetname}"', *more]
        return "Authorization: NTLM " + ", ".join(own)

    def ask(self, lines, body=""):
        self.wire.send(join((lines, body)))
        return self.final()

    def final(self, patience=30):
        while True:
            m = self.wire.read(patience)
            if m.status >= 200:
                return m

    def begin(self):
        """The first two legs: the server's answer with its NTLM challenge."""
        lines, _ = self.registration()
        first = self.ask(lines)
        assert first.status == 401, first.head
        lines, _ = self.registration()
        return self.ask([*lines, self.field('gssapi-data=""', "version=4")])

    def prove(self, second, login=None, password=None):
        """The third leg's answer; 200 when the password is right."""
        challenge = second.value("www-authenticate")
        self.opaque = parameter(challenge, "opaque")
        token, self.keys = authenticate(base64.b64decode(parameter(challenge, "gssapi-data")),
                                        login or f"{self.user}@{DOMAIN}", "", password or self.password)
        lines, _ = self.registration()
        return self.ask(self.signed(lines, f'gssapi-data="{base64.b64encode(token).decode()}"'))

    def attempt(self, password=None):
        return self.prove(self.begin(), password=password)

    def sign_in(self):
        answer = self.attempt()
        assert answer.status == 200, answer.head
        return self

    def signed(self, lines, *more, status=None):
        """Those lines with a signature. The buffer: digest MS-SIPAE 3.5, version 4."""
        self.cnum += 1
        crand = os.urandom(4).hex()

        def value(name):
            return next((line.partition(":")[2].strip() for line in lines if line.lower().startswith(name + ":")), "")

        def party(name):
            text = value(name)
            tag = re.search(r";tag=([^;]*)", text)
            return text.partition("<")[2].partition(">")[0], tag[1] if tag else ""

        number, method = value("cseq").split()
        from_uri, from_tag = party("from")
        to_uri, to_tag = party("to")
        buffer = ["NTLM", crand, str(self.cnum), REALM, self.targetname, value("call-id"), number, method,
                  from_uri, from_tag, to_uri, to_tag, party("p-preferred-identity")[0], "", value("expires")]
        if status is not None:
            buffer.append(str(status))
        signature = self.keys.sign("".join(f"<{x}>" for x in buffer).encode())
        return [*lines, self.field(f'opaque="{self.opaque}"', "version=4", *more, f'crand="{crand}"', f'cnum="{self.cnum}"',
                                   f'response="{signature}"')]

    def made(self, method, to, extra=(), body="", sender=None, uri=None):
        """The octets of a signed request."""
        self.cseq += 1
        lines, body = request(method, self.user, to=to, uri=uri, cseq=self.cseq, extra=extra, body=body, epid=self.epid, sender=sender)
        return join((self.signed(lines), body))

    def message(self, to, text="hello", **how):
        return self.made("MESSAGE", to, extra=["Content-Type: text/plain", *how.pop("extra", ())], body=text, **how)

    def refresh(self):
        """One round trip that reaches the registrar."""
        lines, _ = self.registration()
        return self.ask(self.signed(lines))

    def answer(self, m, status=200):
        """Answers a request that came in, signed."""
        lines = [f"SIP/2.0 {status} OK", *(f"Via: {v}" for v in m.all("via")), f"From: {m.value('from')}",
                 f"To: {m.value('to')}" + ("" if ";tag=" in m.value("to") else ";tag=tt"), f"Call-ID: {m.value('call-id')}",
                 f"CSeq: {m.value('cseq')}"]
        self.wire.send(join((self.signed(lines, status=status), "")))
