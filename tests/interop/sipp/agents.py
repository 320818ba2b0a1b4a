"""sipp as a user agent: a scenario file, a port, and the verdict of its exit status."""

import pathlib
import re
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent / "scenarios"
ADDRESS = "127.0.0.1"
FROM = "sip:gateway@pstn.test"
# Seconds until a scenario that hangs counts as failed; lost packets cost half a second and more each.
PATIENCE = 40


class SippFailed(AssertionError):
    pass


class Agent:
    """One sipp process. `fill` takes the place of @NAME@ in the scenario, as sipp has no such thing there; `to` is
    the port of a proxy that is asked instead of the server. Without a proxy behind it a request has 69 hops left.
    `forgives` are methods that may come when the scenario is past them."""

    def __init__(self, world, scenario, port, *, calls=1, lost=0, transport="udp", to=None, fill=None, forgives=frozenset(), **keys):
        self.name = f"{scenario}_{port}"
        self.scratch = world.scratch
        text = re.sub(r"<!--.*?-->", "", (HERE / f"{scenario}.xml").read_text(), flags=re.S)
        for key, value in {"hops": 69, **(fill or {})}.items():
            text = text.replace(f"@{key.upper()}@", str(value))
        left = re.findall(r"@[A-Z]+@", text)
        assert not left, f"{scenario}.xml needs {left}"
        file = self._unused(".xml")
        file.write_text(text)
        self.messages = file.with_suffix(".messages.log")
        self.errors = file.with_suffix(".errors.log")
        server_port = to or world.server.ports["sip_udp" if transport == "udp" else "sip_tcp"]
        keys = {"domain": world.domain, "from": FROM, **keys}
        argv = ["sipp", f"{ADDRESS}:{server_port}", "-sf", file, "-i", ADDRESS, "-p", port, "-mp", 30000 + port % 1000 * 8,
                "-t", "u1" if transport == "udp" else "t1", "-m", calls, "-r", 20, "-nostdin",
                "-timeout", f"{PATIENCE}s", "-timeout_error", "-recv_timeout", f"{PATIENCE - 5}s",
                "-trace_msg", "-message_file", self.messages, "-trace_err", "-error_file", self.errors,
                "-lost", lost, "-max_retrans", 10]
        self.forgives = forgives
        if forgives:
            argv += ["-default_behaviors", "all,-abortunexp"]
        for key, value in keys.items():
            argv += ["-key", key, value]
        self.process = subprocess.Popen([*map(str, argv)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, cwd=self.scratch, text=True)

    def _unused(self, suffix):
        for number in range(1000):
            file = self.scratch / f"{self.name}_{number}{suffix}"
            if not file.exists():
                return file
        raise RuntimeError("too many agents")

    def finish(self, timeout=PATIENCE + 10):
        """Returns when all its calls went as the scenario says."""
        _, said = self.process.communicate(timeout=timeout)
        errors = self.errors.read_text(errors="replace") if self.errors.exists() else ""
        unexpected = set(re.findall(r"unexpected message for .*?, received '(\S+)", errors)) - self.forgives if self.forgives else None
        if self.process.returncode != 0 or unexpected:
            errors = errors[-3000:]
            raise SippFailed(f"{self.name}: sipp exited with {self.process.returncode}\n{said}{errors}")

    def message_text(self):
        return self.messages.read_text(errors="replace")


def wait_for_port(port, transport):
    """Until an agent's socket is there, so that nothing is sent too early."""
    table = pathlib.Path(f"/proc/net/{transport}")
    wanted = f"0100007F:{port:04X}"
    for _ in range(200):
        if wanted in table.read_text():
            return
        time.sleep(0.02)
    raise SippFailed(f"nobody opened port {port}/{transport}")
