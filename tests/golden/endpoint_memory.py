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
BOUND = 30 * 1024  # octets for each endpoint


class EndpointMemory(House):
    users = ()
    settings = {"log.level": "warn", "server.shards": 2}

    def test_idle_over_tls(self):
        self.start()
        names = [f"u{n}" for n in range(ENDPOINTS)]
        admin = self.admin()
        for name in names:
            admin.do("user add", user=sip(name), password="secret")
        self.server.stop()  # so that making users leaves nothing in the figure
        self.start()
        users_file = self.scratch / "users.txt"
        users_file.write_text("".join(f"{sip(n)} secret\n" for n in names))
        done = subprocess.run(
            [str(self.server.bin_dir / "lyceum-load"), "--case", "idle", "--connections", str(ENDPOINTS), "--seconds", "1",
             "--sign-in-rate", "500", "--server", f"127.0.0.1:{self.ports['sip_tls']}", "--tls-name", "sip.contoso.test",
             "--ca", str(self.data / "ca.pem"), "--users-file", str(users_file), "--server-pid", str(self.server.process.pid)],
            capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        found = json.loads(done.stdout)
        self.assertEqual((found["sign_in"]["operations"], found["sign_in"]["errors"]), (ENDPOINTS, {}))
        each = found["rss_per_endpoint"]
        print(f"\n{each:.0f} octets ({each / 1024:.1f} KiB) of resident memory per idle endpoint over TLS; bound {BOUND}")
        self.assertLess(each, BOUND)
        self.assertGreater(each, 1024, "less than a connection can cost: the measurement is broken")


if __name__ == "__main__":
    main()
