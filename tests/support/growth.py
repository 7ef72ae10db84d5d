"""How much more a process has of the system after some work was done again and again."""

from collections.abc import Callable

from tests.support.usage import Usage, usage


def growth(
    work: Callable[[int], object],
    *,
    times: int,
    warm_up: int = 10,
    rounds: int = 1,
    process: int | None = None,
    report: Callable[[int, Usage], object] = lambda _done, _usage: None,
) -> Usage:
    """Has work done so often, and gives how much more there is then than before.

    Args:
        work: does it so many times.
        times: how often, after the warm-up.
        warm_up: how often before the first measurement: caches and allocators fill.
        rounds: in how many parts; after each it is measured.
        process: the one that is measured, this one by default.
        report: takes how often the work was done, and what the process has then.
    """
    work(warm_up)
    before = after = usage(process)
    report(0, before)
    for done in range(1, rounds + 1):
        work(times // rounds)
        after = usage(process)
        report(done * (times // rounds), after)
    return after - before


def repeated(once: Callable[[], object]) -> Callable[[int], None]:
    """What does it so many times."""

    def work(times: int) -> None:
        for _ in range(times):
            once()

    return work
