"""One who is signed in and asks all the time: whatever goes on beside him, he gets his answers."""

import threading
import time

SOURCE = "127.0.0.9"  # so that limits of one address do not hit him


class Bystander(threading.Thread):
    """with Bystander(target): ..."""

    def __init__(self, target, name="dave", pause=0.01):
        super().__init__(daemon=True)
        self.target, self.name_of_user, self.pause = target, name, pause
        self.over = threading.Event()
        self.waits = []
        self.trouble = None

    def __enter__(self):
        self.client = self.target.client(self.name_of_user, source=SOURCE).sign_in()
        self.target.note()
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.over.set()
        self.join(60)
        self.client.close()
        if kind is None:
            self.check()

    def run(self):
        try:
            while not self.over.is_set() or len(self.waits) < 5:
                began = time.monotonic()
                self.client.send("OPTIONS")
                self.client.expect(200, 15)
                self.waits.append(time.monotonic() - began)
                self.over.wait(self.pause)
        except Exception as e:  # check() tells
            self.trouble = e

    def p99(self):
        ordered = sorted(self.waits)
        return ordered[len(ordered) * 99 // 100]

    def check(self):
        assert self.trouble is None, f"the bystander was disturbed after {len(self.waits)} answers: {self.trouble!r}"
        print(f"bystander: {len(self.waits)} answers, p99 {self.p99() * 1000:.1f} ms, longest {max(self.waits) * 1000:.1f} ms")
