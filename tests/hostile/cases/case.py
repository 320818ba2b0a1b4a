"""Marks a function as a case."""


def case(function=None, **settings):
    """@case, or @case(**{"sip.max_queued": "64 KiB"}) with settings of its own."""
    if function is None:
        return lambda f: _mark(f, settings)
    return _mark(function, {})


def _mark(function, settings):
    function.is_case = True
    function.settings = settings
    return function
