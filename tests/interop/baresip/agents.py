"""baresip as a user agent: a folder with its configuration, commands and events over its control port."""

import json
import pathlib
import queue
import shutil
import socket
import subprocess
import threading
import time
import wave

import name_server

ADDRESS = "127.0.0.1"
AUDIO = ("g711", "aufile")
PATIENCE = 15


class BaresipFailed(AssertionError):
    pass


class Baresip:
    """One baresip with one account, registered through the server (`outbound`), without a sound card."""

    def __init__(self, world, user, port, *, transport="udp"):
        self.name = user
        self.events = []
        self._arrived = queue.Queue()
        self.log_path = world.scratch / f"baresip_{user}.log"
        folder = world.scratch / f"baresip_{user}"
        folder.mkdir()
        modules = pathlib.Path("/usr/lib/baresip/modules")
        with wave.open(str(folder / "silence.wav"), "wb") as silence:
            silence.setparams((1, 2, 8000, 0, "NONE", ""))
            silence.writeframes(bytes(2 * 8000 * 60))
        (folder / "config").write_text("\n".join([
            f"sip_listen {ADDRESS}:{port}",
            f"dns_server {name_server.ADDRESS[0]}:{name_server.ADDRESS[1]}",  # it reads no /etc/hosts
            f"audio_player aufile,{folder / 'heard.wav'}",
            f"audio_source aufile,{folder / 'silence.wav'}",
            f"audio_alert aufile,{folder / 'alert.wav'}",
            "rtp_ports 31000-31999",
            f"module_path {modules}",
            *(f"module {name}.so" for name in AUDIO),
            "module_tmp uuid.so", "module_tmp account.so",
            "module_app contact.so", "module_app menu.so", "module_app ctrl_tcp.so",
            f"ctrl_tcp_listen {ADDRESS}:{port + 1000}", ""]))
        server = world.server.ports["sip_udp" if transport == "udp" else "sip_tcp"]
        outbound = f"sip:{ADDRESS}:{server};transport={transport}"
        (folder / "accounts").write_text(
            f'<sip:{user}@{world.domain};transport={transport}>;outbound="{outbound}";regint=600;audio_codecs=PCMU\n')
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([shutil.which("baresip"), "-4", "-s", "-v", "-f", folder],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.control = self._connect(port + 1000)
        threading.Thread(target=self._read, daemon=True).start()
        world.clients.append(self)

    def _connect(self, port):
        for _ in range(250):
            try:
                return socket.create_connection((ADDRESS, port), timeout=2)
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.02)
        raise BaresipFailed(f"{self.name} did not start: {self.log_path.read_text(errors='replace')}")

    def _read(self):
        """Netstrings of JSON, until the connection ends."""
        self.control.settimeout(None)
        held = b""
        while chunk := self.control.recv(65536):
            held += chunk
            while b":" in held:
                size, _, rest = held.partition(b":")
                if len(rest) <= int(size):
                    break
                self._arrived.put(json.loads(rest[:int(size)]))
                held = rest[int(size) + 1:]

    def registered(self):
        """Waits for the 200 to its REGISTER, which may be there before anybody listens to its events."""
        for _ in range(PATIENCE * 20):
            if "200 OK" in self.said() and "binding]" in self.said():
                return
            time.sleep(0.05)
        raise BaresipFailed(f"{self.name} is not registered: {self.said()}")

    def command(self, name, params=""):
        text = json.dumps({"command": name, "params": params, "token": name}).encode()
        self.control.sendall(b"%d:%s," % (len(text), text))

    def expect(self, kind, timeout=PATIENCE, **members):
        """The next event of that type; what came before it is forgotten."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            try:
                event = self._arrived.get(timeout=left)
            except queue.Empty:
                break
            self.events.append(event)
            if event.get("type") == kind and all(want in str(event.get(key, "")) for key, want in members.items()):
                return event
        seen = "\n  ".join(json.dumps(e) for e in self.events[-15:])
        raise BaresipFailed(f"{self.name}: no {kind} {members} within {timeout} s; it saw\n  {seen}")

    def said(self):
        """Its SIP trace so far."""
        return self.log_path.read_text(errors="replace")

    def finish(self):
        """It unregisters and ends in order."""
        if self.process.poll() is None:
            self.command("quit")
            try:
                code = self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise BaresipFailed(f"{self.name} did not end") from None
            if code != 0:
                raise BaresipFailed(f"{self.name} exited with {code}")
