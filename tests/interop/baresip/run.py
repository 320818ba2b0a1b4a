#!/usr/bin/python3
"""Runs one scenario with baresip user agents on the trusted-gateway path of a real server; needs root.

    run.py SCENARIO --bin build/release/bin --out /tmp/interop
"""

import inspect
import pathlib
import sys

INTEROP = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(INTEROP / "baresip"), str(INTEROP), str(INTEROP / "dns")]

import calls  # noqa: E402
from agents import ADDRESS  # noqa: E402
from harness import sandbox, world  # noqa: E402
from harness.server import DOMAIN  # noqa: E402
from name_server import NameServer  # noqa: E402

SCENARIOS = {name: function for name, function in inspect.getmembers(calls, inspect.isfunction)
             if function.__module__ == "calls" and not name.startswith("_")}


def with_gateway(scenario):
    """The scenario with a server that trusts whoever is at the agents' address."""

    def trust(server):
        for transport in ("udp", "tcp"):
            server.admin("trusted", "add", ADDRESS, "--transport", transport, "--may-register")

    def run(surroundings):
        surroundings.domain = DOMAIN
        names = NameServer()
        names.add_host(f"sip.{DOMAIN}", ADDRESS)  # what the server's Record-Route says
        surroundings.start_server(users=("alice", "bob"), before_start=trust)
        scenario(surroundings)

    return run


def main():
    options = world.arguments(__doc__.splitlines()[0], SCENARIOS).parse_args()
    sandbox.enter()
    world.run_scenario(options.scenario, with_gateway(SCENARIOS[options.scenario]), options)


if __name__ == "__main__":
    main()
