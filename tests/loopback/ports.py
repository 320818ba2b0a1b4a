"""Port numbers for one deployment, while other tests look for theirs."""

import random
import socket

FIRST, LAST, STEP = 22000, 29960, 20  # below the ports that the kernel gives to clients
USED = range(1, 11)  # `lyceum init --port-base` takes these after the base


def _free(kind, port):
    with socket.socket(socket.AF_INET, kind) as s:
        if kind == socket.SOCK_STREAM:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            s.bind(("0.0.0.0", port))
        except OSError:
            return False
    return True


def claim():
    """A base whose ports are free, and what holds it against other tests until it is closed."""
    bases = list(range(FIRST, LAST, STEP))
    random.shuffle(bases)
    for base in bases:
        hold = socket.socket(socket.AF_UNIX)
        try:
            hold.bind(f"\0lyceum-test-ports-{base}")  # the kernel lets one have it, and frees it with the process
        except OSError:
            hold.close()
            continue
        if all(_free(kind, base + n) for n in USED for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)):
            return base, hold
        hold.close()
    raise AssertionError("no free ports for a server")
