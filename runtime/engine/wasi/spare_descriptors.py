"""How many files modules may open before the host itself could open none."""

import os

_KEPT = 64
"""How many descriptors the host keeps for itself: pipes of mounted binaries, histories, caches."""


def descriptor_is_spare() -> bool:
    """Whether this process can open one more file for a module, and `_KEPT` for itself.

    Where it may open few files, it keeps a quarter of them.
    """
    try:
        import resource  # noqa: PLC0415 - most sessions open no file
    except ImportError:  # not on Windows, where there are enough
        return True
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return True
    try:
        with open(os.devnull, "rb", buffering=0) as opened:  # noqa: PTH123 - quicker
            lowest = opened.fileno()
    except OSError:
        return False
    # The system gives the lowest free number, so that all below it are taken.
    return lowest < limit - min(_KEPT, limit // 4)
