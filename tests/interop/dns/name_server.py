"""A name server: a table of records, over UDP and TCP on loopback. RFC 1035, RFC 2782, RFC 3403."""

import ipaddress
import socket
import struct
import threading

ADDRESS = ("127.0.0.1", 5300)
A, AAAA, SRV, NAPTR = 1, 28, 33, 35
_UDP_LIMIT = 512
_TTL = 60


def _name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def _read_name(packet, at):
    labels = []
    while packet[at]:
        length = packet[at]
        labels.append(packet[at + 1:at + 1 + length].decode())
        at += 1 + length
    return ".".join(labels).lower(), at + 1


class NameServer:
    """Answers from `add_srv` and `add_host`; what is not there does not exist. Keeps what it was asked."""

    def __init__(self):
        self.asked = []
        self.over_tcp = 0
        self.silent = False
        self._table = {}
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(ADDRESS)
        self._tcp = socket.create_server(ADDRESS)
        for work in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=work, daemon=True).start()

    def add_srv(self, name, priority, weight, port, target):
        self._add(name, SRV, struct.pack("!HHH", priority, weight, port) + _name(target))

    def add_naptr(self, name, order, preference, service, replacement):
        texts = b"".join(bytes([len(text)]) + text.encode() for text in ("s", service, ""))
        self._add(name, NAPTR, struct.pack("!HH", order, preference) + texts + _name(replacement))

    def add_host(self, name, address):
        address = ipaddress.ip_address(address)
        self._add(name, A if address.version == 4 else AAAA, address.packed)

    def _add(self, name, kind, data):
        self._table.setdefault((name, kind), []).append(data)

    def _answer(self, packet, limit):
        number, = struct.unpack_from("!H", packet)
        name, end = _read_name(packet, 12)
        kind, = struct.unpack_from("!H", packet, end)
        question = packet[12:end + 4]
        self.asked.append((name, kind))
        found = self._table.get((name, kind), [])
        known = any(other == name for other, _ in self._table)
        body = question
        for data in found:
            body += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, _TTL, len(data)) + data
        flags = 0x8580 | (0 if known else 3)
        if len(body) + 12 > limit:
            return struct.pack("!6H", number, flags | 0x0200, 1, 0, 0, 0) + question
        return struct.pack("!6H", number, flags, 1, len(found), 0, 0) + body

    def _serve_udp(self):
        while True:
            packet, peer = self._udp.recvfrom(4096)
            answer = self._answer(packet, _UDP_LIMIT)
            if not self.silent:
                self._udp.sendto(answer, peer)

    def _serve_tcp(self):
        while True:
            connection, _ = self._tcp.accept()
            with connection, connection.makefile("rb") as stream:
                while len(head := stream.read(2)) == 2:
                    self.over_tcp += 1
                    answer = self._answer(stream.read(int.from_bytes(head, "big")), 65535)
                    connection.sendall(struct.pack("!H", len(answer)) + answer)
