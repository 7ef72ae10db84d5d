"""What all calls under way in a service have in common: how deep they are, and what runs."""

import sys
from collections.abc import Callable

from runtime.engine.raw import MemoryView
from runtime.errors import CallDepthExceeded
from runtime.glue.staging import AT_REST, DEPTH, DEPTH_AND_RUNNING, NEXT_FREE
from runtime.shown_names import shown_name

DEEPEST_CALL = 64
"""How deeply modules may call each other in one call; each level takes native stack."""


class CallState:
    """The state of a service's calls; in staging, once there is one, where glue keeps it too.

    Attributes:
        staging: gives staging as it is now; None as long as there is none.
    """

    def __init__(self) -> None:
        self._depth = 0
        self.staging: Callable[[], MemoryView] | None = None
        self._raw_calls: list[tuple[str, str]] = []
        self._first_numbers: dict[tuple[str, tuple[str, ...]], int] = {}

    def keep_in(self, staging: Callable[[], MemoryView]) -> None:
        """From now on the state is kept in staging."""
        self.staging = staging
        depth, self._depth = self._depth, 0
        staging()[DEPTH : DEPTH + 8] = DEPTH_AND_RUNNING.pack(depth, 0)

    def reset(self) -> None:
        """No call is under way: a failed one may have left anything."""
        self._depth = 0
        if self.staging is not None:
            self.staging()[NEXT_FREE : NEXT_FREE + len(AT_REST)] = AT_REST

    @property
    def depth(self) -> int:
        """How deeply modules are calling each other."""
        return self._depth if self.staging is None else self._stored(self.staging)[0]

    def enter(self) -> tuple[int, int]:
        """A module calls another, in the interpreter, or a host function that calls it back.

        The raw calls that these make are none of glue's.

        Returns:
            What `leave` wants afterwards.
        """
        if self.staging is None:
            self._depth += 1
            return self._depth - 1, 0
        before = self._stored(self.staging)
        self._store(self.staging, before[0] + 1, 0)
        return before

    def leave(self, before: tuple[int, int]) -> None:
        """What was entered is over, whether it gave a result or not."""
        if self.staging is None:
            self._depth = before[0]
        else:
            self._store(self.staging, *before)

    def number_raw_calls(self, module: str, functions: list[str]) -> int:
        """Give numbers to the raw calls that a glue module makes; the first one's is returned.

        A module that is loaded again has the same numbers again.
        """
        calls = (module, tuple(functions))
        if calls not in self._first_numbers:
            self._first_numbers[calls] = len(self._raw_calls) + 1
            self._raw_calls += ((module, function) for function in functions)
        return self._first_numbers[calls]

    def running(self) -> tuple[str, str] | None:
        """The module and the function of the raw call that runs, where glue made it."""
        if self.staging is None:
            return None
        _, number = self._stored(self.staging)
        return self._raw_calls[number - 1] if number else None

    @staticmethod
    def _stored(staging: Callable[[], MemoryView]) -> tuple[int, int]:
        return DEPTH_AND_RUNNING.unpack(staging()[DEPTH : DEPTH + 8])

    @staticmethod
    def _store(staging: Callable[[], MemoryView], depth: int, running: int) -> None:
        staging()[DEPTH : DEPTH + 8] = DEPTH_AND_RUNNING.pack(depth, running)


def call_too_deep(
    importer: str, exporter: str, function: str, reason: str = ""
) -> CallDepthExceeded:
    """The error of a call between modules that is one too deep.

    Args:
        importer: the calling module.
        exporter: the called one.
        function: of the called one.
        reason: why, if it is not `DEEPEST_CALL`.
    """
    reason = reason or f"modules call each other more than {DEEPEST_CALL} levels deep"
    error = CallDepthExceeded(
        f"import adapter {importer}.{exporter}.{shown_name(function)}: {reason}",
        module=exporter,
        function=function,
    )
    error.torn_module = importer
    return error


def deeper_than_python(who: str) -> str:
    """Why a call is too deep that is not as deep as `DEEPEST_CALL`: the reason, for its error.

    Args:
        who: call each other.
    """
    return (
        f"{who} call each other more deeply than Python's recursion limit allows, "
        f"which is {sys.getrecursionlimit()}"
    )
