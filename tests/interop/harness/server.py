"""A Lyceum server from given binaries, with its own data folder."""

import json
import pathlib
import re
import signal
import subprocess
import threading
import time

DOMAIN = "contoso.test"
PORT_BASE = 20000
PASSWORDS = {"alice": "Wonderland-1", "bob": "Builder-2", "carol": "Carols-3"}


class ServerError(AssertionError):
    pass


class Server:
    """lyceumd, and the lyceum command that administers it."""

    def __init__(self, bin_dir, data, settings=None, daemon=None, port_base=PORT_BASE):
        self.bin_dir = pathlib.Path(bin_dir).resolve()
        self.daemon = pathlib.Path(daemon or self.bin_dir / "lyceumd").resolve()
        self.data = pathlib.Path(data)
        self.log_path = self.data.parent / "server.log"
        self.process = None
        self._changed = threading.Condition()
        self._command("init", "--data", self.data, "--domain", DOMAIN, "--port-base", port_base)
        self.config = self.data / "lyceum.toml"
        self.ca_dir = self.data.parent / "ca"
        self.ca_dir.mkdir(exist_ok=True)
        (self.ca_dir / "lyceum-ca.pem").write_text((self.data / "ca.pem").read_text())
        # A finished call stays a transaction for 32 s (RFC 6026); a test has no reason to wait for that at its end.
        for key, value in {"server.drain_patience": "2 s", **(settings or {})}.items():
            self.set(key, value)
        self.ports = json.loads(self.admin("ports", "--json"))

    def set(self, dotted, value):
        """Sets one scalar of lyceum.toml: "section.key"; the section is added if it is missing."""
        section, _, key = dotted.rpartition(".")
        line = f"{key} = {json.dumps(value)}"
        text = self.config.read_text()
        header = re.search(rf"^\[{re.escape(section)}\][^\n]*\n", text, re.M)
        if header is None:
            text += f"\n[{section}]\n{line}\n"
        else:
            end = re.search(r"^\[", text[header.end():], re.M)
            end = header.end() + end.start() if end else len(text)
            body = re.sub(rf"^#?\s*{re.escape(key)}\s*=.*\n", "", text[header.end():end], flags=re.M)
            text = text[:header.end()] + line + "\n" + body + text[end:]
        self.config.write_text(text)

    def _command(self, *args, stdin=""):
        argv = [str(self.bin_dir / "lyceum"), *map(str, args)]
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise ServerError(f"{' '.join(argv)} exited with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def admin(self, *args, stdin=""):
        return self._command("--config", self.config, *args, stdin=stdin)

    def add_user(self, name, password=None):
        self.admin("user", "add", f"sip:{name}@{DOMAIN}", "--display-name", name.capitalize(), "--password-stdin",
                   stdin=(password or PASSWORDS[name]) + "\n")

    def status(self):
        return json.loads(self.admin("status", "--json"))

    def contacts(self, name):
        return json.loads(self.admin("contacts", "show", f"sip:{name}@{DOMAIN}", "--json"))

    def start(self, timeout=30):
        """Returns when every listener accepts."""
        lines = []  # of this process alone: the reader of a killed one may still be at its last
        self.process = subprocess.Popen([str(self.daemon), "--config", str(self.config)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, errors="replace")
        threading.Thread(target=self._read, args=(self.process, lines), daemon=True).start()
        with self._changed:
            ready = self._changed.wait_for(lambda: "lyceum: ready" in lines or None in lines, timeout)
        if not ready or "lyceum: ready" not in lines:
            raise ServerError(f"lyceumd did not become ready; exit status {self.process.poll()}")

    def _read(self, process, lines):
        with process.stdout as pipe, open(self.log_path, "a", encoding="utf-8") as log:
            for line in pipe:
                log.write(line)
                log.flush()
                with self._changed:
                    lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        # Said whatever else the test makes of it: for what crashed there is no second try (scripts/test_result.py).
        if process.wait() < 0 and process.returncode not in (-signal.SIGTERM, -signal.SIGKILL):
            print(f"lyceumd crashed: signal {-process.returncode}", flush=True)
        with self._changed:
            lines.append(None)
            self._changed.notify_all()

    def stop(self, timeout=15):
        """SIGTERM; the server must leave with 0."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise ServerError(f"lyceumd was still there {timeout} s after SIGTERM") from None
        if code != 0:
            raise ServerError(f"lyceumd exited with {code} after SIGTERM")

    def kill(self):
        """kill -9."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def wait_for_counts(self, timeout, **wanted):
        """Waits until `lyceum status` shows these numbers, such as transactions=0."""
        end = time.monotonic() + timeout
        while True:
            status = self.status()
            missing = [key for key in wanted if key not in status]
            if missing:
                raise ServerError(f"lyceum status --json has no {', '.join(missing)}: {status}")
            if all(status[key] == value for key, value in wanted.items()):
                return status
            if time.monotonic() > end:
                raise ServerError(f"after {timeout} s lyceum status shows {status}, not {wanted}")
            time.sleep(0.25)
