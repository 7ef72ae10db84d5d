"""The state that commands work on: one service, and how to make another."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import perf_counter_ns
from typing import TypeAlias
from warnings import catch_warnings

from mrepl.config_file import ConfigFile, config_file
from mrepl.guest_output import HoldableOutput
from mrepl.memory_growth import MemoryGrowth
from mrepl.ran_line import RanLine
from mrepl.settings import Settings
from mrepl.status_line import StatusLine
from mrepl.typed_path import typed_path
from mrepl.warm_up import WarmUp
from runtime import Engine, Interruption, MarineWarning, Reloaded, Service
from runtime.config.loading import load_config

GuestOutput: TypeAlias = Callable[[str, int, bytes], None]
"""Takes what a module writes: its name, 1 (stdout) or 2 (stderr), the bytes."""


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
        with catch_warnings(action="ignore", category=MarineWarning):  # commands show them
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
