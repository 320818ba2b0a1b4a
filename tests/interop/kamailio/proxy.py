"""Kamailio as a plain proxy beside the server: checks what it carries, and complains in its log."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ADDRESS = "127.0.0.1"
PORT = 5090


class KamailioFailed(AssertionError):
    pass


class Kamailio:
    """One process. Requests for sip:callee, which the server makes of bob, go on to the port `inside`, all others
    to the server; dialogs go along their routes. `transport` is how it reaches the server."""

    def __init__(self, world, *, inside=None, transport="udp"):
        self.scratch = world.scratch
        self.log_path = self.scratch / "kamailio.log"
        server = world.server.ports["sip_udp" if transport == "udp" else "sip_tcp"]
        text = (HERE / "kamailio.cfg").read_text()
        for name, value in {"PORT": PORT, "SERVER": server, "INSIDE": inside or 9, "TRANSPORT": transport}.items():
            text = text.replace(f"@{name}@", str(value))
        config = self.scratch / "kamailio.cfg"
        config.write_text(text)
        folder = self.scratch / "kamailio_run"
        folder.mkdir()
        program = shutil.which("kamailio") or "/usr/sbin/kamailio"
        checked = subprocess.run([program, "-c", "-f", config], capture_output=True, text=True)
        if checked.returncode != 0:
            raise KamailioFailed(checked.stderr)
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([program, "-DD", "-E", "-f", config, "-Y", folder, "-m", "32", "-M", "8"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self._wait_until_it_listens()

    def _wait_until_it_listens(self):
        wanted = f"0100007F:{PORT:04X}"
        for _ in range(500):
            tables = [pathlib.Path(f"/proc/net/{kind}").read_text() for kind in ("udp", "tcp")]
            if all(wanted in table for table in tables):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise KamailioFailed(self.log_path.read_text())

    def finish(self):
        """It had nothing to complain about, and is ended. What it says of its own pipes while it ends is no matter, nor
        how long it takes: its processes now and then wait for each other's locks, a minute by its own timer."""
        complaints = [line for line in self.log_path.read_text(errors="replace").splitlines()
                      if " ERROR:" in line or " CRITICAL:" in line]
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if complaints:
            raise KamailioFailed("\n".join(complaints[:20]))

    def carried(self, what):
        """How many requests of that method went through it."""
        return self.log_path.read_text(errors="replace").count(f"carried: {what} ")
