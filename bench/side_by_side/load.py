"""One run of lyceum-load against one server."""

import json
import subprocess


class Invalid(Exception):
    """The run measured something else than it should have: errors, or no load to speak of."""


class Load:
    """Where the load comes from: the binary, its users, its certificate for mutual TLS."""

    def __init__(self, bin_dir, ca, users_file, certificate=None, key=None):
        self.binary = bin_dir / "lyceum-load"
        self.ca, self.users_file, self.certificate, self.key = ca, users_file, certificate, key

    def run(self, server, case, transport, connections, rate, seconds, signed=False, processes=1, sign_in_rate=200):
        """The findings of lyceum-load. rate 0: as fast as answers come."""
        words = [self.binary, "--server", server.address(transport, signed), "--transport", transport, "--case", case,
                 "--connections", connections, "--rate", rate, "--seconds", seconds, "--processes", processes,
                 "--sign-in-rate", sign_in_rate, "--users-file", self.users_file, "--server-pid", server.pid()]
        if transport == "tls":
            words += ["--ca", self.ca, "--tls-name", "sip.contoso.test"]
            if self.certificate and not signed:
                words += ["--certificate", self.certificate, "--key", self.key]
        words.append("--signed" if signed else "--plain")
        done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=seconds + 300)
        if done.returncode not in (0, 1):
            raise Invalid(f"lyceum-load exited with {done.returncode}: {done.stderr.strip()}")
        found = json.loads(done.stdout)
        errors = {**found["sign_in"]["errors"], **found["drive"]["errors"]}
        if errors or done.returncode != 0:
            raise Invalid(f"{case} over {transport}: errors {errors}")
        if found["sign_in"]["operations"] != connections:
            raise Invalid(f"{case} over {transport}: {found['sign_in']['operations']} of {connections} signed in")
        if case != "idle" and found["drive"]["operations"] == 0:
            raise Invalid(f"{case} over {transport}: nothing was done")
        if rate and found["drive"]["not_started"] > rate * seconds * 0.01:
            raise Invalid(f"{case} over {transport}: {found['drive']['not_started']} operations could not begin: "
                          f"{rate}/s is more than this machine does")
        return found
