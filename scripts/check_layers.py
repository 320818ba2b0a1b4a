#!/usr/bin/env python3
"""Keeps the storeys in order. Run by ./test and by the commit hook; a second on the whole tree.

One line per folder, in that folder's CMakeLists.txt, is the only place a dependency is written:
    lyceum_library(<folder> STOREY <0-4> [ADAPTER] [DEPS <folder>...] [SOURCES <file>...])
CMake links from it and this script checks the #includes against it.
"""
import functools, itertools, pathlib, re, sys

SRC = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src")
BANNED = [  # (storeys, pattern, why); tests/ and fuzz/ are exempt, and so are the files in ALLOW
    ({0, 1, 3}, r'#\s*include\s*<boost/(asio|beast)', "I/O lives in storey 2 and in roles/*/rim"),
    ({0, 1, 3}, r'#\s*include\s*<(thread|mutex|shared_mutex|future|atomic)>', "one shard, one thread"),
    ({0, 1, 2, 3}, r'\b(steady|system)_clock::now\b|\bstd::random_device\b|\bgetenv\b', "handed in, see base/environment.h"),
    ({0, 1, 2, 3, 4}, r'#\s*include\s*<(regex|iostream)>|\bsleep_for\b', "docs/guides/style.md"),
]
ALLOW = {"base/system_environment.cc", "base/metrics/counter.h"}

rule = re.compile(r'lyceum_library\(\s*(\S+)\s+STOREY\s+(\d)([^)]*)\)')
storey, deps, adapter, bad = {}, {}, set(), set()
for f in sorted(SRC.rglob("CMakeLists.txt")):
    for name, n, rest in rule.findall(re.sub(r'#.*', '', f.read_text())):
        words = rest.split()
        storey[name] = int(n)
        if "ADAPTER" in words: adapter.add(name)
        after = words[words.index("DEPS") + 1:] if "DEPS" in words else []
        deps[name] = list(itertools.takewhile(lambda w: w not in ("ADAPTER", "SOURCES", "LINK"), after))

def is_rim(n): return storey[n] == 3 and n.endswith("/rim")
def may(a, b):
    """May folder a depend on folder b?"""
    if storey[a] == 4: return True
    if b in adapter: return False
    if is_rim(a): return storey[b] <= 2 or b == a.removesuffix("/rim")
    if storey[a] == 3: return storey[b] <= 1
    return storey[b] < storey[a] or storey[a] == storey[b] <= 2

for a, ds in deps.items():
    for d in ds:
        if d not in storey: bad.add(f"{a}: DEPS names no folder: {d}")
        elif not may(a, d): bad.add(f"{a} (storey {storey[a]}) may not depend on {d} (storey {storey[d]})")

@functools.cache
def reach(n): return frozenset().union(*({d} | reach(d) for d in deps.get(n, ())), frozenset())
try: [reach(n) for n in deps]
except RecursionError: bad.add("the folders' DEPS contain a cycle")
for a, b in [(a, b) for a in storey for b in storey if a < b and a.split("/")[-1] == b.split("/")[-1] != "rim"]:
    bad.add(f"{a} and {b} share a name; a namespace would hide the other")

@functools.cache
def home(path): return max((n for n in storey if path.startswith(n + "/")), key=len, default=None)
for f in sorted([*SRC.rglob("*.h"), *SRC.rglob("*.cc")]):
    rel = f.relative_to(SRC).as_posix()
    me, free = home(rel), re.search(r'/(tests|fuzz)/', rel)
    if me is None: bad.add(f"{rel}: in no lyceum_library"); continue
    for i, l in enumerate(f.read_text(errors="replace").splitlines(), 1):
        m = re.match(r'\s*#\s*include\s*"([^"]+)"', l)
        if m and home(m[1]) not in (me, *deps[me]) and not free:
            bad.add(f"{rel}:{i}: {me} includes {m[1]} but its DEPS do not list {home(m[1]) or 'its folder'}")
        for where, pat, why in () if free or rel in ALLOW or is_rim(me) else BANNED:
            if storey[me] in where and re.search(pat, l): bad.add(f"{rel}:{i}: {l.strip()[:60]}: {why}")
print("\n".join(sorted(bad)) or f"{len(storey)} folders, {sum(map(len, deps.values()))} edges, in order")
sys.exit(bool(bad))
