#!/usr/bin/python3
"""lyceumd is killed while administrators change users: what it acknowledged is there afterwards."""

import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from loopback.admin import Admin  # noqa: E402
from loopback.house import House, PATIENCE, eventually, main, sip  # noqa: E402

ROUNDS = 8
ADMINISTRATORS = 3
NOBODY = None


class Administrator:
    """Changes users of its own, and knows what was acknowledged. A state is what `user list` shows of a user."""

    def __init__(self, number, seed):
        self.number = number
        self.random = random.Random(f"{seed}/{number}")
        self.states = {}  # name: the state that was acknowledged
        self.passwords = {}
        self.in_flight = None  # name, the state that it may have got
        self.acknowledged = 0
        self.error = None

    def work(self, data):
        """Until the server is gone."""
        try:
            with Admin(data) as admin:
                while True:
                    self._change(admin)
        except (EOFError, OSError):
            pass
        except Exception as e:  # for the test's own thread
            self.error = e

    def _change(self, admin):
        live = [n for n, s in self.states.items() if s is not NOBODY]
        what = self.random.choice(["add", "change", "disable", "enable", "set-password", "remove"]) if len(live) > 5 else "add"
        name = f"a{self.number}_{len(self.states)}" if what == "add" else self.random.choice(live)
        now = dict(self.states.get(name) or {"display_name": "", "enabled": True})
        arguments, password = {}, self.passwords.get(name)
        if what in ("add", "change"):
            arguments["display_name"] = now["display_name"] = f"{name} {self.random.random()}"
        if what in ("disable", "enable"):
            now["enabled"] = what == "enable"
        if what in ("add", "set-password"):
            arguments["password"] = password = f"{self.random.random()}"
        if what == "remove":
            now = password = NOBODY
        self.in_flight = name, now
        self.states.setdefault(name, NOBODY)
        admin.do(f"user {what}", user=sip(name), **arguments)
        self.states[name], self.passwords[name] = now, password
        self.in_flight = None
        self.acknowledged += 1

    def reconcile(self, shown, test):
        """Takes what the server has now; only the change without an answer may have gone either way."""
        for name, state in self.states.items():
            fine = [state]
            if self.in_flight and self.in_flight[0] == name:
                fine.append(self.in_flight[1])
                self.passwords.pop(name, None)
            test.assertIn(shown.get(name), fine, name)
            self.states[name] = shown.get(name)
        self.in_flight = None


class LiveKill(House):
    users = ()

    def test_acknowledged_changes_survive(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}", file=sys.stderr)
        chance = random.Random(seed)
        administrators = [Administrator(n, seed) for n in range(ADMINISTRATORS)]
        self.start()
        for round_number in range(ROUNDS):
            threads = [threading.Thread(target=a.work, args=(self.data,), daemon=True) for a in administrators]
            before = sum(a.acknowledged for a in administrators)
            for t in threads:
                t.start()
            eventually(lambda: sum(a.acknowledged for a in administrators), lambda n: n > before + 20)
            time.sleep(chance.uniform(0, 0.3))  # not waiting: the moment of the kill is the subject
            self.server.kill()
            for t in threads:
                t.join(PATIENCE)
                self.assertFalse(t.is_alive())
            for a in administrators:
                self.assertIsNone(a.error)
            self.start()
            shown = {u["login"]: {"display_name": u["display_name"], "enabled": u["enabled"]} for u in self.do("user list")}
            with self.subTest(round=round_number):
                for a in administrators:
                    a.reconcile(shown, self)
                self.assertLessEqual(set(shown), {n for a in administrators for n in a.states})
        a = administrators[0]
        name = next(n for n, s in a.states.items() if s and s["enabled"] and a.passwords.get(n))
        self.signed_in(name, password=a.passwords[name])
        print(f"{sum(a.acknowledged for a in administrators)} changes acknowledged", file=sys.stderr)


if __name__ == "__main__":
    main()
