"""What callgrind wrote down, as far as it is needed here."""

import collections
import re

_ID = re.compile(r"\((\d+)\)(?: (.*))?")
# One line for an allocation, whoever asks: operator new goes on to malloc.
ALLOCATORS = ("operator new(", "CRYPTO_malloc", "nettle_xalloc")


class Profile:
    """total: instructions; calls: times a function was called; allocations: by who called for them."""

    def __init__(self, path):
        self.total, self.calls, self.allocations = 0, collections.Counter(), collections.Counter()
        names, caller, callee = {}, "", ""
        for line in path.read_text(errors="replace").splitlines():
            if line.startswith(("fn=", "cfn=")):
                number, name = _ID.match(line.split("=", 1)[1].strip()).groups()
                name = names.setdefault(number, name)
                if line[0] == "f":
                    caller = name
                else:
                    callee = name
            elif line.startswith("calls="):
                times = int(line[6:].split()[0])
                self.calls[callee] += times
                if callee.startswith(ALLOCATORS):
                    self.allocations[caller] += times
            elif line.startswith("totals:"):
                self.total = int(line.split()[1])

    def called(self, part):
        """How often functions were called whose name has that part."""
        return sum(times for name, times in self.calls.items() if part in name)
