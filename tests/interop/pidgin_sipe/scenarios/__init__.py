"""All scenarios by name. A module's scenarios are its public functions."""

import inspect

from . import endpoints, messages, resilience, signing_in


def collect(*modules):
    return {name: function for module in modules for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == module.__name__ and not name.startswith("_")}


SCENARIOS = collect(signing_in, messages, endpoints, resilience)
