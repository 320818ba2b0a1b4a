#!/usr/bin/env python3
"""Sizes, names, words and pages of the tree. Part of scripts/check; well under a second.

A file over 400 lines is a smell and is named; over 800 it fails (tables and tests excepted: a table says
so with a comment "table:" in its first five lines).
"""
import pathlib, re, subprocess, sys

TOP = pathlib.Path(__file__).resolve().parent.parent
SMELL, LIMIT = 400, 800
CODE = {".h", ".cc", ".c"}
WORDS = [  # (where, pattern, why)
    (r".*", r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b", "write it now, or as a known gap in docs/status.md"),
    (r"(src|tests|bench)/.*\.(h|cc)$", r"^\s*(TEST_P|TYPED_TEST)\b|INSTANTIATE_TEST", "rows in a loop: docs/guides/testing.md"),
    (r"(src|tests|bench)/.*\.(h|cc)$", r"#\s*include\s*<gmock/", "fakes, not mocks: docs/guides/testing.md"),
    (r"(src|tests|bench)/.*\.(h|cc)$", r"\busing namespace std;", "docs/guides/style.md"),
    (r"(src|tests|bench)/.*\.cc$", r"\bDISABLED_\w+|\bGTEST_SKIP\b|EXPECT_TRUE\(true\)", "a known gap is a row that expects to fail"),
    (r"src/.*/tests/.*\.cc$", r"\bsleep_for\b|\busleep\(|\bsleep\(", "unit tests do not wait: time is handed in"),
    (r"src/(?!net/task_body\.h|net/asio/|.*/(tests|fuzz)/).*\.h$",
     r"#\s*include\s*<(boost/(asio|beast|json|url)|fmt/|spdlog/|gtest/|libxml/|soci/|toml|CLI/)", "heavy header in a header: docs/guides/style.md"),
    (r".*", r"(?<![\w./-])/(wo" r"rk|ho" r"me|ro" r"ot)/[a-z]", "a path of one machine"),
]


def files():
    out = subprocess.run([TOP / "scripts/changed_files", "--all"], capture_output=True, text=True, check=True).stdout
    return out.splitlines()


def leaves(names):
    """Folders of src that hold code of ours themselves."""
    kinds = re.compile(r"src/(.+)/[^/]+\.(h|cc)$")
    found = {m[1] for m in map(kinds.match, names) if m}
    return sorted(f for f in found if not re.search(r"(^|/)(tests|fuzz)(/|$)", f))


def main():
    names, bad, smells = files(), [], []
    present = set(names)
    for name in names:
        path = pathlib.PurePosixPath(name)
        if path.suffix in {".png", ".pem", ".bin", ".wasm"} or "/corpus/" in name or "/data/" in name or name == "LICENSE":
            continue
        try:
            lines = (TOP / name).read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        if path.suffix in CODE and "/tests/" not in name and not name.startswith("tests/"):
            table = any("table:" in line for line in lines[:5])
            if len(lines) > LIMIT and not table:
                bad.append(f"{name}: {len(lines)} lines; over {LIMIT} it is two files")
            elif len(lines) > SMELL and not table:
                smells.append(f"{name}: {len(lines)} lines; {SMELL} is a smell")
        if path.suffix in CODE and not re.fullmatch(r"[a-z0-9_./]+", name):
            bad.append(f"{name}: names are snake_case")
        for where, pattern, why in WORDS:
            if not re.match(where, name):
                continue
            for number, line in enumerate(lines, 1):
                if m := re.search(pattern, line):
                    bad.append(f"{name}:{number}: {m[0].strip()}: {why}")
    for leaf in leaves(names):
        if f"src/{leaf}/README.md" not in present:
            bad.append(f"src/{leaf}: no README.md (document, purpose, entry points, status, exposure)")
        if m := re.fullmatch(r"protocol/([^/]+)", leaf):
            if f"docs/protocols/{m[1]}.md" not in present:
                bad.append(f"src/{leaf}: no docs/protocols/{m[1]}.md")
        if m := re.fullmatch(r"roles/([^/]+)", leaf):
            if f"docs/roles/{m[1]}.md" not in present:
                bad.append(f"src/{leaf}: no docs/roles/{m[1]}.md")
    for name in names:
        if m := re.fullmatch(r"(src/.+/fuzz)/([^/]+_fuzz)\.cc", name):
            if not any(n.startswith(f"{m[1]}/corpus/{m[2]}/") for n in names):
                bad.append(f"{name}: no corpus in {m[1]}/corpus/{m[2]}/")
    if "-v" in sys.argv[1:]:
        print("\n".join(smells))
    print("\n".join(bad) or f"{len(names)} files in order, {len(smells)} over {SMELL} lines (-v names them)")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
