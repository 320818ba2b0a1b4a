#!/usr/bin/env python3
"""Two builds of one tree at once: scripts/build with a ninja that only writes down when it was there.
build_test.py SCRIPTS_BUILD"""
import os, pathlib, select, shutil, signal, subprocess, sys, tempfile, time, unittest

SCRIPT = pathlib.Path(sys.argv[1])
PATIENCE = 20
CMAKE = """#!/bin/sh
echo "configure $2" >>"$DIARY"
mkdir -p "build/$2" && touch "build/$2/build.ninja"
"""
NINJA = """#!/bin/sh
echo "begin $2" >>"$DIARY"
while [ ! -e "$DIARY.go" ]; do sleep 0.02; done
echo "end $2" >>"$DIARY"
exit "$RESULT"
"""


class Builds(unittest.TestCase):
    def setUp(self):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="lyceum_build_"))
        self.addCleanup(shutil.rmtree, self.top)
        self.diary = self.top / "diary"
        for name, text in (("programs/cmake", CMAKE), ("programs/ninja", NINJA), ("scripts/build", SCRIPT.read_text())):
            path = self.top / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            path.chmod(0o755)
        (self.top / "CMakePresets.json").touch()

    def build(self, preset, result=0):
        environment = {**os.environ, "PATH": f"{self.top}/programs:{os.environ['PATH']}", "DIARY": str(self.diary), "RESULT": str(result)}
        started = subprocess.Popen([self.top / "scripts/build", preset], env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(self.end, started)
        return started

    @staticmethod
    def end(started):
        try:
            os.killpg(started.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        started.communicate()

    def says(self, build, line):
        self.assertTrue(select.select([build.stderr], [], [], PATIENCE)[0], f"never: {line}")
        self.assertEqual(build.stderr.readline(), line + "\n")

    def written(self):
        return self.diary.read_text().splitlines() if self.diary.exists() else []

    def eventually(self, *lines):
        until = time.monotonic() + PATIENCE
        while self.written() != list(lines):
            self.assertLess(time.monotonic(), until, self.written())
            time.sleep(0.02)

    def test_one_waits_for_the_other_and_says_so(self):
        first = self.build("release", result=1)  # fails, which is no reason to wait on
        self.eventually("configure release", "begin build/release")
        second = self.build("release")
        self.says(second, "scripts/build: waits for another build of build/release")
        self.build("asan")  # has a tree of its own
        before = ["configure release", "begin build/release", "configure asan", "begin build/asan"]
        self.eventually(*before)
        (self.top / "diary.go").touch()
        self.assertEqual((first.wait(PATIENCE), second.wait(PATIENCE)), (1, 0))
        of_release = [line for line in self.written() if line.endswith("release")]
        self.assertEqual(of_release, ["configure release", *["begin build/release", "end build/release"] * 2])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
