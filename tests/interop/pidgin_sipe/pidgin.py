"""pidgin-sipe on a host of its own, driven through purple_drive."""

import time

from harness.events import EventSource
from harness.server import DOMAIN, PASSWORDS

VALIDATED = "signature of incoming message validated"
INVALID = "signature of incoming message is invalid"


def sip(name):
    return f"sip:{name}@{DOMAIN}"


def quoted(text):
    """One word of purple_drive's command language."""
    for plain, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escape)
    return f'"{text}"'


class Pidgin(EventSource):
    def __init__(self, world, user, host=None, password=None, login=None, transport="tls", port=None,
                 authentication="ntlm"):
        """host: the name of the machine it runs on, the user's own one if not given."""
        machine = world.network.add_host(host or f"{user}-desk")
        self.user = user
        self.debug_path = world.scratch / f"{machine.name}.log"
        argv = [world.options.driver, "--dir", world.scratch / f"{machine.name}.purple",
                "--ca-dir", world.server.ca_dir, "--debug", self.debug_path]
        with open(world.scratch / f"{machine.name}.stderr.log", "w") as stderr:
            super().__init__(machine.name, machine.command(argv), stderr=stderr)
        world.clients.append(self)
        self.expect("ready", sipe=lambda version: version is not None,
                    libxml2_sax1=lambda state: state in ("works", "cured"))
        name = f"{user}@{DOMAIN}" + (f",{login}" if login else "")
        port = port or world.server.ports["sip_tls" if transport == "tls" else "sip_tcp"]
        self.send(f"account {quoted(name)} {quoted(password or PASSWORDS[user])} server=sip.{DOMAIN}:{port} "
                  f"transport={transport} authentication={authentication}")
        self.expect("account-ready")

    def sign_in(self, timeout=20):
        self.send("connect")
        self.expect("signed-on", timeout)

    def sign_out(self):
        self.send("disconnect")
        self.expect("signed-off")

    def im(self, to, text):
        self.send(f"im {to}@{DOMAIN} {quoted(text)}")

    def im_html(self, to, html):
        self.send(f"im-html {to}@{DOMAIN} {quoted(html)}")

    def expect_im(self, sender, text, timeout=15):
        return self.expect("im-received", timeout, who=sip(sender), text=text)

    def conversations(self):
        self.send("list-conversations")
        return self.expect("conversations")["conversations"]

    def buddies(self):
        self.send("list-buddies")
        return {buddy["name"]: buddy for buddy in self.expect("buddies")["buddies"]}

    def debug_text(self):
        return self.debug_path.read_text(errors="replace")

    def wait_for_debug(self, text, timeout=10):
        """Until the client's log has it; for what it does without an event."""
        end = time.monotonic() + timeout
        while text not in self.debug_text():
            assert time.monotonic() < end, f"{self.name}: no {text!r} in {self.debug_path}"
            time.sleep(0.1)

    def wait_for_contact_list(self):
        """A contact added before the server's list is there would be taken away by it again: pidgin-sipe's way."""
        self.wait_for_debug("<contactList")

    def check_signatures(self):
        """The client verified what it received, and nothing was forged."""
        text = self.debug_text()
        assert VALIDATED in text, f"{self.name}: no message of the server was validated"
        assert INVALID not in text, f"{self.name}: a signature of the server was refused"
        assert not self.count("certificate-verify"), f"{self.name}: the certificate was not trusted"

    def finish(self):
        if self.process.poll() is None:
            code = self.end()
            assert code == 0, f"{self.name} exited with {code}"
        else:
            assert self.process.returncode == 0, f"{self.name} had ended with {self.process.returncode}"
