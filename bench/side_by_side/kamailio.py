"""Kamailio from Debian's packages, set up as registrar and proxy."""

import pathlib
import re
import shutil
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parents[1] / "kamailio"
MODULES = pathlib.Path("/usr/lib/x86_64-linux-gnu/kamailio/modules")
PACKAGES = "apt-get install -y --no-install-recommends kamailio kamailio-tls-modules"


class Missing(Exception):
    """What has to be installed is not."""


class Kamailio:
    name = "kamailio"

    def __init__(self, folder, ports, certificate, key, connections):
        self.binary = shutil.which("kamailio", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        if self.binary is None or not (MODULES / "tls.so").exists():
            raise Missing(f"Kamailio with its TLS module is not installed: {PACKAGES}")
        said = subprocess.run([self.binary, "-v"], capture_output=True, text=True, check=True).stdout
        self.version = re.search(r"kamailio ([\d.]+)", said).group(1)
        self.ports = ports
        self.config = folder / "kamailio.cfg"
        self.log = folder / "kamailio.log"
        text = (HERE / "kamailio.cfg").read_text()
        for name, value in {"TCP": ports["tcp"], "TLS": ports["tls"], "CERTIFICATE": certificate, "KEY": key,
                            "CONNECTIONS": connections + 200}.items():
            text = text.replace(f"@{name}@", str(value))
        self.config.write_text(text)
        self.process = None

    def address(self, transport, signed=False):
        assert not signed
        return f"127.0.0.1:{self.ports[transport]}"

    def pid(self):
        return self.process.pid

    def start(self):
        # fm: the allocator for use; the default one is for finding bugs and costs twice as much.
        words = [self.binary, "-DD", "-E", "-x", "fm", "-m", "1024", "-M", "64", "-f", self.config,
                 "-Y", self.config.parent, "-w", self.config.parent]
        self.process = subprocess.Popen([str(w) for w in words], stdin=subprocess.DEVNULL, stdout=open(self.log, "a"),
                                        stderr=subprocess.STDOUT)
        end = time.monotonic() + 20
        for port in self.ports.values():
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if self.process.poll() is not None or time.monotonic() > end:
                        raise RuntimeError(f"Kamailio did not start: {self.log.read_text()[-2000:]}") from None
                    time.sleep(0.05)
        time.sleep(0.5)  # its other processes

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
