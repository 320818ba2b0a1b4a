#!/usr/bin/env python3
"""The ten slowest files of the last build, and whether the build keeps its budget.

    scripts/build_budget.py [--warn] [--tree build/release]

Reads .ninja_log. Files compile side by side, so a file's seconds on the wall say little; each is charged
its share instead: while n files compile on c cores, a second costs each of them min(1, c/n). A file over
8 s fails, or warns when the machine was busy with something else (or with --warn).
"""
import argparse, os, pathlib, sys

FILE_LIMIT = 8.0      # seconds a file
TOTAL_LIMIT = 1080.0  # of the 1200 CPU-seconds that ten minutes on two cores give; the rest is linking and configuring


def last_build(log):
    """(start, end, output) in seconds of the build that the log's end tells of."""
    build, last_end = [], -1
    for line in log.read_text().splitlines():
        parts = line.split("\t")
        if len(parts) < 5:
            continue
        start, end = int(parts[0]) / 1000, int(parts[1]) / 1000
        if end < last_end:  # ninja writes in order of completion: time going back is another build
            build = []
        last_end = end
        build.append((start, end, parts[3]))
    return build


def shares(build, cores):
    """Seconds charged to each output."""
    moments = sorted({t for start, end, _ in build for t in (start, end)})
    charged = {output: 0.0 for _, _, output in build}
    running = sorted(build)
    for at, until in zip(moments, moments[1:]):
        active = [output for start, end, output in running if start <= at and end >= until]
        for output in active:
            charged[output] += (until - at) * min(1.0, cores / len(active))
    return charged


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--warn", action="store_true", help="never fail")
    options.add_argument("--tree", default="build/release")
    given = options.parse_args()
    log = pathlib.Path(given.tree) / ".ninja_log"
    if not log.exists():
        sys.exit(f"build_budget: no {log}; build first")
    cores = os.cpu_count() or 1
    charged = {o: s for o, s in shares(last_build(log), cores).items() if o.endswith((".o", ".gch", ".pch"))}
    if not charged:
        print("build budget: nothing was compiled by the last build")
        return
    total = sum(charged.values())
    print(f"build budget: {len(charged)} files, {total:.0f} CPU-seconds of {TOTAL_LIMIT:.0f}; the slowest:")
    for output, seconds in sorted(charged.items(), key=lambda item: -item[1])[:10]:
        print(f"  {seconds:5.1f} s  {output}")
    over = [o for o, s in charged.items() if s > FILE_LIMIT]
    busy = os.getloadavg()[0] > cores + 1
    for output in over:
        print(f"build budget: over {FILE_LIMIT:.0f} s: {output}")
    if total > TOTAL_LIMIT:
        print(f"build budget: over {TOTAL_LIMIT:.0f} CPU-seconds in all")
    if (over or total > TOTAL_LIMIT) and not given.warn:
        if busy:
            print(f"build budget: a warning only, the load is {os.getloadavg()[0]:.1f} on {cores} cores")
        else:
            sys.exit(1)


if __name__ == "__main__":
    main()
