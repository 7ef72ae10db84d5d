"""The state that commands work on: one service, and how to make another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from time import perf_counter_ns
from typing import TypeAlias

from mrepl.config_file import ConfigFile, config_file
from mrepl.guest_output import HoldableOutput
from mrepl.memory_growth import MemoryGrowth
from mrepl.status_line import StatusLine
from mrepl.text.result_styles import ResultStyle
from mrepl.typed_path import typed_path
from mrepl.warm_up import WarmUp
from runtime import Engine, HostFunctions, Interruption, Reloaded, Service
from runtime.config.loading import load_config

GuestOutput: TypeAlias = Callable[[str, int, bytes], None]
"""Takes what a module writes: its name, 1 (stdout) or 2 (stderr), the bytes."""


@dataclass(frozen=True, slots=True)
class RanLine:
    """A command line of this session.

    Attributes:
        line: as it was typed.
        command: the long name of its command; None where there is none of the name it begins with.
        error: why it failed; None where it did not.
        elapsed_ns: how long it took, in nanoseconds.
    """

    line: str
    command: str | None
    error: str | None
    elapsed_ns: int


class Editing(Enum):
    """Whose keys edit the line; the value is the name that `set editing` takes."""

    EMACS = "emacs"
    VI = "vi"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line says about the session, and `set` since then.

    Attributes:
        engine: what runs the adapters.
        style: how results print.
        working_dir: where a service's relative directories are rooted.
        strict: whether the warnings of a config are errors.
        timeout: of one call, in seconds; None for no limit.
        wasm_log: the value of `WASM_LOG`, if it is set.
        warm_up: whether calls of nothing come before each timed call, as befits a prompt.
        result_lines: how many lines of a result are shown before it is cut; None for all.
        timing: whether commands say how long they took.
        editing: whose keys edit the line.
        host_functions: what services offer to their modules besides the runtime's own.
    """

    engine: Engine = Engine.FUSED
    style: ResultStyle = ResultStyle.JSON
    working_dir: Path = Path()
    strict: bool = False
    timeout: float | None = None
    wasm_log: str | None = None
    warm_up: bool = False
    result_lines: int | None = None
    timing: bool = True
    editing: Editing = Editing.EMACS
    host_functions: HostFunctions = ()


class Session:
    """Holds the current service; all but `interrupt` is for the worker's thread.

    Attributes:
        settings: of the whole session.
        first_settings: those it began with.
        first_config: the Config.toml it began with; None for an empty service.
        config: that of the current service; None where it has none.
        status: says on the terminal what is being done.
        lines: the command lines that were run, but for the one under way.
        guest_output: takes what the modules write.
        interruptions: how many times `interrupt` was called; for work of many short calls, each of
            which may have ended before it is stopped.
        last_result: what the last call that succeeded gave, as JSON text.
        growth: what the last call added to the memories.
        prepared_at: when the running command had prepared its call, by `perf_counter_ns`; None
            where it has not.
    """

    def __init__(self, settings: Settings, guest_output: GuestOutput, status: StatusLine) -> None:
        self.settings = self.first_settings = settings
        self.first_config: str | None = None
        self.status = status
        self.lines: list[RanLine] = []
        self.last_result: str | None = None
        self.growth = MemoryGrowth()
        self.prepared_at: int | None = None
        self.guest_output = HoldableOutput(guest_output)
        self.interruptions = 0
        self.config: ConfigFile | None = None
        self._service: Service | None = None
        self._warm_up = WarmUp()
        self._interruption = Interruption()

    @property
    def service(self) -> Service:
        """The current service.

        Raises:
            RuntimeError: none was created yet.
        """
        if self._service is None:
            raise RuntimeError("the session has no service yet")
        return self._service

    def create_service(self, config: str | None) -> Service:
        """Creates a service, which then takes the place of the current one.

        Args:
            config: the path of a Config.toml, as typed; None for an empty service.

        Raises:
            MarineError: it cannot be created; the current one stays.
        """
        if self._service is None:
            self.first_config = config
        interruption_before = self._interruption
        self._interruption = Interruption()
        try:
            service = self._new_service(config)
        except BaseException:
            self._interruption = interruption_before
            raise
        self._close_service()
        self._service = service
        self.config = None if config is None else config_file(config)
        self.growth = MemoryGrowth()
        return service

    def use_engine(self, engine: Engine) -> None:
        """Changes what runs the adapters, in the current service and in those to come.

        Raises:
            MarineError: the current service does not take it; all stays as it was.
        """
        self.service.engine = engine
        self.settings = replace(self.settings, engine=engine)

    def use_timeout(self, seconds: float | None) -> None:
        """Changes how long a call may take, in the current service and in those to come.

        Args:
            seconds: above 0; None for no limit.
        """
        self.service.timeout = seconds
        self.settings = replace(self.settings, timeout=seconds)

    def reload(self, modules: Sequence[str] = ()) -> tuple[Reloaded, ...]:
        """Loads modules anew, as `Service.reload` does.

        Raises:
            MarineError: they cannot be loaded; all stays as it was.
        """
        reloaded = self.service.reload(*modules)
        self.growth.forget(each.name for each in reloaded)
        return reloaded

    def prepare_call(self, module: str, function: str) -> None:
        """Does all that can be done before a timed call, so that its time is its own.

        Raises:
            MarineError: there is no such function.
        """
        self.service.prepare(module, function)
        self.growth.call_begins(self.service.memory_sizes())
        if self.settings.warm_up:
            self._warm_up.run(self.settings.engine)
        self.prepared_at = perf_counter_ns()

    def interrupt(self) -> None:
        """Ends the running call, load or creation, if there is one; for any thread."""
        self.interruptions += 1
        self._interruption.request()

    def close(self) -> None:
        """Closes the service; without one it does nothing."""
        self._close_service()
        self._warm_up.close()

    def _close_service(self) -> None:
        service, self._service = self._service, None
        if service is not None:
            service.close()

    def _new_service(self, config: str | None) -> Service:
        settings = self.settings
        service_config = None
        if config is not None:
            service_config = load_config(
                typed_path(config), working_dir=settings.working_dir, strict=settings.strict
            )
        return Service(
            service_config,
            host_functions=settings.host_functions,
            wasm_log=settings.wasm_log,
            timeout=settings.timeout,
            output=self.guest_output,
            interruption=self._interruption,
            engine=settings.engine,
            progress=self.status.working,
        )
