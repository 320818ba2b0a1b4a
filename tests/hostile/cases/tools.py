"""What others attack SIP servers with: sipvicious and sipsak, as Debian has them, from a host that nobody knows and
from one that is trusted."""

import subprocess

from .case import case

TRASHED = 200  # at most so many octets of one request


def run(*command, seconds=5):
    """What a tool says. It need not end by itself: some go on until they are answered."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
        said = done.stdout
    except subprocess.TimeoutExpired as e:
        said = e.stdout or b""
    return said.decode(errors="replace")


def scans(target):
    port = str(target.udp)
    yield "svmap", run("svmap", "-p", port, "-t", "0.2", "127.0.0.1")
    yield "svwar REGISTER", run("svwar", "-p", port, "-e", "100-130", "-m", "REGISTER", "-t", "0.01", "--force", "127.0.0.1")
    yield "svwar INVITE", run("svwar", "-p", port, "-e", "100-110", "-m", "INVITE", "-t", "0.01", "--force", "127.0.0.1")
    yield "svcrack", run("svcrack", "-p", port, "-u", "bob", "-r", "1-30", "-t", "0.01", "127.0.0.1")


@case
def sipvicious(target):
    """Scanners over UDP learn nothing from a host that is not trusted, not even that somebody is there; from a trusted
    one they find a server, but neither users nor passwords."""
    for name, said in scans(target):
        assert "Traceback" not in said, f"{name}: {said[-800:]}"
        assert "SIP Communications" not in said and "RTC/5.0" not in said, f"{name} finds: {said[-800:]}"
    assert target.counted("sipstack_dropped_total") > 0, "nothing of it has arrived"
    target.note()
    target.server.admin("trusted", "add", "127.0.0.1", "--transport", "udp")
    target.transactions_stay = None
    for name, said in scans(target):
        assert "reqauth" not in said and "noauth" not in said, f"{name} finds users: {said[-800:]}"
    assert target.counted("registrar_accepted_total") == 0


@case
def sipsak(target):
    """Requests with octets that were trashed by chance, a flood, and a trace; what arrives is answered or dropped."""
    uri = f"sip:bob@127.0.0.1:{target.udp}"
    run("sipsak", "-R", "-t", str(TRASHED), "-s", uri, seconds=3)
    assert target.counted("router_relayed_total") == 0
    target.server.admin("trusted", "add", "127.0.0.1", "--transport", "udp")
    target.transactions_stay = None
    target.note()
    for most in (1, 10, TRASHED):
        run("sipsak", "-R", "-t", str(most), "-s", uri, seconds=4)
    run("sipsak", "-T", "-s", uri, seconds=4)
    run("sipsak", "-F", "-e", "2000", "-s", uri, seconds=6)
    taken = target.counted('sipstack_received_total') + target.counted("sipstack_malformed_total")
    print(f"{taken:.0f} messages of sipsak")
    assert target.counted("registrar_accepted_total") == 0
