"""The attacks by name. A case is a function that is given a started server; what it does not survive is a failure."""

from . import floods, framing, impostors, injection, patience, signing

CASES = {name: case for module in (framing, injection, signing, impostors, patience, floods)
         for name, case in vars(module).items() if getattr(case, "is_case", False)}
