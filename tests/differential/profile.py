"""How many examples the differential tests try.

By default a few, and the same in each run. `MREPL_DIFFERENTIAL=50 pytest tests/differential` tries
fifty times as many, other ones in each run.
"""

import os

from hypothesis import HealthCheck, settings

_FACTOR = int(os.environ.get("MREPL_DIFFERENTIAL", "1"))


def examples(count: int) -> settings:
    """The settings of a test that by default tries so many examples."""
    return settings(
        max_examples=count * _FACTOR,
        deadline=None,
        derandomize=_FACTOR == 1,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
