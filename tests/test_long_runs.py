"""The long runs of `python -m tests.soak`, cut short: what leaks much is seen at once."""

import pytest

from tests.soak import of_services, of_the_shell
from tests.soak.long_run import LongRun
from tests.support.usage import STATUS

pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="the figures come from Linux's /proc")

_SHORT = {
    "calls-fused": 10_000,
    "calls-interp": 4_000,
    "awaited": 1_000,
    "shell": 30,
}


@pytest.mark.parametrize("run", [*of_services.RUNS, of_the_shell.RUN], ids=lambda run: run.name)
def test_nothing_grows(run: LongRun) -> None:
    times = _SHORT.get(run.name, 60)
    grown = run.growth(times, rounds=1, report=lambda _line: None)
    assert run.excess(grown, times) == []
