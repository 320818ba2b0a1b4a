#!/usr/bin/env python3
"""Links of the pages lead somewhere, and files that pages name exist. Part of scripts/check.

Looks at README.md, ARCHITECTURE.md, CONTRIBUTING.md, docs/ and every README.md below src, tests, packaging.
A name counts when it stands in `code` and begins with a folder of the tree, such as `src/base/text.h`;
names with <, *, { or … in them are patterns and are left alone.
"""
import pathlib, re, sys

TOP = pathlib.Path(__file__).resolve().parent.parent
ROOTS = ("src/", "tests/", "docs/", "scripts/", "cmake/", "packaging/", "bench/", "web/", ".ci/")


def pages():
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        yield TOP / name
    for folder in ("docs", "src", "tests", "packaging", "bench"):
        if (TOP / folder).is_dir():
            yield from sorted((TOP / folder).rglob("*.md"))


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if m := re.match(r"#+\s+(.*)", line):
            yield re.sub(r"[^\w\- ]", "", m[1].strip().lower()).replace(" ", "-")


def main():
    bad, looked = [], 0
    for page in pages():
        if not page.exists():
            bad.append(f"{page.relative_to(TOP)}: missing")
            continue
        shown, fenced = page.relative_to(TOP), False
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            if fenced:
                continue
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                if re.match(r"[a-z]+:", target):
                    continue
                looked += 1
                path, _, anchor = target.partition("#")
                file = (page.parent / path) if path else page
                if not file.exists():
                    bad.append(f"{shown}:{number}: link to nowhere: {target}")
                elif anchor and file.suffix == ".md" and anchor not in set(anchors(file)):
                    bad.append(f"{shown}:{number}: no such heading: {target}")
            for name in re.findall(r"`([^`\s]+)`", line):
                if not name.startswith(ROOTS) or re.search(r"[<*{…]|NNNN|\.\.\.", name):
                    continue
                looked += 1
                name = re.sub(r":\d+$", "", name)
                if not (TOP / name).exists() and not (page.parent / name).exists():  # a leaf may speak of its own tests/
                    bad.append(f"{shown}:{number}: names a file that is not there: {name}")
    print("\n".join(bad) or f"{looked} links and names lead somewhere")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
