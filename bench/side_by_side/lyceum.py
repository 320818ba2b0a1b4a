"""lyceumd with as many users as the load has endpoints, and the load as a trusted peer."""

import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[2] / "tests" / d) for d in ("", "interop")]
from harness.server import DOMAIN, Server  # noqa: E402
from loopback import certificates  # noqa: E402
from loopback.admin import Admin  # noqa: E402

PASSWORD = "secret"
LOAD_NAME = "load.contoso.test"


class Lyceum:
    name = "lyceum"

    def __init__(self, bin_dir, folder, port_base, users):
        self.server = Server(bin_dir, folder / "lyceum", {
            "log.level": "warn", "sip.mtls": "trusted", "sip.max_connections": 50000, "sip.max_per_address": 0, "server.drain_patience": "1 s",
        }, port_base=port_base)
        self.version = subprocess.run([bin_dir / "lyceum-load", "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
        self.ca = self.server.data / "ca.pem"
        self.certificate, self.key = certificates.issued(folder, LOAD_NAME, self.server.data)
        self.users_file = folder / "users.txt"
        self.server.admin("trusted", "add", "127.0.0.1", "--transport", "tcp", "--domain", DOMAIN, "--may-register")
        self.server.admin("trusted", "add", LOAD_NAME, "--transport", "tls", "--domain", DOMAIN, "--may-register")
        self.server.start()
        with Admin(self.server.data) as admin, open(self.users_file, "w", encoding="utf-8") as f:
            for n in range(users):
                uri = f"sip:u{n}@{DOMAIN}"
                admin.do("user add", user=uri, password=PASSWORD)
                f.write(f"{uri} {PASSWORD}\n")
        self.server.stop()

    def address(self, transport, signed=False):
        port = {"tcp": "sip_tcp", "tls": "sip_tls" if signed else "sip_mtls"}[transport]
        return f"127.0.0.1:{self.server.ports[port]}"

    def pid(self):
        return self.server.process.pid

    def start(self):
        self.server.start()

    def stop(self):
        self.server.stop(30)
