#!/usr/bin/python3
"""Runs one scenario with gateways that a name server of ours knows; needs root.

    run.py SCENARIO --bin build/release/bin --out /tmp/interop
"""

import inspect
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import scenarios  # noqa: E402
from agents import ADDRESS, Caller  # noqa: E402
from harness import sandbox, world  # noqa: E402
from harness.server import DOMAIN  # noqa: E402
from name_server import ADDRESS as NAME_SERVER, NameServer  # noqa: E402

SCENARIOS = {name: function for name, function in inspect.getmembers(scenarios, inspect.isfunction)
             if function.__module__ == "scenarios" and not name.startswith("_")}


def with_names(scenario):
    """The scenario with a server that asks our name server, and trusts the caller and pstn.test."""

    def trust(server):
        server.admin("trusted", "add", ADDRESS, "--transport", "udp")
        server.admin("trusted", "add", "pstn.test")

    def run(surroundings):
        surroundings.domain = DOMAIN
        names = NameServer()
        host, port = NAME_SERVER
        surroundings.start_server(users=("alice",), before_start=trust,
                                  settings={"dns.nameservers": [f"{host}:{port}"], "dns.patience": "2 s"})
        scenario(surroundings, names, Caller(surroundings.server.ports["sip_udp"]))

    return run


def main():
    options = world.arguments(__doc__.splitlines()[0], SCENARIOS).parse_args()
    sandbox.enter()
    world.run_scenario(options.scenario, with_names(SCENARIOS[options.scenario]), options)


if __name__ == "__main__":
    main()
