"""A SIP client that can do what it should not: sockets, messages, NTLM sign-in and signatures of [MS-SIPAE]."""

import base64
import os
import re
import select
import socket
import ssl
import time
import uuid

import ntlm

PASSWORD = "Wonderland-1"
DOMAIN = "contoso.test"


class Closed(Exception):
    """The server has ended the connection."""


def tls_context(version=None, session_tickets=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version is not None:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    return context


class Message:
    """One message as it came."""

    def __init__(self, octets):
        head, _, self.body = octets.partition(b"\r\n\r\n")
        self.octets = octets
        self.start, *lines = head.decode("utf-8", "replace").split("\r\n")
        self.fields = [(n.strip().lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines)]
        self.status = int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0
        self.method = "" if self.status else self.start.split()[0]

    def get(self, name, default=""):
        return next((v for n, v in self.fields if n == name), default)

    def all(self, name):
        return [v for n, v in self.fields if n == name]

    def __str__(self):
        return self.start


class Wire:
    """A connection, and what is cut into messages."""

    def __init__(self, port, tls=True, context=None, receive_buffer=None, timeout=30, source=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = (context or tls_context()).wrap_socket(self.socket)
        self.unread = b""

    def send(self, octets):
        try:
            self.socket.sendall(octets if isinstance(octets, bytes) else octets.encode())
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError) as e:
            raise Closed(str(e)) from None

    def _more(self, until):
        left = until - time.monotonic()
        if left <= 0:
            return False
        self.socket.settimeout(left)
        try:
            octets = self.socket.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            return False
        except (ConnectionResetError, ssl.SSLError) as e:
            raise Closed(str(e)) from None
        if not octets:
            raise Closed("by the server")
        self.unread += octets
        return True

    def read(self, seconds=15):
        """The next message; None when none comes."""
        until = time.monotonic() + seconds
        while True:
            end = self.unread.find(b"\r\n\r\n")
            if end >= 0:
                length = re.search(rb"\r\ncontent-length[ \t]*:[ \t]*(\d+)", self.unread[:end], re.I)
                size = end + 4 + (int(length[1]) if length else 0)
                if len(self.unread) >= size:
                    whole, self.unread = self.unread[:size], self.unread[size:]
                    return Message(whole)
            if not self._more(until):
                return None

    def is_closed(self, seconds=10):
        """Whether the server closes the connection within that time; what comes before is thrown away."""
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                if not self._more(until):
                    return False
                self.unread = b""
        except Closed:
            return True
        return False

    def close(self):
        self.socket.close()


def quoted(field, name):
    found = re.search(rf'\b{name}="([^"]*)"', field)
    return found[1] if found else ""


def uri_of(value):
    value = re.sub(r'"(?:[^"\\]|\\.)*"', "", value)  # a display name may hold anything
    found = re.search(r"<([^>]*)>", value)
    return found[1] if found else value.partition(";")[0].strip()


def tag_of(value):
    found = re.search(r";tag=([^;,\s]*)", value)
    return found[1] if found else ""


def text_of(start, fields, body=b""):
    lines = [start] + [f"{n}: {v}" for n, v in fields if n != "Content-Length"]
    length = next((v for n, v in fields if n == "Content-Length"), str(len(body)))
    return "\r\n".join(lines + [f"Content-Length: {length}", "", ""]).encode() + body


class Client:
    """One endpoint of a user. What it sends can be changed at every step."""

    def __init__(self, port, name, password=PASSWORD, wire=None, epid=None, **how):
        self.name, self.password, self.port = name, password, port
        self.aor = f"sip:{name}@{DOMAIN}"
        self.epid = epid or os.urandom(6).hex()
        self.wire = wire or Wire(port, **how)
        self.opaque = self.realm = self.target = ""
        self.keys = None
        self.number = self.cseq = 0
        self.call = uuid.uuid4().hex
        self.contact = f"<sip:127.0.0.1:5061;transport=tls>"

    # building

    def fields(self, method, uri, to=None, call=None, cseq=1, tag=None, from_uri=None):
        return [("Via", f"SIP/2.0/TLS 127.0.0.1:5061;branch=z9hG4bK{os.urandom(8).hex()}"),
                ("Max-Forwards", "70"),
                ("From", f"<{from_uri or self.aor}>;tag={tag or os.urandom(4).hex()};epid={self.epid}"),
                ("To", to or f"<{uri}>"),
                ("Call-ID", call or uuid.uuid4().hex),
                ("CSeq", f"{cseq} {method}"),
                ("Contact", self.contact + ";proxy=replace")]

    def request(self, method, uri=f"sip:{DOMAIN}", fields=None, more=(), body=b"", **how):
        """Octets, signed if there are keys."""
        fields = list(fields or self.fields(method, uri, **how)) + list(more)
        return text_of(f"{method} {uri} SIP/2.0", self.signed(fields) if self.keys else fields, body)

    def answer(self, request, status, more=(), reason="Said So"):
        fields = [(n.title(), v) for n, v in request.fields if n in ("via", "from", "call-id", "cseq")]
        to = request.get("to")
        fields += [("To", to if tag_of(to) else to + ";tag=" + self.epid)] + list(more)
        return text_of(f"SIP/2.0 {status} {reason}", self.signed(fields, status))

    def signature(self, fields, rand, number, status=None):
        value = {n.lower(): v for n, v in fields}
        cseq = value["cseq"].split()
        claimed = value.get("p-asserted-identity") or value.get("p-preferred-identity", "")
        sip, tel = (next(iter(re.findall(rf"<({kind}:[^>]*)>", claimed)), "") for kind in ("sips?", "tel"))
        parts = ["NTLM", rand, str(number), self.realm, self.target, value["call-id"], cseq[0], cseq[1],
                 uri_of(value["from"]), tag_of(value["from"]), uri_of(value["to"]), tag_of(value["to"]),
                 sip, tel, value.get("expires", "")]
        if status is not None:
            parts.append(str(status))
        return self.keys.client.sign("".join(f"<{p}>" for p in parts).encode())

    def authorization(self, fields, status=None, number=None):
        self.number += 1
        number = self.number if number is None else number
        rand = os.urandom(4).hex()
        response = self.signature(fields, rand, number, status)
        return (f'NTLM qop="auth", realm="{self.realm}", opaque="{self.opaque}", targetname="{self.target}", '
                f'crand="{rand}", cnum="{number}", response="{response}"')

    def signed(self, fields, status=None):
        return fields + [("Authorization", self.authorization(fields, status))]

    # signing in

    def register_fields(self, expires=None):
        self.cseq += 1
        fields = self.fields("REGISTER", f"sip:{DOMAIN}", to=f"<{self.aor}>", call=self.call, cseq=self.cseq)
        instance = uuid.uuid5(uuid.NAMESPACE_URL, self.epid)
        fields[-1] = ("Contact", f'{self.contact};proxy=replace;+sip.instance="<urn:uuid:{instance}>"')
        return fields + ([("Expires", str(expires))] if expires is not None else [])

    def ask_challenge(self):
        """The first two legs. The second 401 as it came."""
        self.keys = None
        self.wire.send(text_of(f"REGISTER sip:{DOMAIN} SIP/2.0", self.register_fields_without_instance()))
        first = self.expect(401).get("www-authenticate")
        self.realm, self.target = quoted(first, "realm"), quoted(first, "targetname")
        empty = f'NTLM qop="auth", realm="{self.realm}", targetname="{self.target}", gssapi-data="", version=4'
        self.wire.send(text_of(f"REGISTER sip:{DOMAIN} SIP/2.0",
                               self.register_fields_without_instance() + [("Authorization", empty)]))
        return self.expect(401).get("www-authenticate")

    def register_fields_without_instance(self):
        """The server makes the instance from the epid."""
        fields = self.register_fields()
        return fields[:-1] + [("Contact", self.contact + ";proxy=replace")]

    def answer_challenge(self, field, user=None, **how):
        """Octets of the third leg."""
        self.opaque = quoted(field, "opaque")
        self.keys = ntlm.Answer(base64.b64decode(quoted(field, "gssapi-data")), self.name if user is None else user, self.password, **how)
        self.number = 0
        fields = self.register_fields_without_instance()
        data = base64.b64encode(self.keys.message).decode()
        proof = self.authorization(fields) + f', gssapi-data="{data}", version=4'
        return text_of(f"REGISTER sip:{DOMAIN} SIP/2.0", fields + [("Authorization", proof)])

    def try_sign_in(self):
        """The answer to the third leg."""
        self.wire.send(self.answer_challenge(self.ask_challenge()))
        return self.wire.read()

    def sign_in(self):
        answer = self.try_sign_in()
        assert answer is not None and answer.status == 200, f"{self.name} cannot sign in: {answer}"
        return self

    # talking

    def send(self, method, uri=f"sip:{DOMAIN}", **how):
        self.wire.send(self.request(method, uri, **how))

    def expect(self, status_or_method, seconds=15):
        m = self.wire.read(seconds)
        while m is not None and m.status and m.status < 200 and m.status != status_or_method:
            m = self.wire.read(seconds)
        assert m is not None, f"{self.name} heard nothing instead of {status_or_method}"
        assert status_or_method in (m.status, m.method), f"{self.name} heard {m} instead of {status_or_method}"
        return m

    def expect_final(self, seconds=15):
        m = self.wire.read(seconds)
        while m is not None and 0 < m.status < 200:
            m = self.wire.read(seconds)
        assert m is not None and m.status, f"{self.name} heard {m} instead of an answer"
        return m

    def ask(self, method, status, uri=f"sip:{DOMAIN}", **how):
        self.send(method, uri, **how)
        return self.expect(status)

    def hears_nothing(self, seconds=0.3):
        m = self.wire.read(seconds)
        assert m is None, f"{self.name} heard {m}"

    def close(self):
        self.wire.close()


def is_readable(sock, seconds):
    return bool(select.select([sock], [], [], seconds)[0])
