#!/usr/bin/env python3
"""Writes the generated pages of docs/reference: events, metrics and coverage (scripts/spec_coverage.py) from the
sources; configuration, ports and commands as the program `lyceum` tells them.

    scripts/generate_reference.py [--check] [--program build/release/bin/lyceum]

--check writes nothing and fails when a page is not current; scripts/check does that. Without --program the
pages that need the program are written when build/release has it, and are not checked.
"""
import argparse, pathlib, re, subprocess, sys

import spec_coverage

TOP = pathlib.Path(__file__).resolve().parent.parent
SRC = TOP / "src"
STRING = r'"((?:[^"\\]|\\.)*)"'
EVENT = re.compile(r"log::write\(\s*(?:\w+::)*level::(\w+)\s*,\s*" + STRING + r"\s*,\s*" + STRING + r"([^;]*);")
METRIC = re.compile(r"(?:make|show)_(counter|gauge)\(\s*" + STRING + r"\s*,\s*((?:" + STRING + r"\s*)+)")
HEAD = spec_coverage.HEAD


def sources(tests):
    for path in sorted([*SRC.rglob("*.cc"), *SRC.rglob("*.h")]):
        name = path.relative_to(SRC).as_posix()
        if tests == bool(re.search(r"(^|/)(tests|fuzz)/", name)):
            yield name, path.read_text(encoding="utf-8", errors="replace")


def row(*cells):
    return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"


def events():
    found, bad = {}, []
    for name, text in sources(tests=False):
        for level, area, event, rest in EVENT.findall(text):
            fields = re.findall(r"\{\s*" + STRING, rest)
            key = (area, event)
            known = found.setdefault(key, (level, set(), set()))
            known[1].update(fields)
            known[2].add(name)
            if not re.fullmatch(r"[a-z0-9_]+", event):
                bad.append(f"{name}: event {event} is not snake_case")
        if not name.startswith("base/log/") and len(re.findall(r"\blog::write\(", text)) != len(EVENT.findall(text)):
            bad.append(f"{name}: level, area and event of a log::write are to stand in the call as they are, for events.md")
    lines = [HEAD, "# Events", "", "What the log says; `log::write` in the file named. Fields that every line has: time, level, area, event.", "",
             row("area", "event", "level", "fields", "file"), row(*["---"] * 5)]
    for (area, event), (level, fields, files) in sorted(found.items()):
        lines.append(row(area, event, level, " ".join(sorted(fields)), " ".join(f"`src/{f}`" for f in sorted(files))))
    return "\n".join(lines) + "\n", bad


def metrics():
    found = {}
    for name, text in sources(tests=False):
        for kind, metric, help_text, _ in METRIC.findall(text):
            found[metric] = (kind, "".join(re.findall(STRING, help_text)), name)
    lines = [HEAD, "# Metrics", "", "What the metrics port shows, summed over shards where no label names the shard.", "",
             row("metric", "kind", "meaning", "file"), row(*["---"] * 4)]
    for metric, (kind, help_text, name) in sorted(found.items()):
        lines.append(row(f"`{metric}`", kind, help_text, f"`src/{name}`"))
    return "\n".join(lines) + "\n", []


def coverage():
    return spec_coverage.page(), []


def told_by(program, page):
    done = subprocess.run([program, "reference", page], capture_output=True, text=True)
    return done.stdout, [] if done.returncode == 0 else [f"{program} reference {page}: {done.stderr.strip()}"]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true")
    options.add_argument("--program", type=pathlib.Path)
    given = options.parse_args()
    pages = {"events": events, "metrics": metrics, "coverage": coverage}
    program = given.program or TOP / "build/release/bin/lyceum"
    if given.program or (program.exists() and not given.check):
        for page in ("configuration", "ports", "commands"):
            pages[page] = lambda page=page: told_by(program, page)
    bad = []
    for page, make in pages.items():
        text, faults = make()
        bad += faults
        path = TOP / f"docs/reference/{page}.md"
        if given.check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                bad.append(f"docs/reference/{page}.md is not current; run scripts/generate_reference.py")
        elif not faults:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    print("\n".join(bad) or "the generated pages are current")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
