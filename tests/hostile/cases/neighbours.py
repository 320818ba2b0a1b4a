"""Those who are on the same machine, and no administrators."""

import json
import os
import socket
import stat
import subprocess
import sys

from .case import case

NOBODY = 65534


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@case
def files_of_the_house(target):
    """Keys, store and socket are their owner's alone; logs may be read by the group."""
    data = target.server.data
    keys = [p for p in data.rglob("*") if p.is_file() and (p.suffix == ".key" or "seal" in p.name or ".db" in p.name)]
    assert len(keys) >= 4, keys
    for path in [*keys, data / "run" / "admin.sock"]:
        assert mode(path) == 0o600, f"{path}: {mode(path):o}"
    logs = list(data.rglob("*.log"))
    for path in logs:
        assert mode(path) & 0o037 == 0, f"{path}: {mode(path):o}"
    # Somebody else cannot even connect. (Only root can try to be somebody else.)
    if os.geteuid() == 0:
        attempt = (f"import os, socket; os.setgid({NOBODY}); os.setuid({NOBODY}); "
                   f"socket.socket(socket.AF_UNIX).connect({str(data / 'run' / 'admin.sock')!r})")
        done = subprocess.run([sys.executable, "-c", attempt], capture_output=True, text=True, timeout=20)
        assert "PermissionError" in done.stderr, done.stderr


@case
def lines_at_the_socket(target):
    """What is no command gets an error or an end, and the next one is served."""
    path = str(target.server.data / "run" / "admin.sock")
    bad = [b"nonsense\n", b"{}\n", b"[" * 60000 + b"\n", b'{"command":"user add","arguments":{"user":5}}\n', b"\0" * 1000 + b"\n",
           b'{"command":"' + b"x" * 60000 + b'"}\n', b'{"command":"status","arguments":{"x":1}}\n', b"\xff\xfe\n", b"\n"]
    for line in bad:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(path)
            s.sendall(line)
            answer = json.loads(s.makefile("rb").readline())
            assert answer["ok"] is False and answer["error"]["code"], answer
    with socket.socket(socket.AF_UNIX) as s:  # more than a line may have
        s.settimeout(10)
        s.connect(path)
        try:
            s.sendall(b"x" * 10_000_000)
            assert s.recv(100) == b""
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert target.server.status()["connections"] >= 1


@case
def the_page_of_numbers(target):
    """Metrics are for this host, and their reader is no way in."""
    port = target.server.ports["metrics"]
    for other in ("127.0.0.2", "127.1.1.1"):  # as any other address of the machine
        with socket.socket() as s:
            s.settimeout(5)
            assert s.connect_ex((other, port)) != 0, f"{other}: somebody listens"
    for text in (b"nonsense\r\n\r\n", b"GET /../etc/passwd HTTP/1.1\r\n\r\n", b"POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
                 b"GET /metrics HTTP/1.1\r\n" + b"X: y\r\n" * 10000 + b"\r\n", b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=15) as s:
            try:
                s.sendall(text)
                s.shutdown(socket.SHUT_WR)
                answer = s.recv(65536)
            except OSError:  # it has ended the connection
                answer = b""
            assert b"lyceum_" not in answer and not answer.startswith(b"HTTP/1.1 200"), f"{text[:40]}: {answer[:80]}"
    assert target.metrics()
