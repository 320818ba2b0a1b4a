#!/usr/bin/env python3
"""The long suites, sharing one budget. Called by ./test --nightly; see ./test --help.

Each suite is a list of steps. What was done is remembered in build/nightly/state.json, so that the next
night goes on where this one stopped; when every step of a suite had its turn, the suite begins anew. Time
that a suite leaves over goes to those after it. The last line is "N passed, N failed".
"""
import argparse, concurrent.futures, json, os, pathlib, random, re, resource, shutil, signal, subprocess, sys, time

TOP = pathlib.Path(__file__).resolve().parent.parent
HOME = TOP / "build/nightly"
STATE = HOME / "state.json"
JOBS = os.cpu_count() or 1
MIN_SHARE = 10  # seconds a live fuzz target gets at least


class budget:
    """What is left of the night."""

    def __init__(self, minutes):
        self.until = time.monotonic() + 60 * minutes

    def left(self):
        return self.until - time.monotonic()


def end(process):
    """It and what it started."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(command, seconds, log, env=None):
    """Exit code and output; None as exit code when the time ran out. The output also goes to a log file."""
    HOME.joinpath("logs").mkdir(parents=True, exist_ok=True)
    path = HOME / "logs" / (re.sub(r"[^\w.]+", "_", log) + ".txt")
    with path.open("wb") as out:
        process = subprocess.Popen(command, cwd=TOP, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                   env={**os.environ, **(env or {})}, start_new_session=True)
        try:
            code = process.wait(timeout=max(1, seconds))
        except subprocess.TimeoutExpired:
            end(process)
            code = None
        except BaseException:  # somebody ends the night: nothing stays behind
            end(process)
            raise
    return code, path.read_text(errors="replace")


# A step answers True (good), False (bad), "skipped" (this machine cannot) or None (the time ran out: again next night).

def build(preset, *targets):
    def step(seconds):
        code, text = run(["scripts/build", preset, *targets], seconds, f"build_{preset}")
        if code:
            print(text[-4000:])
        return None if code is None else code == 0
    return step


def ctest(preset, name, *options, env=None):
    def step(seconds):
        code, text = run(["ctest", "--test-dir", f"build/{preset}", "--output-on-failure", "--no-tests=error", *options],
                         seconds, f"{preset}_{name}", env)
        if code == 0 and (why := re.search(r"^skipped: .+$|\*\*\*Skipped", text, re.M)):
            print(f"  {why[0]}; the whole of it is in build/nightly/logs")
            return "skipped"
        print("\n".join(text.splitlines()[-6:]) if code == 0 else text[-6000:])
        return None if code is None else code == 0
    return step


def sanitizer(preset, labels):
    return lambda: [("build", build(preset)), ("tests", ctest(preset, "tests", f"-j{JOBS}", "-L", labels))]


def labelled(label, preset="release"):
    """The tests of that label. They are known as soon as the tree is configured; the first step builds what they need."""
    subprocess.run(["scripts/build", preset, "build.ninja"], cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    text = subprocess.run(["ctest", "--test-dir", f"build/{preset}", "-N", "-L", f"^({label})$"], cwd=TOP, capture_output=True, text=True).stdout
    return re.findall(r"Test +#\d+: (\S+)", text)


def watched(preset, test):
    """A test of sanitized programs. Each report of theirs is a file, so that none is lost with a program that was killed."""
    reports = HOME / "reports" / preset / re.sub(r"[^\w.]+", "_", test)
    common = f"log_path={reports}/report:log_exe_name=1"

    def step(seconds):
        shutil.rmtree(reports, ignore_errors=True)
        reports.mkdir(parents=True)
        result = ctest(preset, test, "-R", f"^{re.escape(test)}$", env={
            "ASAN_OPTIONS": common, "UBSAN_OPTIONS": f"{common}:print_stacktrace=1",
            "TSAN_OPTIONS": f"{common}:second_deadlock_stack=1"})(seconds)
        found = sorted(reports.iterdir())
        for report in found[:3]:
            print(report.read_text(errors="replace")[:4000])
        if found:
            print(f"  {len(found)} sanitizer reports in {reports}")
            return False
        return result
    return step


def live(preset, labels, *more):
    """The programs themselves, sanitized, under the tests that ask them from outside."""
    def steps():
        return [("build", build(preset, "lyceum_programs", *more)),
                *[(name, watched(preset, name)) for name in labelled(labels, preset)]]
    return steps


def repeated(label, times, env=None):
    """Each test of a label by itself, so that a night that ends early has finished some of them."""
    def steps():
        return [("build", build("release")),
                *[(name, ctest("release", name, "-R", f"^{re.escape(name)}$", "--repeat", f"until-fail:{times}", env=env))
                  for name in labelled(label)]]
    return steps


SEEDS, SEEDS_OF_A_STEP = 10_000, 250


def simulation():
    """Seeds that ./test does not play; several steps at once would disturb each other's budget, so one has all cores."""
    binary = TOP / "build/release/bin/simulation"

    def play(first):
        def step(seconds):
            each = -(-SEEDS_OF_A_STEP // JOBS)
            parts = [(a, min(each, first + SEEDS_OF_A_STEP - a)) for a in range(first, first + SEEDS_OF_A_STEP, each)]
            with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
                done = list(pool.map(lambda p: run([binary, "--seeds", str(p[0]), str(p[1])], seconds, f"simulation_{p[0]}"), parts))
            for code, text in done:
                if code:
                    print(text[-4000:])
            codes = [code for code, _ in done]
            return False if any(codes) else None if None in codes else True
        return step
    return [("build", build("release", "simulation"))] + [
        (f"seeds from {first}", play(first)) for first in range(101, 101 + SEEDS, SEEDS_OF_A_STEP)]


def fuzz_targets():
    return sorted((TOP / "src").rglob("fuzz/*_fuzz.cc"))


def children_time():
    """CPU seconds of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def fuzz_one(source, state):
    name = source.stem
    binary = TOP / "build/fuzz" / source.parent.parent.relative_to(TOP) / name
    kept, found = HOME / "corpus" / name, HOME / "crashes"

    def step(seconds):
        if not binary.exists():
            print(f"  {binary} was not built")
            return False
        kept.mkdir(parents=True, exist_ok=True)
        found.mkdir(parents=True, exist_ok=True)
        seed = random.SystemRandom().randrange(1, 2**31)
        used = children_time()
        code, text = run([binary, kept, source.parent / "corpus" / name, f"-seed={seed}", f"-max_total_time={max(1, int(seconds))}",
                          f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"],
                         seconds + 60, f"fuzz_{name}")
        done = re.search(r"number_of_executed_units: *(\d+)", text)
        executions = int(done[1]) if done else 0
        state["executions"][name] = state["executions"].get(name, 0) + executions
        state["fuzz_cpu_seconds"] += children_time() - used
        print(f"  {name}: seed {seed}, {executions} executions, {state['executions'][name]} in all")
        if code:
            print(text[-4000:])
            print(f"  the input is in {found}; it belongs in {source.parent / 'corpus' / name} with the fix")
        return code == 0
    return step


def fuzz(state):
    return lambda: [("build", build("fuzz", "lyceum_fuzz_targets"))] + [(s.stem, fuzz_one(s, state)) for s in fuzz_targets()]


def tidy():
    """By folder, the cheap checks first. scripts/tidy remembers which files are good, and goes on with the others."""
    def step(mode, folder):
        def act(seconds):
            files = sorted(p.relative_to(TOP).as_posix() for p in folder.rglob("*.cc"))
            code, out = run(["scripts/tidy", *mode, *files], seconds, "_".join(["tidy", *mode, folder.name]), {"TIDY_JOBS": str(JOBS)})
            found = ": error: " in out
            if code or found:
                print(out[-6000:])
            return None if code is None and not found else code == 0
        return act
    folders = [p for p in sorted((TOP / "src").iterdir()) if p.is_dir()]
    return [(" ".join([f.name, *mode]), step(mode, f))
            for mode, at in (([], [*folders, TOP / "tests"]), (["--analyzer"], folders)) for f in at]


def suites(state):
    """Name, weight in the budget, steps, and whether it remembers by itself what is good."""
    return {
        "headers": (5, lambda: [("compile alone", build("release", "lyceum_headers"))], False),
        "asan": (15, sanitizer("asan", "^(unit|fuzz_replay|contract|conformance|simulation)$"), False),
        "tsan": (15, sanitizer("tsan", "^(unit|contract|simulation)$"), False),
        "asan_live": (15, live("asan", "hostile|clients|cli|interop", "purple_drive", "lyceumd_broken_signature"), False),
        "tsan_live": (10, live("tsan", "hostile|clients"), False),
        "long": (10, repeated("nightly", 1), False),
        "durability": (5, repeated("durability", 5, {"LYCEUM_LONG": "1"}), False),
        "interop": (15, repeated("interop|interop_window", 3), False),
        "simulation": (15, simulation, False),
        "tidy": (15, tidy, True),
        "fuzz": (30, fuzz(state), False),
    }


def run_suite(name, steps, seconds, by_itself, state):
    """Number of good and bad steps."""
    until = time.monotonic() + seconds
    remembered = [] if by_itself else state["done"].setdefault(name, [])
    steps = list(steps())
    names = {step for step, _ in steps}
    done = set(remembered) & names
    todo = [s for s in steps if s[0] not in done or s[0] == "build"]
    print(f"== {name}: {len(todo)} of {len(steps)} steps to do, {seconds / 60:.1f} minutes", flush=True)
    good, bad, skipped = 0, [], []
    for at, (step, act) in enumerate(todo):
        left = until - time.monotonic()
        # Live fuzzing would take all it is given: share. Everything else takes what it needs.
        share = max(MIN_SHARE, left / (len(todo) - at)) if name == "fuzz" and step != "build" else left
        if left <= 0:
            break
        result = act(min(share, left))
        if result is None:
            print(f"  {step}: the time ran out; it goes on next night")
            break
        print(f"  {step}: {result if result == 'skipped' else 'good' if result else 'BAD'}", flush=True)
        if result == "skipped":
            skipped.append(step)
        elif result:
            good += 1
            done.add(step)
        else:
            bad.append(step)
            if step == "build":
                break
        save(state | {"done": state["done"] | {name: sorted(done)}})
    if by_itself or names <= done | set(bad) | set(skipped):  # all had their turn
        done = set()
    state["done"][name] = sorted(done)
    save(state)
    return good, bad, skipped


def save(state):
    HOME.mkdir(parents=True, exist_ok=True)
    draft = STATE.with_suffix(".new")
    draft.write_text(json.dumps(state, indent=1))
    draft.replace(STATE)


def main():
    os.environ.setdefault("LYCEUM_SEED", str(random.SystemRandom().randrange(1, 2**31)))
    state = {"done": {}, "executions": {}, "fuzz_cpu_seconds": 0}
    if STATE.exists():
        state |= json.loads(STATE.read_text())
    known = suites(state)
    options = argparse.ArgumentParser(prog="./test --nightly")
    options.add_argument("--only", action="append", choices=sorted(known), metavar="SUITE", help="one of " + " ".join(sorted(known)))
    options.add_argument("--budget", type=float, default=60, metavar="MINUTES")
    given = options.parse_args()
    if given.budget <= 0:
        options.error("--budget wants a positive number of minutes")
    chosen = [n for n in known if not given.only or n in given.only]
    print(f"nightly: {' '.join(chosen)}; {given.budget:g} minutes; seed {os.environ['LYCEUM_SEED']}", flush=True)
    night, good, bad, skipped = budget(given.budget), 0, [], []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("nightly: ended from outside; the next night goes on from here"))
    for at, name in enumerate(chosen):
        if night.left() <= 0:
            print(f"== {name}: not begun, the budget is spent")
            continue
        weight, steps, by_itself = known[name]
        share = night.left() * weight / sum(known[n][0] for n in chosen[at:])
        g, b, s = run_suite(name, steps, share, by_itself, state)
        good, bad, skipped = good + g, bad + [f"{name}: {step}" for step in b], skipped + [f"{name}: {step}" for step in s]
    print(f"\nlive fuzzing so far: {sum(state['executions'].values())} executions of {len(state['executions'])} targets,"
          f" {state['fuzz_cpu_seconds'] / 60:.1f} minutes of CPU")
    for step in skipped:
        print(f"NOT TESTED: {step}; it was skipped")
    for step in bad:
        print(f"FAILED: {step}")
    print(f"{good} passed, {len(bad)} failed", flush=True)
    sys.exit(1 if bad or not good else 0)


if __name__ == "__main__":
    main()
