#!/usr/bin/env python3
"""What ./test makes of CTest's results. test_result_test.py SCRIPTS_TEST_RESULT"""
import pathlib, re, subprocess, sys, tempfile, unittest

SCRIPT = sys.argv[1]
SKIPPED = ("notrun", '<skipped message="SKIP_RETURN_CODE=77"/><system-out>skipped: no namespaces\n</system-out>')


def case(name, status, inside=""):
    return f'<testcase name="{name}" status="{status}">{inside}</testcase>'


class Results(unittest.TestCase):
    def setUp(self):
        home = tempfile.TemporaryDirectory(prefix="lyceum_results_")
        self.addCleanup(home.cleanup)
        self.folder = pathlib.Path(home.name)

    def write(self, run, **cases):
        """cases: a status, or a pair of it and what stands inside; __ stands for the / of a name"""
        inside = "".join(case(name.replace("__", "/"), *([s] if isinstance(s, str) else s)) for name, s in cases.items())
        (self.folder / f"{run}.xml").write_text(f"<testsuite>{inside}</testsuite>")

    def judge(self, *options):
        done = subprocess.run([sys.executable, "-B", SCRIPT, *options, self.folder], capture_output=True, text=True, timeout=30)
        return done.returncode, done.stdout.splitlines()

    def test_all_good(self):
        self.write("suite", unit__a="run", hostile__b="run")
        self.assertEqual(self.judge(), (0, ["", "2 passed, 0 failed"]))
        self.assertEqual(self.judge("--try-again"), (0, []))

    def test_a_failure(self):
        self.write("suite", unit__a="run", unit__b="fail")
        self.assertEqual(self.judge(), (1, ["", "FAILED: unit/b", "1 passed, 1 failed"]))
        self.assertEqual(self.judge("--try-again"), (0, []), "what is deterministic is not tried again")

    def test_skipped(self):
        self.write("suite", unit__a="run", interop__b=SKIPPED)
        self.assertEqual(self.judge(), (0, ["", "NOT TESTED: 1 skipped, because no namespaces: interop/b", "1 passed, 0 failed"]))

    def test_nothing_ran(self):
        self.assertEqual(self.judge()[0], 1)
        self.write("suite", unit__a="run")
        self.write("interop")
        self.assertEqual(self.judge(), (1, ["", "no test of interop ran: that is a failure", "1 passed, 1 failed"]))

    def test_a_second_try(self):
        self.write("suite", unit__a="run", hostile__slow="fail", clients__late="fail")
        (again,) = self.judge("--try-again")[1]
        self.assertEqual([n for n in ("unit/a", "hostile/slow", "clients/late", "hostile/slower") if re.search(again, n)],
                         ["hostile/slow", "clients/late"])
        self.write("second_try", hostile__slow="run", clients__late="fail")
        self.assertEqual(self.judge(), (1, ["", "SECOND TRY: hostile/slow failed at first, and passed alone",
                                            "FAILED: clients/late", "2 passed, 1 failed"]))

    def test_a_second_try_that_is_skipped_is_no_success(self):
        self.write("suite", unit__a="run", interop__b="fail")
        self.write("second_try", interop__b=SKIPPED)
        self.assertEqual(self.judge(), (1, ["", "FAILED: interop/b", "1 passed, 1 failed"]))

    def test_a_crash_is_not_tried_again(self):
        self.write("suite", hostile__a=("fail", "<failure/><system-out>x\nlyceumd crashed: signal 11\n</system-out>"))
        self.assertEqual(self.judge("--try-again"), (0, []))

    def test_many_failures(self):
        self.write("suite", **{f"hostile__{i}": "fail" for i in range(6)})
        self.assertEqual(self.judge("--try-again"), (0, []))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
