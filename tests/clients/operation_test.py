#!/usr/bin/python3
"""What an operator does to a server, and what it tells."""

import datetime
import json
import pathlib
import re
import resource
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from loopback import certificates  # noqa: E402
from loopback.admin import Refused  # noqa: E402
from loopback.house import House, PATIENCE, eventually, main, sip  # noqa: E402


class Stopping(House):
    settings = {"server.drain_patience": "60 s", "server.shards": 2}

    def terminate(self):
        """SIGTERM; the process, which the test waits for."""
        process, self.server.process = self.server.process, None
        self.addCleanup(lambda: process.poll() is None and process.kill())
        process.terminate()
        return process

    def call(self, delay):
        """Alice calls bob, who lets it ring."""
        self.start()
        bob = self.signed_in("bob", "--answer-delay", delay)
        alice = self.signed_in("alice")
        alice.do("im", to="bob", text="before we close")
        eventually(lambda: self.do("status")["response_contexts"], 1)
        return alice, bob

    def test_at_once_when_nothing_is_under_way(self):
        self.start()
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        alice.do("page", to="bob", text="bye")
        alice.expect("delivered", PATIENCE)
        self.assertEqual(self.terminate().wait(PATIENCE), 0)  # half of drain_patience
        self.assertFalse((self.data / "run/admin.sock").exists())

    def test_a_call_that_rings_is_waited_for(self):
        alice, bob = self.call(delay=2)
        process = self.terminate()
        eventually(self.refuses)
        self.assertIsNone(process.poll(), "gone while bob's client rang")
        alice.expect("conversation_opened", PATIENCE)
        self.assertEqual(process.wait(PATIENCE), 0)
        bob.expect("im_received", PATIENCE, text="before we close")

    def refuses(self):
        try:
            socket.create_connection(("127.0.0.1", self.ports["sip_tls"]), PATIENCE).close()
        except ConnectionError:  # refused; or reset: it was still queued when the listener closed
            return True
        return False

    def test_but_not_for_ever(self):
        self.server.set("server.drain_patience", "1 s")
        self.call(delay=600)
        self.assertEqual(self.terminate().wait(PATIENCE), 0)

    def test_drain_command(self):
        self.start()
        process, self.server.process = self.server.process, None
        self.addCleanup(lambda: process.poll() is None and process.kill())
        done = self.lyceum("drain")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(process.wait(PATIENCE), 0)


class Operation(House):
    settings = {"log.file": "lyceumd.log", "server.shards": 2}

    def setUp(self):
        super().setUp()
        self.start()

    def test_a_second_server_on_the_same_data(self):
        done = subprocess.run([str(self.server.daemon), "--config", str(self.server.config)],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, f"lyceumd: {self.data} is in use by process {self.server.process.pid}\n")
        self.signed_in("alice")  # the first one minds its business

    def test_sighup_reopens_the_log(self):
        log, rotated = self.data / "lyceumd.log", self.data / "lyceumd.log.1"
        eventually(lambda: log.exists() and log.read_text(), lambda text: text and '"started"' in text)
        log.rename(rotated)
        self.server.process.send_signal(signal.SIGHUP)
        eventually(lambda: log.exists() and log.read_text(), lambda text: text and '"reloaded"' in text)
        self.assertNotIn('"reloaded"', rotated.read_text())
        self.signed_in("alice")
        eventually(lambda: log.read_text(), lambda text: sip("alice") in text)
        for line in log.read_text().splitlines():
            json.loads(line)

    def test_the_log_names_the_peers_that_are_trusted_or_no_longer(self):
        self.assertEqual(self.lyceum("trusted", "add", "192.0.2.7", "--transport", "tcp").returncode, 0)
        for ports in (["5060"], ["5080"]):
            self.do("trusted add", host="GW.contoso.test", ports=ports)
        self.do("trusted add", host="192.0.2.7", transport="udp")
        self.do("trusted remove", host="192.0.2.7")

        def changes():
            lines = map(json.loads, (self.data / "lyceumd.log").read_text().splitlines())
            return [" ".join(str(line.get(key)) for key in ("peer", "transport", "done", "peers"))
                    for line in lines if line["event"] == "trusted_changed"]

        eventually(changes, ["192.0.2.7 tcp added 1", "gw.contoso.test any added 2", "gw.contoso.test any replaced 2",
                             "192.0.2.7 udp added 3", "192.0.2.7 tcp removed 1", "192.0.2.7 udp removed 1"])

    def serial(self):
        """Of the certificate that the server shows."""
        context = ssl.create_default_context(cafile=str(self.data / "ca.pem"))
        with socket.create_connection(("127.0.0.1", self.ports["sip_tls"]), PATIENCE) as raw:
            with context.wrap_socket(raw, server_hostname="sip.contoso.test") as s:
                return int(s.getpeercert()["serialNumber"], 16)

    def test_sighup_reads_the_certificate(self):
        alice = self.signed_in("alice")
        self.assertNotEqual(self.serial(), 4711)
        certificate, key = certificates.issued(self.scratch, "sip.contoso.test", self.data)
        certificate.rename(self.data / "server.pem")
        key.rename(self.data / "server.key")
        self.server.process.send_signal(signal.SIGHUP)
        eventually(self.serial, 4711)
        alice.do("page", to="alice", text="my connection stands")
        alice.expect("delivered", PATIENCE)

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['metrics']}/metrics", timeout=PATIENCE) as page:
            self.assertTrue(page.headers["Content-Type"].startswith("text/plain"))
            lines = page.read().decode()
        return sum(float(v) for v in re.findall(rf"^{re.escape(name)}(?:\{{[^}}]*\}})? (\S+)$", lines, re.M))

    def test_metrics(self):
        self.assertEqual(self.metric("lyceum_registrar_registrations"), 0)
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        relayed = self.metric("lyceum_router_relayed_total")
        alice.do("page", to="bob", text="count me")
        alice.expect("delivered", PATIENCE)
        eventually(lambda: self.metric("lyceum_router_relayed_total"), relayed + 1)
        self.assertEqual(self.metric("lyceum_registrar_registrations"), 2)
        self.assertEqual((alice.end(), bob.end()), (0, 0))
        eventually(lambda: self.metric("lyceum_registrar_registrations"), 0)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{self.ports['metrics']}/", timeout=PATIENCE)
        refused.exception.close()
        self.assertEqual(refused.exception.code, 404)

    def test_metrics_of_the_process(self):
        before = time.time()
        self.assertEqual(self.metric('lyceum_build_info{version="' + self.server.admin("version").split()[1] + '"}'), 1)
        status = pathlib.Path(f"/proc/{self.server.process.pid}")
        resident = int(re.search(r"VmRSS:\s+(\d+) kB", (status / "status").read_text())[1]) * 1024
        self.assertAlmostEqual(self.metric("process_resident_memory_bytes"), resident, delta=resident / 2)
        self.assertGreater(self.metric("process_virtual_memory_bytes"), resident)
        self.assertLess(abs(self.metric("process_start_time_seconds") - before), PATIENCE)
        self.assertEqual(self.metric("process_max_fds"), resource.prlimit(self.server.process.pid, resource.RLIMIT_NOFILE)[0])
        alice = self.signed_in("alice")
        cpu = self.metric("process_cpu_seconds_total")
        self.assertGreater(cpu, 0)
        self.assertNotEqual(cpu, int(cpu))
        self.assertGreater(self.metric("process_cpu_seconds_total"), cpu)
        self.assertAlmostEqual(self.metric("process_open_fds"), len(list((status / "fd").iterdir())), delta=2)  # scrapers come and go
        for shard in range(2):
            late = f'lyceum_net_shard_late_seconds{{shard="{shard}"}}'
            eventually(lambda: self.metric(late), lambda seconds: 0 < seconds < PATIENCE)
        self.assertEqual(alice.end(), 0)

    def test_the_end_of_the_certificate_that_is_shown(self):
        def end():
            text = subprocess.run(["openssl", "x509", "-in", str(self.data / "server.pem"), "-noout", "-enddate"],
                                  check=True, capture_output=True, text=True).stdout
            return ssl.cert_time_to_seconds(text.strip().partition("=")[2])

        first, metric = end(), "lyceum_net_certificate_end_timestamp_seconds"
        self.assertEqual(self.metric(metric), first)
        certificate, key = certificates.issued(self.scratch, "sip.contoso.test", self.data)
        certificate.rename(self.data / "server.pem")
        key.rename(self.data / "server.key")
        self.assertNotEqual(end(), first)
        self.assertEqual(self.metric(metric), first, "not read yet")
        self.do("reload")
        self.assertEqual(self.metric(metric), end())

    def test_trace(self):
        alice, bob = self.signed_in("alice"), self.signed_in("bob")
        admin = self.admin()
        admin.do("trace", user=sip("bob"))
        alice.do("page", to="alice", text="not bob's business")
        alice.expect("delivered", PATIENCE)
        alice.do("page", to="bob", text="are we heard?")
        alice.expect("delivered", PATIENCE)
        seen = []
        while [m["text"].split(" ")[0] for m in seen].count("SIP/2.0") < 2:
            seen.append(admin.line())
        self.assertEqual([(m["direction"], m["text"].split(" ")[0]) for m in seen],
                         [("in", "MESSAGE"), ("out", "MESSAGE"), ("in", "SIP/2.0"), ("out", "SIP/2.0")])
        self.assertEqual({m["transport"] for m in seen}, {"tls"})
        for m in seen[:2]:
            self.assertTrue(m["text"].endswith("are we heard?"))
        self.assertNotIn("not bob's business", "".join(m["text"] for m in seen))

    def test_everybody_who_is_signed_in_is_listed(self):
        self.assertEqual(self.do("endpoints"), {"endpoints": []})
        with self.admin() as admin:
            for i in range(450):
                admin.do("user add", user=sip(f"u{i:03}"), password="secret")
        before = time.time()
        alice, again = self.signed_in("alice", "--epid", "0a0a0a0a0a"), self.signed_in("alice", "--epid", "0b0b0b0b0b")
        others = [self.signed_in(name, password="secret") for name in ("u000", "u100", "u449")]
        done = self.lyceum("endpoints", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = json.loads(done.stdout)
        self.assertEqual([row["user"] for row in rows], [sip(name) for name in ("alice", "alice", "u000", "u100", "u449")])
        self.assertEqual({row["epid"] for row in rows[:2]}, {"0a0a0a0a0a", "0b0b0b0b0b"})
        of_alice = {row["epid"]: row for row in self.endpoints("alice")}
        for row in rows:
            self.assertRegex(row["peer"], r"^127\.0\.0\.1:\d+$")
            self.assertIn("Lyceum", row["agent"])
            self.assertGreater(row["expires_seconds"], 0)
            since = datetime.datetime.fromisoformat(row["since"].replace("Z", "+00:00")).timestamp()
            self.assertLess(before - 1, since)
            self.assertLess(since, time.time() + 1)
            if row["user"] == sip("alice"):
                self.assertEqual({k: v for k, v in row.items() if k not in ("user", "since", "expires_seconds")},
                                 {k: v for k, v in of_alice[row["epid"]].items() if k not in ("since", "expires_seconds")})
        first = self.do("endpoints")  # 452 users are three pages
        second = self.do("endpoints", after=first["next"])
        third = self.do("endpoints", after=second["next"])
        self.assertNotIn("next", third)
        self.assertEqual([row["user"] for page in (first, second, third) for row in page["endpoints"]], [row["user"] for row in rows])
        with self.assertRaises(Refused):
            self.do("endpoints", user=sip("alice"), after=sip("alice"))
        self.assertIn(sip("u449"), self.lyceum("endpoints").stdout)
        for client in (alice, again, *others):
            self.assertEqual(client.end(), 0)
        eventually(lambda: self.do("endpoints")["endpoints"], [])

    def test_backup_while_it_runs(self):
        added, over = [], threading.Event()

        def add():
            admin = self.admin()
            while not over.is_set() and len(added) < 2000:
                name = f"u{len(added)}"
                admin.do("user add", user=sip(name), password="secret")
                added.append(name)

        def names():
            return {u["login"] for u in self.do("user list")}

        adder = threading.Thread(target=add)
        adder.start()
        try:
            eventually(lambda: len(added), lambda n: n >= 10)
            before = set(added)
            backup = self.scratch / "backup"
            done = self.lyceum("backup", backup)
        finally:
            over.set()
            adder.join()
        self.assertEqual(done.returncode, 0, done.stderr)
        after = set(added) | {"alice", "bob"}
        self.do("user remove", user=sip("alice"))
        refused = self.lyceum("restore", backup)
        self.assertEqual((refused.returncode, refused.stderr), (3, "lyceum: the server is running; stop it first\n"))
        self.assertNotIn("alice", names())
        self.server.stop()
        done = self.lyceum("restore", backup)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.start()
        self.assertLessEqual(before | {"alice", "bob"}, names())
        self.assertLessEqual(names(), after)
        self.signed_in("alice")
        self.signed_in("u0", password="secret")


if __name__ == "__main__":
    main()
