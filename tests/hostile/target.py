"""The server under attack, with settings that make it impatient, and its numbers."""

import pathlib
import re
import shutil
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "interop"), str(HERE.parent)]

from harness.server import Server  # noqa: E402
from loopback.ports import claim  # noqa: E402

from client import PASSWORD, Client, Wire  # noqa: E402

SETTINGS = {
    "server.shards": 2,
    "sip.handshake_patience": "1 s",
    "sip.sign_in_patience": "5 s",
    "sip.max_message": "64 KiB",
    "sip.max_header": "8 KiB",
    "auth.throttle_longest_pause": "2 s",
    "auth.throttle_longest_user_pause": "2 s",
}


class Target:
    """Started; alice, bob, carol, dave and mallory may sign in."""

    def __init__(self, bin_dir, folder, settings=None, users=("alice", "bob", "carol", "dave", "mallory")):
        folder = pathlib.Path(folder)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        base, self._ports = claim()
        self.server = Server(bin_dir, folder / "data", {**SETTINGS, **(settings or {})}, port_base=base)
        for name in users:
            self.server.add_user(name, PASSWORD)
        try:
            self.server.start()
        except BaseException:
            if self.server.alive():
                self.server.kill()
            raise
        self.tls, self.tcp, self.udp = (self.server.ports[f"sip_{kind}"] for kind in ("tls", "tcp", "udp"))
        self.transactions_stay = 0  # over UDP they last for 32 s; None: however many
        self._before = {}
        self.note()

    def metrics(self):
        url = f"http://127.0.0.1:{self.server.ports['metrics']}/metrics"
        with urllib.request.urlopen(url, timeout=10) as page:
            text = page.read().decode()
        return {name: float(value) for name, value in re.findall(r"^(lyceum_[^ ]+) ([^ \n]+)$", text, re.M)}

    def note(self):
        """From here counted() counts."""
        self._before = self.metrics()

    def counted(self, name):
        """How much that counter has grown since note(). name: without lyceum_, with its labels."""
        return self.metrics().get("lyceum_" + name, 0) - self._before.get("lyceum_" + name, 0)

    def expect_count(self, name, at_least, at_most=None, seconds=15):
        """Waits for the counter, for what it counts may still be on its way."""
        until = time.monotonic() + seconds
        while (grown := self.counted(name)) < at_least and time.monotonic() < until:
            time.sleep(0.05)
        most = at_least if at_most is None else at_most
        assert at_least <= grown <= most, f"{name} grew by {grown}, not {at_least} to {most}"

    def client(self, name, **how):
        return Client(self.tls, name, **how)

    def wire(self, tls=True, **how):
        return Wire(self.tls if tls else self.tcp, tls=tls, **how)

    def is_well(self):
        """Two people can sign in and talk."""
        alice, bob = self.client("alice").sign_in(), self.client("bob").sign_in()
        alice.send("MESSAGE", bob.aor, body=b"hello")
        bob.wire.send(bob.answer(bob.expect("MESSAGE"), 200))
        alice.expect(200)
        alice.close()
        bob.close()

    def end(self):
        """Still well, nothing left behind, and it goes when it is told."""
        assert self.server.alive(), f"the server has died, see {self.server.log_path}"
        self.is_well()
        wanted = {} if self.transactions_stay is None else {"transactions": self.transactions_stay}
        self.server.wait_for_counts(20, connections=0, associations=0, registrations=0, **wanted)
        self.server.stop()
