#!/usr/bin/env python3
"""Adds up CTest's JUnit files of one run and prints, as the very last line, "N passed, N failed".

    scripts/test_result.py FOLDER
    scripts/test_result.py --try-again FOLDER

Fails when a test failed, when one could not be started, or when none ran. What was skipped is neither
passed nor failed; it is named with the reason that it gave ("skipped: reason" on a line of its output).

--try-again prints, as a regular expression for CTest, which of the failed live in real time: beside
other tests on a busy machine they can fail for want of a processor. What is deterministic is never
among them, nor is one whose server crashed, and where more than a few failed the machine is not the
reason. FOLDER/second_try.xml is how they did alone: who passed there has passed, and that is said.
"""
import pathlib, re, sys
import xml.etree.ElementTree as xml

SECOND_TRY = "second_try"
FEW = 5
CRASHED = "lyceumd crashed: signal "
IN_REAL_TIME = re.compile(r"(hostile|interop|clients|scale|golden|durability)/")


def read(folder):
    """name: (verdict, reason), of each file by its name."""
    found = {}
    for file in sorted(pathlib.Path(folder).glob("*.xml")):
        cases = found.setdefault(file.stem, {})
        for case in xml.parse(file).getroot().iter("testcase"):
            status, why = case.get("status"), case.find("skipped")
            if status == "run":
                verdict = "passed", ""
            elif status == "disabled" or (why is not None and "SKIP" in (why.get("message") or "")):
                said = re.search(r"^skipped: (.+)$", case.findtext("system-out") or "", re.M)
                verdict = "skipped", said[1] if said else "no reason given"
            else:  # failed, timed out, or its program was never built
                verdict = "failed", "crashed" if CRASHED in (case.findtext("system-out") or "") else ""
            cases[case.get("name")] = verdict
    return found


def try_again(folder):
    failed = sorted(name for cases in read(folder).values() for name, verdict in cases.items()
                    if verdict == ("failed", "") and IN_REAL_TIME.match(name))
    if 0 < len(failed) <= FEW:
        print("^(" + "|".join(map(re.escape, failed)) + ")$")


def main():
    if sys.argv[1:2] == ["--try-again"] and len(sys.argv) == 3:
        return try_again(sys.argv[2])
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = read(sys.argv[1])
    alone = {name for name, (verdict, _) in found.pop(SECOND_TRY, {}).items() if verdict == "passed"}
    passed, failed, skipped = [], [], {}
    for name, (verdict, why) in ((n, v) for cases in found.values() for n, v in cases.items()):
        if verdict == "passed" or name in alone:
            passed.append(name)
        elif verdict == "skipped":
            skipped.setdefault(why, []).append(name)
        else:
            failed.append(name)
    print()
    for name in sorted(alone):
        print(f"SECOND TRY: {name} failed at first, and passed alone")
    for why, names in skipped.items():
        print(f"NOT TESTED: {len(names)} skipped, because {why}: {' '.join(names)}")
    for name in failed:
        print(f"FAILED: {name}")
    empty = [run for run, cases in found.items() if not cases]
    for run in empty if found else ["any run"]:
        failed.append(run)
        print(f"no test of {run} ran: that is a failure")
    print(f"{len(passed)} passed, {len(failed)} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
