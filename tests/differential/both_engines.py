"""Two services with the same modules, one for each engine; whatever is done is done to both.

Everything that can be seen of a call is compared: its result or error with all it says, the raw
calls in their order with their arguments, and every byte of every module's memory after it.
"""

import difflib
import logging
import math
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import NoReturn, Self, cast

from runtime import Engine, MarineError, PythonValue, Service, ServiceConfig
from tests.support.chains import Echo, echo_module
from tests.support.recording import FIRST_SIZE, Line, RawCall, recorded_calls, set_scene

Task = Callable[[Service], object]


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    Attributes:
        value: what it gave, such that equal means the same types and bits.
        error: the error it raised, with all attributes, or None.
    """

    value: object
    error: Mapping[str, object] | None

    @property
    def kind(self) -> str:
        """The class of the error; `result` where there is none."""
        return "result" if self.error is None else str(self.error["class"])

    @property
    def message(self) -> str:
        """The error's message."""
        assert self.error is not None, f"no error but {self.value!r}"
        return str(self.error["text"])


@dataclass(frozen=True)
class Observed:
    """A task's outcome and the state it left behind.

    Attributes:
        outcome: what came of it.
        raw_calls: what the recording modules recorded, by module.
        memories: all of every module's memory, by module.
        limits: how far the memories may grow, and how many growths were rejected.
        logged: what modules logged: logger, level, message.
    """

    outcome: Outcome
    raw_calls: Mapping[str, list[RawCall]]
    memories: Mapping[str, bytes]
    limits: object
    logged: list[tuple[str, int, str]]


@dataclass
class BothEngines:
    """Two services that are treated alike; a context manager.

    Attributes:
        config: of both.
        recorders: the names of the public functions of those modules that record.
    """

    config: ServiceConfig | None = None
    recorders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    services: dict[Engine, Service] = field(default_factory=dict)

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            for engine in (Engine.INTERP, Engine.FUSED):
                self.services[engine] = opened.enter_context(Service(self.config, engine=engine))
            opened.pop_all()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        for service in self.services.values():
            service.close()

    def load(self, name: str, wasm: bytes, records: Iterable[Echo] | None = None) -> Observed:
        """Load a module and compare; `records` are the public functions of one that records."""
        if records is not None:
            self.recorders[name] = tuple(each.name for each in records)
        return self.do(lambda service: service.load(name, wasm))

    def set_scene(
        self,
        scripts: Mapping[str, Iterable[Line]] | None = None,
        data: Mapping[str, bytes] | None = None,
    ) -> None:
        """Make all recording modules as if just loaded, with the scripts and data by module."""
        scripts = {name: tuple(script) for name, script in (scripts or {}).items()}
        for service in self.services.values():
            for name in self.recorders:
                if name in service._parts.loaded.by_name:
                    memory = service._parts.loaded.by_name[name].memory
                    set_scene(memory, scripts.get(name, ()), (data or {}).get(name, b""))

    @property
    def has_grown(self) -> bool:
        """Whether a memory of a recording module has grown."""
        service = self.services[Engine.INTERP]
        return any(
            service._parts.loaded.by_name[name].memory.size > FIRST_SIZE for name in self.recorders
        )

    def call(
        self,
        module: str,
        function: str,
        arguments: PythonValue = None,
        *,
        json: bool = False,
        timeout: float | None = None,
    ) -> Observed:
        """Call a function by both engines and compare."""

        def task(service: Service) -> object:
            call = service.call_json if json else service.call
            return call(module, function, arguments, timeout=timeout)  # type: ignore[arg-type]

        return self.do(task)

    def do(self, task: Task) -> Observed:
        """Do something with both services and compare; gives what was seen, the same of both."""
        interp, fused = (
            self.observe(self.services[engine], task) for engine in (Engine.INTERP, Engine.FUSED)
        )
        assert_same(interp, fused)
        return interp

    def observe(self, service: Service, task: Task) -> Observed:
        """Do something with one of the services, and look at what came of it."""
        with _logged() as logged:
            outcome = _outcome(service, task)
        memories = {
            name: linked.memory.read(0, linked.memory.size)
            for name, linked in service._parts.loaded.by_name.items()
            if linked.module.compiled.has_memory
        }
        calls = {
            name: recorded_calls(memory, self.recorders[name])
            for name, memory in memories.items()
            if name in self.recorders
        }
        statistics = service.statistics()
        most = tuple((each.name, each.max_memory_bytes) for each in statistics.modules)
        limits = (most, statistics.rejected_allocations)
        return Observed(outcome, calls, memories, limits, logged)


@contextmanager
def chain(
    functions: tuple[Echo, ...],
    length: int,
    *,
    old_allocate: frozenset[int] = frozenset(),
    logging_modules: frozenset[int] = frozenset(),
    most_pages: int = 48,
) -> Iterator[BothEngines]:
    """Modules `m0` … that each pass all calls on to the one before; `m0` echoes.

    Args:
        functions: what all modules have.
        length: how many there are.
        old_allocate: the numbers of those whose `allocate` has one parameter.
        logging_modules: the numbers of those that import the host's logger.
        most_pages: how far their memories can grow.
    """
    with BothEngines() as both:
        for number in range(length):
            wasm = echo_module(
                functions,
                passes_to=f"m{number - 1}" if number else None,
                old_allocate=number in old_allocate,
                logs=number in logging_modules,
                most_pages=most_pages,
            )
            both.load(f"m{number}", wasm, functions)
        yield both


class LastingChain:
    """A chain for many calls, which is made anew when one of its memories has grown."""

    def __init__(self, make: Callable[[], AbstractContextManager[BothEngines]]) -> None:
        """Takes what makes the chain."""
        self._make = make
        self._opened = ExitStack()
        self._both: BothEngines | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._opened.close()

    @property
    def both(self) -> BothEngines:
        """The services, with memories of the size that they begin with."""
        if self._both is not None and self._both.has_grown:
            self._opened.close()
            self._both = None
        if self._both is None:
            self._both = self._opened.enter_context(self._make())
        return self._both


@contextmanager
def _logged() -> Iterator[list[tuple[str, int, str]]]:
    """What modules log meanwhile."""
    logged: list[tuple[str, int, str]] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            logged.append((record.name, record.levelno, record.getMessage()))

    logger = logging.getLogger("mrepl.module")
    handler, level = Handler(1), logger.level
    logger.addHandler(handler)
    logger.setLevel(1)
    try:
        yield logged
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _outcome(service: Service, task: Task) -> Outcome:
    try:
        return Outcome(exact(task(service)), None)
    except MarineError as error:
        return Outcome(None, _described(error))


def _described(error: BaseException) -> dict[str, object]:
    cause = error.__cause__
    return {
        "class": type(error).__name__,
        "text": str(error),
        **{name: exact(value) for name, value in vars(error).items()},
        "cause": None if cause is None else _described(cause),
    }


def exact(value: object) -> object:
    """The value such that equal ones have the same types and bits; True is not 1 here."""
    if isinstance(value, float):
        return ("NaN" if math.isnan(value) else "float", struct.pack(">d", value).hex())
    if isinstance(value, list | tuple):
        return (type(value).__name__, *map(exact, value))
    if isinstance(value, dict):
        return ("dict", *((name, exact(part)) for name, part in value.items()))
    return (type(value).__name__, value)


_CUT = "    …"
"""The last line of a backtrace that the engine cut: at 20 frames, those of glue included."""

_OF_BACKTRACE = re.compile(r"    (?:\d+: |\d+ more of the same$|…$)")


def _with_frames(outcome: Outcome, count: int) -> Outcome:
    """The outcome as if the backtrace had been cut after so many frames, without them as text."""
    assert outcome.error is not None
    lines = str(outcome.error["text"]).splitlines()
    text = "\n".join(line for line in lines if not _OF_BACKTRACE.match(line))
    cut = {"text": text, "message": exact(text), "args": None}
    backtrace = cast("tuple[object, ...]", outcome.error["backtrace"])[: count + 1]
    return replace(outcome, error={**outcome.error, **cut, "backtrace": backtrace})


def _with_common_frames(interp: Observed, fused: Observed) -> tuple[Observed, Observed]:
    """Both with the frames that the fused engine's backtrace has, where it was cut."""
    error = fused.outcome.error
    if error is None or interp.outcome.error is None or _CUT not in fused.outcome.message:
        return interp, fused
    if "backtrace" not in error:  # no trap, but an error that tells of one
        return interp, fused
    count = len(cast("tuple[object, ...]", error["backtrace"])) - 1
    return (
        replace(interp, outcome=_with_frames(interp.outcome, count)),
        replace(fused, outcome=_with_frames(fused.outcome, count)),
    )


def assert_same(interp: Observed, fused: Observed) -> None:
    """Compare what was seen of both engines; the most telling difference fails first."""
    interp, fused = _with_common_frames(interp, fused)
    kinds = (interp.outcome.kind, fused.outcome.kind)
    calls_differ = interp.raw_calls != fused.raw_calls
    if kinds[0] != kinds[1] or (calls_differ and kinds[0] == "result"):
        _differ("outcome or raw calls", _shown(interp), _shown(fused))
    if interp.outcome != fused.outcome:
        _differ("outcome", _shown_outcome(interp.outcome), _shown_outcome(fused.outcome))
    if calls_differ:
        _differ("raw calls", _shown(interp), _shown(fused))
    if interp.logged != fused.logged:
        _differ("log", list(map(str, interp.logged)), list(map(str, fused.logged)))
    if interp.limits != fused.limits:
        _differ("limits", [str(interp.limits)], [str(fused.limits)])
    assert fused.memories.keys() == interp.memories.keys()
    for name, memory in interp.memories.items():
        if len(fused.memories[name]) != len(memory):
            _differ(
                f"size of the memory of {name}",
                [str(len(memory))],
                [str(len(fused.memories[name]))],
            )
        if fused.memories[name] != memory:
            _differ(f"memory of {name}", *_around_difference(memory, fused.memories[name]))


def _differ(what: str, interp: list[str], fused: list[str]) -> NoReturn:
    lines = difflib.unified_diff(interp, fused, "interp", "fused", lineterm="", n=20)
    raise AssertionError("\n".join([f"the engines differ in: {what}", *lines]))


def _shown(observed: Observed) -> list[str]:
    calls = [
        f"{name}: {call}" for name, calls in sorted(observed.raw_calls.items()) for call in calls
    ]
    return [*_shown_outcome(observed.outcome), *calls]


def _shown_outcome(outcome: Outcome) -> list[str]:
    if outcome.error is None:
        return [f"result {outcome.value!r}"]
    return [
        line
        for name, value in outcome.error.items()
        for line in f"{name}: {value}".splitlines()
        if name != "message"
    ]


def _around_difference(interp: bytes, fused: bytes) -> tuple[list[str], list[str]]:
    pairs = enumerate(zip(interp, fused, strict=True))
    first = next(at for at, (ours, theirs) in pairs if ours != theirs)
    start = max(first - 8, 0)
    return [f"from {start} on: {interp[start : first + 24].hex(' ')}"], [
        f"from {start} on: {fused[start : first + 24].hex(' ')}"
    ]
