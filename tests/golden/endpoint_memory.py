#!/usr/bin/python3
"""What an idle endpoint, signed in over TLS, costs lyceumd in resident memory."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from loopback.house import House, main, sip  # noqa: E402

ENDPOINTS = 1000
# Who makes this grow says in the commit what for.
BOUND = 22 * 1024  # octets for each endpoint
# Sign-ins a second. Where the machine is too busy for them, handshakes pile up, and what so many at once took stays in the
# heap: then it is measured again, slower.
RATES = (400, 150, 50)


class EndpointMemory(House):
    users = ()
    settings = {"log.level": "warn", "server.shards": 2, "sip.max_per_address": 0}

    def setUp(self):
        super().setUp()
        self.start()
        self.users_file = self.scratch / "users.txt"
        admin = self.admin()
        with open(self.users_file, "w", encoding="utf-8") as f:
            for n in range(ENDPOINTS):
                admin.do("user add", user=sip(f"u{n}"), password="secret")
                f.write(f"{sip(f'u{n}')} secret\n")
        self.server.stop()

    def measure(self, rate):
        """Octets for each endpoint of a server that has done nothing before."""
        self.start()
        done = subprocess.run(
            [str(self.server.bin_dir / "lyceum-load"), "--case", "idle", "--connections", str(ENDPOINTS), "--seconds", "1",
             "--sign-in-rate", str(rate), "--server", f"127.0.0.1:{self.ports['sip_tls']}", "--tls-name", "sip.contoso.test",
             "--ca", str(self.data / "ca.pem"), "--users-file", str(self.users_file),
             "--server-pid", str(self.server.process.pid)],
            capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.server.stop()
        found = json.loads(done.stdout)
        self.assertEqual((found["sign_in"]["operations"], found["sign_in"]["errors"]), (ENDPOINTS, {}))
        each = found["rss_per_endpoint"]
        print(f"\n{each:.0f} octets ({each / 1024:.1f} KiB) of resident memory per idle endpoint over TLS, signed in at "
              f"{rate}/s; bound {BOUND}", flush=True)
        self.assertGreater(each, 1024, "less than a connection can cost: the measurement is broken")
        return each

    def test_idle_over_tls(self):
        self.assertTrue(any(self.measure(rate) < BOUND for rate in RATES), "over the bound at every rate")


if __name__ == "__main__":
    main()
