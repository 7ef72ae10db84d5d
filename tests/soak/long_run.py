"""One long run: work that is repeated, and what it may leave behind."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.support.growth import growth
from tests.support.usage import Usage


@dataclass(frozen=True)
class WorkUnderWay:
    """Work that can go on.

    Attributes:
        work: does it so many times.
        process: the one that does it, and is measured; None for this one.
    """

    work: Callable[[int], object]
    process: int | None = None


@dataclass(frozen=True)
class LongRun:
    """Work that is repeated.

    Attributes:
        name: on the command line.
        unit: what it does, in the plural.
        times: how often.
        start: a context of the work under way.
        warm_up: how often it is done before the first measurement, in a run of at least as many
            times: caches and allocators have filled by then.
        most_growth: what may come and go besides what leaks.
        each: what each time may leave behind for good.
    """

    name: str
    unit: str
    times: int
    start: Callable[[], AbstractContextManager[WorkUnderWay]]
    warm_up: int
    most_growth: Usage
    each: Usage

    def growth(
        self,
        times: int,
        *,
        rounds: int = 10,
        report: Callable[[str], object],
    ) -> Usage:
        """How much more the process has after the work was done so often than before.

        Args:
            times: how often.
            rounds: in how many parts, each of which is reported.
            report: takes a line of figures.
        """
        with self.start() as under_way:
            return growth(
                under_way.work,
                times=times,
                warm_up=min(self.warm_up, times),
                rounds=rounds,
                process=under_way.process,
                report=lambda done, usage: report(f"{done:9,} {self.unit}: {usage}"),
            )

    def excess(self, grown: Usage, times: int) -> list[str]:
        """What grew more in so many times than it may, in words."""
        found, each = vars(grown), vars(self.each)
        allowed = {name: most + times * each[name] for name, most in vars(self.most_growth).items()}
        return [
            f"{name.replace('_', ' ')} grew by {found[name]:,.1f}, allowed are {most:,.1f}"
            for name, most in allowed.items()
            if found[name] > most
        ]


NOTHING = Usage(0, 0, 0, 0, 0)

SMALL = Usage(resident=16, address_space=256, mappings=64, descriptors=4, threads=2)
"""One leaked memory alone reserves over 4,096 MiB."""
