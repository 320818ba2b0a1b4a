"""The attacks by name. A case is a function that is given a started server; what it does not survive is a failure."""

from . import bombs, floods, framing, impostors, injection, neighbours, patience, roles, secrets, signing, tools

CASES = {name: case for module in (framing, injection, bombs, signing, impostors, secrets, roles, neighbours, patience, floods, tools)
         for name, case in vars(module).items() if getattr(case, "is_case", False)}
