"""A program that prints one JSON object per line, and waiting for such objects."""

import json
import subprocess
import threading
import time


class Unexpected(AssertionError):
    pass


def matches(event, name, members):
    """Values are compared as they are; a callable is asked."""
    if event.get("event") != name:
        return False
    return all(want(event.get(key)) if callable(want) else event.get(key) == want for key, want in members.items())


def _shown(value):
    text = "..." if callable(value) else repr(value)
    return text if len(text) < 120 else text[:100] + "..."


def described(name, members):
    return " ".join([name, *(f"{key}={_shown(value)}" for key, value in members.items())])


class EventSource:
    """One process. Each event satisfies one expect(); events that happened before the call count."""

    def __init__(self, name, argv, **popen):
        self.name = name
        self.events = []
        self._taken = set()
        self._changed = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8", **popen)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self._changed:
                self.events.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def _find(self, name, members):
        for index, event in enumerate(self.events):
            if index not in self._taken and matches(event, name, members):
                self._taken.add(index)
                return event
        return None

    def _raise(self, text):
        seen = "\n    ".join(json.dumps(event, ensure_ascii=False)[:300] for event in self.events[-25:])
        raise Unexpected(f"{self.name}: {text}; it saw\n    {seen}")

    def expect(self, name, timeout=15, /, **members):
        """The first such event that no other call has taken."""
        end = time.monotonic() + timeout
        with self._changed:
            while True:
                found = self._find(name, members)
                if found:
                    return found
                error = name != "error" and self._find("error", {})
                if error:
                    self._raise(f"command failed: {error}")
                left = end - time.monotonic()
                if left <= 0:
                    self._raise(f"no {described(name, members)} within {timeout} s")
                if self._ended:
                    self._raise(f"ended with {self.process.wait()} before {described(name, members)}")
                self._changed.wait(left)

    def expect_none(self, name, seconds, /, **members):
        """No such event from the last mark() until `seconds` from now."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                found = self._find(name, members)
                if found:
                    self._raise(f"unexpected {json.dumps(found, ensure_ascii=False)[:300]}")
                left = end - time.monotonic()
                if left <= 0:
                    return
                self._changed.wait(left)

    def mark(self):
        """Everything so far counts as seen."""
        with self._changed:
            self._taken.update(range(len(self.events)))

    def count(self, name, /, **members):
        with self._changed:
            return sum(matches(event, name, members) for event in self.events)

    def wait_for_change(self, seconds):
        """Until the next event, at most so long."""
        with self._changed:
            self._changed.wait(seconds)

    def end(self, timeout=20):
        """Closes stdin and returns the exit status."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        return self.process.wait(timeout)
