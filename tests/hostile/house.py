"""A lyceumd of its own for one case, and the one user that nothing may disturb."""

import contextlib
import json
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

from client import DOMAIN, Client
from wire import LOOPBACK, Wire

PASSWORDS = {"alice": "Wonderland-1", "bob": "Builder-2", "mallory": "Malice-3", "carol": "Carols-4"}
SETTINGS = {"sip.listen": [LOOPBACK], "server.shards": 2, "server.drain_patience": "1 s"}


def until(what, patience=20, step=0.02):
    """Polls; what() must become true."""
    end = time.monotonic() + patience
    while True:
        got = what()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(f"did not come true within {patience} s: {what.__doc__ or what}")
        time.sleep(step)


def claim_ports():
    """A base of ports below those that the kernel gives out, and the socket that keeps others off it."""
    for _ in range(200):
        base = random.randrange(10000, 20000, 12)
        guard = socket.socket()
        try:
            guard.bind((LOOPBACK, base))
            for port in range(base + 1, base + 11):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    with socket.socket(type=kind) as probe:
                        probe.bind(("0.0.0.0", port))
            return base, guard
        except OSError:
            guard.close()
    raise AssertionError("no free ports")


class House:
    def __init__(self, bin_dir, settings=None, users=("alice", "bob", "mallory")):
        self.bin = pathlib.Path(bin_dir)
        self.users = users
        self.settings = {**SETTINGS, **(settings or {})}

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lyceum_hostile_"))
        self.stack = contextlib.ExitStack()
        self.stack.callback(shutil.rmtree, self.folder, True)
        try:
            self._open()
        except BaseException:
            self.stack.close()
            raise
        return self

    def _open(self):
        base, guard = claim_ports()
        self.stack.callback(guard.close)
        data = self.folder / "d"
        self.config = data / "lyceum.toml"
        self._lyceum("init", "--data", data, "--domain", DOMAIN, "--port-base", base)
        for key, value in self.settings.items():
            self._set(key, value)
        self.ports = json.loads(self.admin("ports", "--json"))
        for name in self.users:
            self.admin("user", "add", f"sip:{name}@{DOMAIN}", "--display-name", name.title(), "--password-stdin",
                       given=PASSWORDS[name] + "\n")
        self.log = self.folder / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([self.bin / "lyceumd", "--config", self.config], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT)
        self.stack.callback(self._stop)
        until(lambda: self.process.poll() is not None or "lyceum: ready" in self.logged(), 60)
        assert self.process.poll() is None, self.logged()

    def __exit__(self, kind, *_):
        alive = self.process.poll() is None
        logged = self.logged()
        self.stack.close()
        if kind is not None or not alive:
            print("--- the server's last words:", logged[-3000:], sep="\n")
        assert alive, f"lyceumd died: {self.process.returncode}"
        if kind is None:
            assert self.process.returncode == 0, f"lyceumd left with {self.process.returncode}"

    def _stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _lyceum(self, *words, given=""):
        done = subprocess.run([self.bin / "lyceum", *map(str, words)], input=given, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise ValueError(f"lyceum {words}: {done.stdout}{done.stderr}")
        return done.stdout

    def admin(self, *words, given=""):
        """ValueError when the command is refused."""
        return self._lyceum("--config", self.config, *words, given=given)

    def _set(self, dotted, value):
        section, key = dotted.split(".")
        text = self.config.read_text()
        at = re.search(rf"^\[{section}\]\n", text, re.M).end()
        line = re.compile(rf"^{key} = .*$", re.M)
        head, tail = text[:at], text[at:]
        assert line.search(tail), f"no setting {dotted}"
        self.config.write_text(head + line.sub(lambda _: f"{key} = {json.dumps(value)}", tail, count=1))

    def logged(self):
        return self.log.read_text(errors="replace")

    def metrics(self):
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.ports['metrics']}/metrics", timeout=30) as page:
            text = page.read().decode()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}

    def metric(self, name):
        return self.metrics()[name]

    @contextlib.contextmanager
    def counted(self, **more):
        """The metrics lyceum_<name> grow by at least so much; `names` for those with labels."""
        names = {**more.pop("names", {}), **{f"lyceum_{key}_total": n for key, n in more.items()}}
        before = self.metrics()
        yield
        for name, n in names.items():
            try:
                until(lambda: self.metric(name) >= before[name] + n)
            except AssertionError:
                raise AssertionError(f"{name} grew by {self.metric(name) - before[name]}, not {n}") from None

    def wire(self, **how):
        return Wire(self.ports["sip_tls"], **how)

    def client(self, user, **how):
        return Client(self.ports["sip_tls"], user, how.pop("password", PASSWORDS[user]), **how)

    @contextlib.contextmanager
    def bystander(self, user="alice", p99=None, pause=0.005):
        """Somebody signed in who asks all the time and always gets an answer; `p99` in seconds."""
        with self.client(user) as client:
            client.sign_in()
            watch = Bystander(client, pause)
            watch.start()
            try:
                yield watch
            finally:
                watch.over.set()
                watch.join(60)
            watch.check(p99)


class Bystander(threading.Thread):
    def __init__(self, client, pause):
        super().__init__(daemon=True)
        self.client, self.pause = client, pause
        self.over = threading.Event()
        self.took = []
        self.failed = None

    def run(self):
        try:
            while not self.over.is_set() or not self.took:
                began = time.monotonic()
                answer = self.client.refresh()
                if answer.status != 200:
                    raise AssertionError(answer.head)
                self.took.append(time.monotonic() - began)
                self.over.wait(self.pause)
        except Exception as e:  # told by check()
            self.failed = e

    def rounds(self, n, patience=30):
        """Waits until so many more answers came."""
        wanted = len(self.took) + n
        until(lambda: self.failed or len(self.took) >= wanted, patience)

    def check(self, p99):
        if self.failed is not None:
            raise AssertionError(f"the bystander was disturbed: {self.failed!r}")
        ordered = sorted(self.took)
        at99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
        print(f"bystander: {len(ordered)} answers, p50 {ordered[len(ordered) // 2] * 1000:.1f} ms, "
              f"p99 {at99 * 1000:.1f} ms, longest {ordered[-1] * 1000:.1f} ms")
        if p99 is not None:
            assert at99 < p99, f"p99 {at99:.3f} s"
