"""The attacks by name. A case is a function that is given a started server; what it does not survive is a failure."""

from . import floods, framing, impostors, injection, patience, roles, signing

CASES = {name: case for module in (framing, injection, signing, impostors, roles, patience, floods)
         for name, case in vars(module).items() if getattr(case, "is_case", False)}
