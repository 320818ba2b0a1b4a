#!/usr/bin/python3
"""Runs one scenario with real pidgin-sipe clients against a real server; needs root.

    run.py SCENARIO --bin build/release/bin --driver build/release/bin/purple_drive --out /tmp/interop
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from harness import sandbox, world  # noqa: E402
from scenarios import SCENARIOS  # noqa: E402


def main():
    parser = world.arguments(__doc__.splitlines()[0], SCENARIOS)
    parser.add_argument("--driver", required=True, help="the purple_drive program")
    options = parser.parse_args()
    sandbox.enter()
    world.run_scenario(options.scenario, SCENARIOS[options.scenario], options)


if __name__ == "__main__":
    main()
