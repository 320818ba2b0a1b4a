"""One scenario's surroundings: scratch folder, network, server, and what to show when it fails."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import time
import traceback

from . import sandbox
from .server import DOMAIN, Server


class World:
    def __init__(self, name, options):
        self.name = name
        self.options = options
        self.scratch = pathlib.Path(options.out).resolve() / name
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        self.network = sandbox.Network(self.scratch, DOMAIN)
        self.server = None
        self.clients = []
        self.capture = None
        if options.capture:
            argv = ["dumpcap", "-q", "-i", "lan", "-i", "lo", "-w", str(self.scratch / "capture.pcapng")]
            self.capture = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(1)

    def start_server(self, users=("alice", "bob"), settings=None, before_start=None):
        self.server = Server(self.options.bin, self.scratch / "data", settings, self.options.daemon)
        for user in users:
            self.server.add_user(user)
        if before_start is not None:
            before_start(self.server)
        self.server.start()
        return self.server

    def close(self):
        """Every client and the server must end in order."""
        for client in self.clients:
            client.finish()
        if self.server is not None:
            self.server.stop()
        if self.capture is not None:
            self.capture.terminate()
            self.capture.wait()


def _show_tail(path, lines=60):
    if path.exists():
        tail = path.read_text(errors="replace").splitlines()[-lines:]
        print(f"--- {path} (last {len(tail)} lines)", *tail, sep="\n", file=sys.stderr)


class _List(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        print("\n".join(sorted(self.const)))
        sys.exit(0)


def arguments(description, scenarios):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("scenario", choices=sorted(scenarios))
    parser.add_argument("--list", action=_List, nargs=0, const=scenarios, help="print the scenarios' names")
    parser.add_argument("--bin", required=True, help="folder with lyceumd and lyceum")
    parser.add_argument("--daemon", help="another lyceumd than the one in --bin")
    parser.add_argument("--capture", action="store_true", help="record the network with dumpcap (package tshark)")
    parser.add_argument("--out", required=True, help="folder for logs; each scenario has its own below")
    return parser


def run_scenario(name, function, options):
    """Runs it in the sandbox and exits: 0 when it went as it should."""
    world = World(name, options)
    start = time.monotonic()
    try:
        function(world)
        world.close()
    except Exception:  # whatever it was, the logs are wanted
        traceback.print_exc()
        for log in sorted(world.scratch.glob("*.log")):
            _show_tail(log)
        print(f"{name}: FAILED after {time.monotonic() - start:.1f} s; logs in {world.scratch}", file=sys.stderr)
        sys.exit(1)
    print(f"{name}: passed in {time.monotonic() - start:.1f} s")
    sys.exit(0)
