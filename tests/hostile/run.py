#!/usr/bin/python3
"""Attacks a server of its own. run.py CASE --bin build/release/bin --out /tmp/hostile, or run.py --list"""

import argparse
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import ntlm  # noqa: E402
from bystander import Bystander  # noqa: E402
from cases import CASES  # noqa: E402
from target import Target  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", nargs="?", choices=CASES)
    parser.add_argument("--bin", default="build/release/bin", help="folder of lyceumd and lyceum")
    parser.add_argument("--out", default="/tmp/lyceum_hostile")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("\n".join(CASES))
        return
    ntlm.self_check()
    for name in [options.case] if options.case else CASES:
        case = CASES[name]
        began = time.monotonic()
        target = Target(options.bin, pathlib.Path(options.out) / name, getattr(case, "settings", None))
        try:
            with Bystander(target):
                case(target)
            target.end()
        finally:
            if target.server.alive():
                target.server.kill()
        print(f"{name}: {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
