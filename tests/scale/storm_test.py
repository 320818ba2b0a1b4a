#!/usr/bin/python3
"""Everybody is cut off at once and comes back: no sign-in may fail, and nobody waits long.

  storm_test.py BIN [ENDPOINTS]; 0: as many as descriptors allow"""

import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from loopback import ports  # noqa: E402
from scale.runs import Scale, most_endpoints  # noqa: E402

BIN = pathlib.Path(sys.argv[1]).resolve()
ENDPOINTS = int(sys.argv[2]) if len(sys.argv) > 2 else 300
if ENDPOINTS == 0:
    ENDPOINTS = most_endpoints()
PATIENCE = 120  # seconds: all are back by then


class Storm(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lyceum_scale_"))
        self.addCleanup(shutil.rmtree, folder)
        base, hold = ports.claim()
        self.addCleanup(hold.close)
        self.scale = Scale(BIN, folder, base, ENDPOINTS)
        self.addCleanup(lambda: self.scale.server.alive() and self.scale.server.kill())

    def check(self, found, lost):
        drive = found["drive"]
        print(f"\n{lost} back after {drive['seconds']:.1f} s; put off {drive.get('put_off', {})}; messages meanwhile: "
              f"{found['messages']['operations']}, p99 {found['messages']['latency_ms']['p99']:.0f} ms "
              f"({found['quiet']['latency_ms']['p99']:.0f} ms before); "
              f"{found['octets_each_after'] / 1024:.1f} KiB each afterwards; load average {found['load_average']}", flush=True)
        self.assertEqual(drive["errors"], {}, "sign-ins that a client would show as failed")
        self.assertEqual(drive["operations"], lost)
        self.assertNotIn("503", drive.get("put_off", {}), "pidgin-sipe shows that as a failure")
        self.assertEqual(found["messages"]["errors"], {})
        self.assertLess(drive["seconds"], PATIENCE)

    def test_all_connections_are_cut(self):
        staying = max(2, ENDPOINTS // 100 // 2 * 2)
        found = self.scale.storm("load", "0-1" if ENDPOINTS < 1000 else "0-10", PATIENCE, staying=staying)
        self.check(found, ENDPOINTS - staying)
        self.assertGreater(found["messages"]["operations"], 0)

    def test_the_server_is_killed_and_started_again(self):
        found = self.scale.storm("server", "2-4" if ENDPOINTS < 1000 else "8-60", PATIENCE + 60)
        self.check(found, ENDPOINTS)

    def test_all_end_at_once(self):
        found = self.scale.idle(1)
        print(f"\n{ENDPOINTS} ends took {found['closing_seconds']:.2f} s and {found['closing_cpu_us_each']:.0f} us of CPU each",
              flush=True)
        self.assertLess(found["closing_seconds"], 30)
        self.assertLess(found["closing_cpu_us_each"], 1000, "the end of a connection looks through all others?")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
