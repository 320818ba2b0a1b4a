"""A deployment on loopback and its clients, as the ground of a unittest.TestCase."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from harness.events import EventSource  # noqa: E402
from harness.server import DOMAIN, PASSWORDS, Server  # noqa: E402

from . import ports  # noqa: E402
from .admin import Admin  # noqa: E402

PATIENCE = 30  # seconds: for what comes at once on a machine that has nothing else to do


def sip(name):
    return f"sip:{name}@{DOMAIN}"


def eventually(what, wanted=True, timeout=PATIENCE):
    """Asks until the answer is the wanted one, or one that the wanted function accepts."""
    fits = wanted if callable(wanted) else lambda answer: answer == wanted
    end = time.monotonic() + timeout
    while not fits(answer := what()):
        if time.monotonic() > end:
            raise AssertionError(f"after {timeout} s it was still {answer!r}")
        time.sleep(0.02)
    return answer


class Client(EventSource):
    """`lyceum-client`; commands are sent, events expected."""

    def do(self, what, **members):
        self.send(json.dumps({"do": what, **members}))

    def code(self, timeout=PATIENCE):
        """The exit code of a client that ends by itself."""
        return self.process.wait(timeout)


class House(unittest.TestCase):
    bin_dir = None
    settings = {}  # of lyceum.toml
    users = ("alice", "bob")

    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="lyceum_"))
        self.addCleanup(shutil.rmtree, self.scratch)
        self.addCleanup(self._keep_logs)
        base, hold = ports.claim()
        self.addCleanup(hold.close)
        self.server = Server(self.bin_dir, self.scratch / "data", self.settings, port_base=base)
        self.data, self.ports = self.server.data, self.server.ports
        self.addCleanup(lambda: self.server.alive() and self.server.kill())
        for name in self.users:
            self.server.add_user(name)

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(f"--- logs of {self.id()}", *self._logs, sep="\n", file=sys.stderr, flush=True)

    def _keep_logs(self):
        self._logs = [f"{p.name}: {line}" for p in sorted(self.scratch.glob("*.log"))
                      for line in p.read_text(errors="replace").splitlines()[-30:]]

    def start(self):
        self.server.start(PATIENCE)

    def admin(self):
        admin = Admin(self.data)
        self.addCleanup(admin.__exit__)
        return admin

    def do(self, command, **arguments):
        """One admin command on a connection of its own."""
        with Admin(self.data) as admin:
            return admin.do(command, **arguments)

    def lyceum(self, *words, given=""):
        return subprocess.run([str(self.server.bin_dir / "lyceum"), "--config", str(self.server.config), *map(str, words)],
                              input=given, capture_output=True, text=True, timeout=60)

    def client(self, name, *options, password=None, do="script", transport="tls"):
        secret = self.scratch / f"{name}.password"
        secret.write_text((password or PASSWORDS[name]) + "\n")
        log = open(self.scratch / f"{name}.log", "a", encoding="utf-8")
        self.addCleanup(log.close)
        c = Client(name, [str(self.server.bin_dir / "lyceum-client"), "--json", "--transport", transport,
                          "--server", f"127.0.0.1:{self.ports['sip_' + transport]}", "--ca", str(self.data / "ca.pem"),
                          "--user", sip(name), "--password-file", str(secret), *map(str, options), do], stderr=log)
        self.addCleanup(self._end, c)
        return c

    @staticmethod
    def _end(c):
        c.process.kill()
        c.process.wait()
        c.reader.join(PATIENCE)
        if not c.process.stdin.closed:
            c.process.stdin.close()
        c.process.stdout.close()

    def signed_in(self, name, *options, **how):
        c = self.client(name, *options, **how)
        c.expect("signed_in", PATIENCE)
        return c

    def endpoints(self, name):
        return self.do("endpoints", user=sip(name))


def main():
    """For a file of tests: FILE BIN [TEST...]"""
    House.bin_dir = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
