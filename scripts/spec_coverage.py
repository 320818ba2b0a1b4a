#!/usr/bin/env python3
"""Which sections of which documents are implemented, proven and assumed: docs/reference/coverage.md, derived from
the citations in code and tests. scripts/generate_reference.py writes the page; this prints a summary, or with --gaps
the rules that are known not to be kept.

    scripts/spec_coverage.py [--gaps] [DOCUMENT]

What counts: `RFC 3261 16.3`, `[MS-SIPAE] 3.3.5.2` and `digest MS-SIPAE 4.3` anywhere in a file. A file whose head says
"Bare sections: RFC 3261" also has its rows counted that begin with a section alone: {"17.1.1.2: ...
"""
import argparse, collections, pathlib, re, sys

TOP = pathlib.Path(__file__).resolve().parent.parent
HEAD = "<!-- Written by scripts/generate_reference.py; edit the sources instead. -->\n"
CITED = re.compile(r"\[(MS-[A-Za-z0-9]+)\]\s+(\d+(?:\.\d+)*)|\b(RFC \d+)\s+(\d+(?:\.\d+)*)|"
                   r"digest (MS-[A-Za-z0-9]+|[A-Z]+-[A-Z]+)\s+(\d+(?:\.\d+)*)")
ROW = re.compile(r'^    \{"((?:RFC \d+|\[MS-\w+\]|digest MS-\w+) [\d.]+)",', re.M)
GAP = re.compile(r'\{((?:"[^"]*"\s*)+),\s*((?:"[^"]*"\s*)+)\}\s*\},?\s*$')
NAMED_GAP = re.compile(r'expected_to_fail (\w+)\{((?:"[^"]*"\s*)+),')
STRING = re.compile(r'"([^"]*)"')
BARE = re.compile(r"Bare sections: (RFC \d+)")
BARE_ROW = re.compile(r'\{"(\d+(?:\.\d+)+)[ :]')


def joined(strings):
    return "".join(STRING.findall(strings))


def sources():
    """(name, text, whether it is a test) of everything that may cite."""
    for root, kinds in (("src", ("*.cc", "*.h")), ("tests", ("*.cc", "*.h", "*.py"))):
        for path in sorted(p for kind in kinds for p in (TOP / root).rglob(kind)):
            name = path.relative_to(TOP).as_posix()
            yield name, path.read_text(encoding="utf-8", errors="replace"), \
                root == "tests" or bool(re.search(r"/(tests|fuzz)/", name))


def citations(text):
    """(document, section, whether by way of a digest)."""
    for a, a_section, b, b_section, c, c_section in CITED.findall(text):
        yield (f"[{a}]" if a else b or f"[{c}]"), (a_section or b_section or c_section).rstrip("."), bool(c)
    if bare := BARE.search(text):
        for section in BARE_ROW.findall(text):
            yield bare[1], section, False


def gaps(text):
    """(document, section, rule, why) of the rows of a conformance suite that are expected to fail."""
    named = {name: joined(why) for name, why in NAMED_GAP.findall(text)}
    starts = [*ROW.finditer(text)]
    for at, nxt in zip(starts, [*starts[1:], None]):
        row = text[at.start():nxt.start() if nxt else len(text)]
        if nxt is None:
            row = row.split("\n};")[0]
        row = row.rstrip()
        why = None
        if m := GAP.search(row):
            why = joined(m[1])
        elif m := re.search(r",\s*(\w+)\},?$", row):
            why = named.get(m[1])
        if why:
            said = row[at.end() - at.start():]
            document, section, _ = next(citations(at[1]))
            yield document, section, joined(re.match(r'\s*((?:"[^"]*"\s*)+)', said)[1]), why


class Section:
    def __init__(self):
        self.code, self.tests, self.gaps, self.digest_only = set(), set(), [], True


def collect():
    found = collections.defaultdict(lambda: collections.defaultdict(Section))
    assumed = collections.Counter()
    for name, text, is_test in sources():
        for document, section, digest in citations(text):
            s = found[document][section + (" (digest)" if digest else "")]
            (s.tests if is_test else s.code).add(name if is_test else name.rsplit("/", 1)[0])
        if name.startswith("tests/conformance/"):
            for document, section, rule, why in gaps(text):
                digest = section not in found[document]
                found[document][section + (" (digest)" if digest else "")].gaps.append(f"{rule}: {why}")
        if not is_test and (n := len(re.findall(r"//.*\bassumed:", text))):
            assumed[name] += n
    return found, assumed


def key(section):
    return [int(n) for n in section.split()[0].split(".")]


def row(*cells):
    return "| " + " | ".join(str(c).replace("|", "\\|") for c in cells) + " |"


def summary(found):
    for document in sorted(found):
        sections = found[document].items()
        yield (document.strip("[]"), sum(bool(s.code) for _, s in sections),
               sum(bool(s.tests) for _, s in sections), sum(bool(s.code and s.tests) for _, s in sections),
               sum(n.endswith("(digest)") for n, _ in sections), sum(len(s.gaps) for _, s in sections))


COLUMNS = ("document", "implemented", "proven", "both", "by digest", "known gaps")


def page():
    found, assumed = collect()
    lines = [HEAD, "# Coverage", "",
             "Sections of documents that code cites (implemented) and tests cite (proven). A section that nobody cites may still be",
             "followed; a section that is cited was read by whoever wrote the line, in the document or, where it says so, in a digest of",
             "it. Known gaps are the rows of `tests/conformance` that are expected to fail.", "",
             row(*COLUMNS), row(*["---"] * len(COLUMNS))]
    lines += [row(f"[{name}](#{name.lower().replace(' ', '-')})", *numbers) for name, *numbers in summary(found)]
    lines.append("")
    for document in sorted(found):
        lines += [f"## {document.strip('[]')}", "", row("section", "implemented in", "proven by"), row(*["---"] * 3)]
        for name in sorted(found[document], key=key):
            s = found[document][name]
            lines.append(row(name, " ".join(f"`{f}`" for f in sorted(s.code)), " ".join(f"`{f}`" for f in sorted(s.tests))))
        lines.append("")
        missing = [(name, g) for name in sorted(found[document], key=key) for g in found[document][name].gaps]
        if missing:
            lines += ["Not kept:", "", *(f"- {name}: {g}" for name, g in missing), ""]
    lines += ["## Assumptions", "", "Lines marked `assumed:`, ours until a document or a capture proves them.", "",
              row("file", "lines"), row("---", "---")]
    lines += [row(f"`{name}`", n) for name, n in sorted(assumed.items())]
    return "\n".join(lines) + "\n"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--gaps", action="store_true")
    options.add_argument("document", nargs="?")
    given = options.parse_args()
    found, assumed = collect()
    chosen = {d: s for d, s in found.items() if given.document in (None, d.strip("[]"))}
    if given.gaps:
        for document in sorted(chosen):
            for name in sorted(chosen[document], key=key):
                for g in chosen[document][name].gaps:
                    print(f"{document} {name}: {g}")
        return
    width = max(map(len, (d for d in chosen)), default=0)
    print("  ".join(["document".ljust(width), *COLUMNS[1:]]))
    for name, *numbers in summary(chosen):
        print("  ".join([name.ljust(width), *(str(n).rjust(len(c)) for n, c in zip(numbers, COLUMNS[1:]))]))
    print(f"{sum(assumed.values())} lines are assumptions")


if __name__ == "__main__":
    sys.exit(main())
