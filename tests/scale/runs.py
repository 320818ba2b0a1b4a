"""A server with many endpoints on it, and what befalls them: nothing, a cut, a restart, an end."""

import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / d) for d in ("", "interop")]
from harness.server import DOMAIN, Server  # noqa: E402
from loopback.admin import Admin  # noqa: E402

RESERVE = 1000  # descriptors of the server that are no endpoints
MOST = 50000
PORTS_OF_AN_ADDRESS = 25000  # the kernel has a few more for connections to one address
SETTLING = 2  # seconds between the last sign-in and a measurement


def most_endpoints():
    """As many as the hard limit on descriptors allows, in pairs."""
    return min(resource.getrlimit(resource.RLIMIT_NOFILE)[1] - RESERVE, MOST) // 2 * 2


def load_average():
    return pathlib.Path("/proc/loadavg").read_text().split()[0]


class Failed(AssertionError):
    pass


class Scale:
    def __init__(self, bin_dir, folder, port_base, endpoints, sign_in_rate=400, processes=2):
        self.endpoints, self.sign_in_rate, self.processes = endpoints, sign_in_rate, processes
        self.bin_dir = pathlib.Path(bin_dir)
        self.server = Server(bin_dir, folder / "lyceum", {
            "log.level": "warn", "server.shards": 2, "sip.max_connections": MOST, "sip.max_per_address": 0,
            "server.drain_patience": "1 s"}, port_base=port_base)
        self.users_file = folder / "users.txt"
        self.load_log = folder / "load.log"
        self.server.start()
        with Admin(self.server.data) as admin, open(self.users_file, "w", encoding="utf-8") as f:
            for n in range(endpoints):
                admin.do("user add", user=f"sip:u{n}@{DOMAIN}", password="secret")
                f.write(f"sip:u{n}@{DOMAIN} secret\n")
        self.server.stop()

    def usage(self):
        """CPU seconds so far, and octets of resident memory, of the server."""
        folder = pathlib.Path(f"/proc/{self.server.process.pid}")
        fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        rss = next(int(line.split()[1]) for line in (folder / "smaps_rollup").read_text().splitlines() if line.startswith("Rss"))
        return cpu, rss * 1024

    def load(self, case, *more):
        addresses = [f"127.0.0.{n + 1}:{self.server.ports['sip_tls']}" for n in range(-(-self.endpoints // PORTS_OF_AN_ADDRESS))]
        words = [self.bin_dir / "lyceum-load", *[w for a in addresses for w in ("--server", a)], "--tls-name", f"sip.{DOMAIN}",
                 "--ca", self.server.data / "ca.pem", "--users-file", self.users_file, "--case", case,
                 "--connections", self.endpoints, "--sign-in-rate", self.sign_in_rate, "--processes", self.processes, *more]
        with open(self.load_log, "a", encoding="utf-8") as log:
            return subprocess.Popen([str(w) for w in words], stdout=subprocess.PIPE, stderr=log, text=True, process_group=0)

    def wait_until(self, load, what, timeout, **wanted):
        """Until `lyceum status` says so."""
        end = time.monotonic() + timeout
        while True:
            status = self.server.status()
            if all(status[k] == v for k, v in wanted.items()):
                return
            if time.monotonic() > end:
                raise Failed(f"{what}: after {timeout} s lyceum status shows {status}")
            if load is not None and load.poll() is not None:
                raise Failed(f"{what}: the load has ended: {self.load_log.read_text()[-2000:]}")
            time.sleep(0.1)

    def sign_in_time(self):
        return 120 + self.endpoints / 40

    def idle(self, seconds=5):
        """What an endpoint costs that does nothing, and what its end costs when all end at once."""
        self.server.start(60)
        cpu_before, rss_before = self.usage()
        load = self.load("idle", "--seconds", 3600)
        try:
            self.wait_until(load, "signing in", self.sign_in_time(), registrations=self.endpoints)
            time.sleep(SETTLING)
            cpu_in, rss_in = self.usage()
            time.sleep(seconds)
            cpu_idle, _ = self.usage()
        finally:
            os.killpg(load.pid, signal.SIGKILL)
            load.communicate()
        began = time.monotonic()
        self.wait_until(None, "closing", 120, registrations=0, connections=0, associations=0)
        took = time.monotonic() - began
        cpu_after, rss_after = self.usage()
        self.server.stop(60)
        return {"endpoints": self.endpoints,
                "octets_each": (rss_in - rss_before) / self.endpoints,
                "sign_in_cpu_us_each": (cpu_in - cpu_before) * 1e6 / self.endpoints,
                "idle_cpu_us_each_second": (cpu_idle - cpu_in) * 1e6 / self.endpoints / seconds,
                "closing_seconds": took,
                "closing_cpu_us_each": (cpu_after - cpu_idle) * 1e6 / self.endpoints,
                "octets_each_left_behind": (rss_after - rss_before) / self.endpoints,
                "load_average": load_average()}

    def storm(self, cut_by, come_back, seconds, staying=0, rate=50, quiet=5):
        """Everybody is cut off and comes back: the findings of lyceum-load, and the server's usage."""
        self.server.start(60)
        _, rss_before = self.usage()
        more = ["--cut-by", cut_by, "--come-back", come_back, "--seconds", seconds, "--rate", rate, "--quiet", quiet]
        if staying:
            more += ["--staying", staying]
        load = self.load("storm", *more)
        try:
            self.wait_until(load, "signing in", self.sign_in_time(), registrations=self.endpoints)
            if cut_by == "server":
                time.sleep(quiet)  # the load has heard, too, that all are there
                self.server.kill()
                self.server.start(60)
                _, rss_before = self.usage()
            out, _ = load.communicate(timeout=seconds + quiet + 120)
        except BaseException:
            os.killpg(load.pid, signal.SIGKILL)
            load.communicate()
            raise
        found = json.loads(out)
        time.sleep(SETTLING)
        try:
            _, rss_after = self.usage()
        finally:
            self.server.stop(60)
        found["octets_each_after"] = (rss_after - rss_before) / self.endpoints
        found["load_average"] = load_average()
        return found
