#!/usr/bin/python3
"""One case against a lyceumd of its own: run.py CASE --bin FOLDER; run.py --list names them."""

import argparse
import importlib
import pathlib
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
MODULES = ["case_vectors", "case_framing", "case_patience",
           ]


def cases():
    found = {}
    for name in MODULES:
        module = importlib.import_module(name)
        found.update({f.__name__: f for f in module.CASES})
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("case", nargs="?")
    parser.add_argument("--bin")
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    known = cases()
    if asked.list:
        print("\n".join(known))
        return
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    began = time.monotonic()
    known[asked.case](asked.bin)
    print(f"{asked.case}: passed in {time.monotonic() - began:.1f} s")


main()
