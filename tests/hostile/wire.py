"""SIP over a socket, as octets: nothing here stops a test from sending nonsense."""

import re
import select
import socket
import ssl
import time

LOOPBACK = "127.0.0.1"


class Closed(Exception):
    """The server closed the connection."""


def tls_context(ca=None):
    """Believes in whatever the server shows: the certificate is not what is tested."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Message:
    """A SIP message that came in."""

    def __init__(self, head, body):
        self.head = head.decode("utf-8", "replace")
        self.body = body
        self.lines = self.head.split("\r\n")
        self.start = self.lines[0]
        self.fields = []
        for line in self.lines[1:]:
            name, _, value = line.partition(":")
            self.fields.append((name.strip().lower(), value.strip()))

    @property
    def status(self):
        """0 of a request."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self):
        return "" if self.status else self.start.split(" ")[0]

    def all(self, name):
        return [value for key, value in self.fields if key == name.lower()]

    def value(self, name):
        return next(iter(self.all(name)), "")

    def __repr__(self):
        return f"<{self.start}>"


class Wire:
    """One connection. Reads whole messages; every wait has an end."""

    def __init__(self, port, tls=True, source=None, receive_buffer=None, context=None):
        raw = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            raw.bind((source, 0))
        raw.settimeout(30)
        raw.connect((LOOPBACK, port))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket = (context or tls_context()).wrap_socket(raw) if tls else raw
        except OSError:
            raw.close()
            raise
        self.tls = tls
        self.kept = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, octets):
        """Closed when the server has already hung up."""
        try:
            self.socket.sendall(octets if isinstance(octets, bytes) else octets.encode())
        except (ConnectionError, ssl.SSLError) as e:
            raise Closed(str(e)) from None

    def _more(self, end):
        if not (self.tls and self.socket.pending()):
            ready, _, _ = select.select([self.socket], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError("the server says nothing")
        try:
            got = self.socket.recv(65536)
        except ssl.SSLWantReadError:
            return
        except (ConnectionError, ssl.SSLError) as e:
            raise Closed(str(e)) from None
        if not got:
            raise Closed("end of stream")
        self.kept += got

    def read(self, patience=20):
        """The next message. TimeoutError when none comes, Closed when the connection is over."""
        end = time.monotonic() + patience
        while True:
            self.kept = self.kept.lstrip(b"\r\n")
            head, found, rest = self.kept.partition(b"\r\n\r\n")
            if found:
                length = re.search(rb"\r\n(?:content-length|l)\s*:\s*(\d+)", head, re.I)
                size = int(length[1]) if length else 0
                if len(rest) >= size:
                    self.kept = rest[size:]
                    return Message(head, rest[:size])
            self._more(end)

    def wait_closed(self, patience=20):
        """Seconds until the server hung up, and the messages that came before."""
        began = time.monotonic()
        got = []
        while True:
            try:
                got.append(self.read(began + patience - time.monotonic()))
            except Closed:
                return time.monotonic() - began, got
