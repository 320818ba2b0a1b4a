#!/usr/bin/env python3
"""Adds up CTest's JUnit files of one run and prints, as the very last line, "N passed, N failed".

    scripts/test_result.py FOLDER

Fails when a test failed, when one could not be started, or when none ran. What was skipped is neither
passed nor failed; it is named with the reason that it gave ("skipped: reason" on a line of its output).
"""
import pathlib, re, sys
import xml.etree.ElementTree as xml


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    passed, failed, skipped = [], [], {}
    for file in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
        for case in xml.parse(file).getroot().iter("testcase"):
            name, status = case.get("name"), case.get("status")
            why = case.find("skipped")
            if status == "run":
                passed.append(name)
            elif status == "disabled" or (why is not None and "SKIP" in (why.get("message") or "")):
                said = re.search(r"^skipped: (.+)$", case.findtext("system-out") or "", re.M)
                skipped.setdefault(said[1] if said else "no reason given", []).append(name)
            else:  # failed, timed out, or its program was never built
                failed.append(name)
    print()
    for why, names in skipped.items():
        print(f"NOT TESTED: {len(names)} skipped, because {why}: {' '.join(names)}")
    for name in failed:
        print(f"FAILED: {name}")
    if not passed and not failed:
        print("no test ran: that is a failure")
    print(f"{len(passed)} passed, {len(failed)} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
