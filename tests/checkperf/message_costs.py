#!/usr/bin/python3
"""How many instructions and allocations a message costs lyceumd, from its octets to its octets, TLS and signatures included.

Instructions do not depend on how busy the machine is. The bounds are generous: who goes over one has done something twice
for each message, and says in the commit what for."""

import pathlib
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from callgrind import Profile  # noqa: E402
from loopback.house import House, eventually, main, sip  # noqa: E402

ENDPOINTS = 20
PATIENCE = 120  # seconds: under valgrind everything takes thirty times as long
RATE, SECONDS, WATCHED = 10, 16, 8
# case: instructions and allocations of the server, each for one message that it receives. A relayed MESSAGE and its 200
# are two.
BOUNDS = {
    "refresh": (95_000, 24),
    "relay": (77_000, 30),
}


class MessageCosts(House):
    users = ()
    settings = {"log.level": "warn", "server.shards": 1}

    def setUp(self):
        if shutil.which("valgrind") is None:
            self.fail("valgrind is not installed (scripts/packages/nightly.txt)")
        super().setUp()
        self.start()
        self.users_file = self.scratch / "users.txt"
        admin = self.admin()
        with open(self.users_file, "w", encoding="utf-8") as f:
            for n in range(ENDPOINTS):
                admin.do("user add", user=sip(f"u{n}"), password="secret")
                f.write(f"{sip(f'u{n}')} secret\n")
        self.server.stop()
        self.profile = self.scratch / "callgrind.out"
        wrapper = self.scratch / "lyceumd"
        wrapper.write_text("#!/bin/sh\nexec valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file="
                           f"{self.profile} {self.server.daemon} \"$@\"\n")
        wrapper.chmod(0o755)
        self.server.daemon = wrapper

    def control(self, *words):
        subprocess.run(["callgrind_control", *words, str(self.server.process.pid)], check=True, capture_output=True,
                       timeout=PATIENCE)

    def watch(self):
        """Counts for a while when everybody is signed in."""
        eventually(lambda: self.server.status()["registrations"], ENDPOINTS, PATIENCE)
        time.sleep(1)
        self.control("-i", "on")
        time.sleep(WATCHED)
        self.control("-i", "off")

    def measure(self, case):
        self.server.start(PATIENCE)
        watcher = threading.Thread(target=self.watch)
        watcher.start()
        done = subprocess.run(
            [str(self.server.bin_dir / "lyceum-load"), "--case", case, "--connections", str(ENDPOINTS), "--seconds",
             str(SECONDS), "--rate", str(RATE), "--sign-in-rate", "10", "--server", f"127.0.0.1:{self.ports['sip_tls']}",
             "--tls-name", "sip.contoso.test", "--ca", str(self.data / "ca.pem"), "--users-file", str(self.users_file)],
            capture_output=True, text=True, timeout=PATIENCE + 60)
        watcher.join()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.server.stop(PATIENCE)
        return Profile(max(self.scratch.glob("callgrind.out*"), key=lambda p: p.stat().st_size))

    def test_costs(self):
        for case, (most_instructions, most_allocations) in BOUNDS.items():
            with self.subTest(case=case):
                for old in self.scratch.glob("callgrind.out*"):
                    old.unlink()
                p = self.measure(case)
                messages = p.called("sipstack::transport::take_message(")
                self.assertGreater(messages, WATCHED, "hardly anything was counted: the measurement is broken")
                instructions = p.total / messages
                allocations = sum(p.allocations.values()) / messages
                print(f"\n{case}: {instructions:.0f} instructions (bound {most_instructions}) and {allocations:.1f} "
                      f"allocations (bound {most_allocations}) for each of {messages} messages", flush=True)
                self.assertLess(instructions, most_instructions)
                self.assertLess(allocations, most_allocations,
                                "\n".join(f"{n / messages:.2f} {name}" for name, n in p.allocations.most_common(20)))


if __name__ == "__main__":
    main()
