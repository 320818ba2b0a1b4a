"""The least of SIP: gateways that answer, and a caller over UDP."""

import re
import socket
import threading
import time

ADDRESS = "127.0.0.1"


def _headers(message):
    return [line for line in message.split("\r\n\r\n")[0].split("\r\n")[1:]]


def response(request, status):
    kept = [line for line in _headers(request) if re.match(r"(?i)(via|from|to|call-id|cseq|record-route):", line)]
    kept = [line + ";tag=there" if line.lower().startswith("to:") and "tag=" not in line else line for line in kept]
    return "\r\n".join([f"SIP/2.0 {status} Said", *kept, "Content-Length: 0", "", ""])


class Gateway:
    """Answers every request but ACK with one status. `heard` are the methods."""

    def __init__(self, port, status=200, transport="tcp"):
        self.heard = []
        self.status = status
        if transport == "tcp":
            self._socket = socket.create_server((ADDRESS, port))
            threading.Thread(target=self._accept, daemon=True).start()
        else:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind((ADDRESS, port))
            threading.Thread(target=self._datagrams, daemon=True).start()

    def _take(self, request, send):
        method = request.split(" ", 1)[0]
        self.heard.append(method)
        if method != "ACK":
            send(response(request, self.status).encode())

    def _accept(self):
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._stream, args=(connection,), daemon=True).start()

    def _stream(self, connection):
        buffered = ""
        while octets := connection.recv(65536):
            buffered += octets.decode()
            while "\r\n\r\n" in buffered:  # no bodies here
                head, _, buffered = buffered.partition("\r\n\r\n")
                self._take(head.lstrip() + "\r\n\r\n", connection.sendall)

    def _datagrams(self):
        while True:
            octets, peer = self._socket.recvfrom(65536)
            self._take(octets.decode(), lambda answer, to=peer: self._socket.sendto(answer, to))


class Caller:
    """A trusted peer. Sends from one socket; another one may be named in Via to answer to."""

    def __init__(self, server_port):
        self._server = (ADDRESS, server_port)
        self._from = self._udp()
        self._number = 0

    @staticmethod
    def _udp():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((ADDRESS, 0))
        return s

    def ask(self, method, uri, patience=10, sent_by=None, rport=True):
        """The final response as text. sent_by: a socket whose port stands in Via; it is read from then on."""
        listening = self._from if sent_by is None or rport else sent_by
        port = (sent_by or self._from).getsockname()[1]
        self._number += 1
        via = f"SIP/2.0/UDP {ADDRESS}:{port};branch=z9hG4bK{id(self)}{self._number}" + (";rport" if rport else "")
        request = "\r\n".join([
            f"{method} {uri} SIP/2.0", f"Via: {via}", "Max-Forwards: 70", "From: <sip:caller@elsewhere.test>;tag=1",
            f"To: <{uri}>", f"Call-ID: {id(self)}-{self._number}", f"CSeq: 1 {method}",
            f"Contact: <sip:caller@{ADDRESS}:{port}>", "Content-Length: 0", "", ""])
        self._from.sendto(request.encode(), self._server)
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            listening.settimeout(left)
            try:
                answer = listening.recv(65536).decode()
            except TimeoutError:
                break
            ours = f"Call-ID: {id(self)}-{self._number}\r\n"
            if ours in answer and not answer.startswith("SIP/2.0 1"):
                return answer
        raise AssertionError(f"no final response to {method} {uri} in {patience} s")

    def other_socket(self):
        return self._udp()


def status(answer):
    return int(answer.split(" ")[1])


def diagnosis(answer):
    """The number in ms-diagnostics-public, which is what a peer outside gets; 0 when there is none."""
    found = re.search(r"(?im)^ms-diagnostics-public: *(\d+)", answer)
    return int(found[1]) if found else 0
