"""A machine room inside namespaces.

enter() runs the calling script again in fresh network, mount, host name and process namespaces.
Nothing in there can reach the real network, and everything in there dies with the script, however
it ends: its first process is killed with its parent, and the kernel then ends the namespace.

A network is a bridge with the server's address on it, and hosts beside it, each in a network
namespace of its own with its own host name and address. Two endpoints of one user need that:
pidgin-sipe makes its endpoint id from user, host name and address.
"""

import os
import pathlib
import shutil
import subprocess
import sys

SERVER_ADDRESS = "10.99.0.1"
SKIPPED = 77  # the exit code that CTest takes for "skipped"
_INSIDE = "LYCEUM_INTEROP_SANDBOX"
_REFUSALS = ("Operation not permitted", "Permission denied", "Function not implemented", "No space left on device",
             "Operation not supported", "Unknown device type")
_NEEDED = ("unshare", "nsenter", "ip", "mount", "hostname")


def enter():
    """Returns inside the sandbox only. Where the machine gives no namespaces the script ends as skipped."""
    if os.environ.get(_INSIDE) == "1":
        return
    missing = [tool for tool in _NEEDED if shutil.which(tool) is None]
    if missing:
        sys.exit(f"interop: not installed: {', '.join(missing)}")
    command = ["unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        command.append("--map-root-user")
    # What the networks below are made of, tried once: a kernel or a container may refuse any of it. Anything
    # else that is wrong is for the test to fail of.
    probe = "mount -t tmpfs none /run && ip link add lan type bridge && ip link add lan0 type veth peer name lan1"
    tried = subprocess.run([*command, "--", "sh", "-c", probe], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if tried.returncode != 0 and any(words in tried.stderr for words in _REFUSALS):
        print(f"skipped: this machine gives no network namespaces: {' '.join(tried.stderr.split())}")
        sys.exit(SKIPPED)
    os.environ[_INSIDE] = "1"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.execvp(command[0], [*command, "--", sys.executable, *sys.argv])


def run(*command):
    """Runs a command that must succeed; its output is part of the failure."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout.strip() or done.returncode}")
    return done.stdout


class Host:
    """A machine with one address."""

    def __init__(self, name, address):
        self.name = name
        self.address = address

    def command(self, argv):
        """argv as it must be started to run on this host."""
        script = 'hostname "$0" && exec "$@"'
        return ["nsenter", f"--net=/run/netns/{self.name}", "--", "unshare", "--uts", "--",
                "sh", "-c", script, self.name, *map(str, argv)]


class Network:
    """The bridge, the server's side of it, and the hosts added so far. Only inside the sandbox."""

    def __init__(self, scratch, domain):
        self.scratch = pathlib.Path(scratch)
        self.hosts = []
        run("mount", "--make-rprivate", "/")
        run("mount", "-t", "tmpfs", "none", "/run")
        os.makedirs("/run/netns")
        self._replace("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        names = [domain, f"sip.{domain}"]
        self._replace("/etc/hosts", f"127.0.0.1 localhost\n::1 localhost\n{SERVER_ADDRESS} {' '.join(names)}\n")
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "lan", "type", "bridge")
        run("ip", "address", "add", f"{SERVER_ADDRESS}/24", "dev", "lan")
        run("ip", "link", "set", "lan", "up")
        run("hostname", "server")

    def _replace(self, path, text):
        """Another content for a system file, in this mount namespace only."""
        ours = self.scratch / pathlib.Path(path).name
        ours.write_text(text)
        real = pathlib.Path(os.path.realpath(path))
        if not real.exists():  # a link into /run, which is empty now
            real.parent.mkdir(parents=True, exist_ok=True)
            real.touch()
        run("mount", "--bind", str(ours), str(real))

    def add_host(self, name):
        number = len(self.hosts) + 11
        host = Host(name, f"10.99.0.{number}")
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"lan{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", f"lan{number}", "master", "lan", "up")
        inside = ["nsenter", f"--net=/run/netns/{name}", "--"]
        run(*inside, "ip", "link", "set", "lo", "up")
        run(*inside, "ip", "address", "add", f"{host.address}/24", "dev", "eth0")
        run(*inside, "ip", "link", "set", "eth0", "up")
        self.hosts.append(host)
        return host

    def cut(self, host):
        """Pulls the host's plug."""
        run("ip", "link", "set", f"lan{host.address.rpartition('.')[2]}", "down")

    def mend(self, host):
        run("ip", "link", "set", f"lan{host.address.rpartition('.')[2]}", "up")
