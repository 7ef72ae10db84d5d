"""A service: modules linked together, called from Python (spec marine-runtime.md)."""

import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from runtime.adapters.engines import Engine
from runtime.config.checked_config import checked_path, checked_path_or_none
from runtime.config.directories import create_directories
from runtime.config.model import ModuleConfig, ServiceConfig
from runtime.engine.interruption import Interruption
from runtime.errors import ModuleError
from runtime.host.log_settings import parse_log_directives
from runtime.host.mounted_binary_limits import MountedBinaryLimits
from runtime.host.registration import HostFunctions, registered_functions
from runtime.json_values.problems import described
from runtime.loading import Output, Progress
from runtime.own_output import OwnOutput
from runtime.reloaded import Reloaded
from runtime.service_calls import ServiceCalls
from runtime.service_inspection import ServiceInspection
from runtime.service_options import (
    check_options,
    checked_engine,
    checked_time_limit,
    with_modules,
)
from runtime.service_parts import service_parts
from runtime.service_warnings import warn_user
from runtime.suggestions import listing
from runtime.surroundings import Surroundings


class Service(ServiceCalls, ServiceInspection):
    """A running service; a context manager that closes it.

    Calls run on the caller's thread, one at a time: a second thread waits for the first. Services
    in several threads run at once, as Wasm code runs without Python's lock; what surrounds it is
    Python, so that threads make only calls of more than some 10 µs quicker. A thread needs a stack
    of 2 MiB; less is refused. What a call leads to in Python (a host function, `output`) cannot use
    the service that it serves.

    A running service is not for other processes, as it is neither pickled nor copied: `config` is
    pickled, and a service is created from it there. In a forked process it goes on as a copy,
    unless another thread was using it at that moment: then it refuses calls.

    Ctrl-C on the main thread stops a call as soon as Python runs in it or it ends, and its handler
    is called then.

    Attributes:
        config: what the service was created from.
        service_id: a UUID4, the modules' environment variable `service_id`.
        warnings: what in the config, in `wasm_log` or in `host_functions` is odd but does no harm;
            each is issued as a `MarineWarning` too.
    """

    def __init__(
        self,
        config: ServiceConfig | None = None,
        *,
        modules: Sequence[ModuleConfig | Path | str] = (),
        host_functions: HostFunctions = (),
        wasm_log: str | None = None,
        timeout: float | None = None,
        output: Output | None = None,
        mounted_binary_limits: MountedBinaryLimits | None = None,
        interruption: Interruption | None = None,
        engine: Engine = Engine.FUSED,
        progress: Progress | None = None,
    ) -> None:
        """Create the service and load its modules in the config's order.

        Args:
            config: what to load; nothing without one.
            modules: what to load besides, after the config's modules: module configs, or .wasm
                files, which are loaded under their names without `.wasm`, with the logger on.
            host_functions: functions of the caller's that modules may import; see
                `host_function`. A sequence is for all modules, a mapping has a sequence for each
                module's name, and `*` for all. They take the place of the runtime's own of the same
                name.
            wasm_log: log directives, such as `info,greeting=debug`; by default those of the
                environment variable `WASM_LOG`.
            timeout: seconds, above 0, that each call, and each module's start, may take; None
                for no limit.
            output: where the modules' stdout and stderr go; by default to those of this process,
                with control characters escaped where that is a terminal.
            mounted_binary_limits: bounds of each run of a mounted binary.
            interruption: to stop the modules' start from another thread, before there is a
                service whose `interrupt` could be called; one that no other service has.
            engine: what runs the adapters; see `Service.engine`.
            progress: is told what begins now, now and at later loads: `compiling greeting`,
                `starting greeting`.

        Raises:
            MarineError: the config's directories cannot be made, or a module cannot be loaded.
        """
        engine = checked_engine(engine)
        timeout = checked_time_limit("timeout", timeout)
        config = with_modules(config, modules)
        check_options(
            wasm_log=wasm_log,
            output=output,
            mounted_binary_limits=mounted_binary_limits,
            interruption=interruption,
            progress=progress,
        )
        directives = parse_log_directives(
            os.environ.get("WASM_LOG", "") if wasm_log is None else wasm_log
        )
        registered = registered_functions(host_functions)
        names = [module.name for module in config.modules]
        self.config = config
        self.service_id = str(uuid.uuid4())
        self.warnings = (
            *config.warnings,
            *directives.warnings,
            *directives.warnings_of_unknown(names),
            *registered.warnings_of_unknown(names),
        )
        if self.warnings:
            warn_user(self.warnings)
        surroundings = Surroundings(
            self.service_id,
            directives,
            mounted_binary_limits or MountedBinaryLimits(),
            registered,
        )
        create_directories(config)
        parts = service_parts(
            config,
            surroundings,
            engine=engine,
            timeout=timeout,
            output=OwnOutput() if output is None else output,
            interruption=interruption,
            progress=progress,
        )
        ServiceCalls.__init__(self, parts)
        ServiceInspection.__init__(self, parts)
        try:
            for module in config.modules:
                self._load(module)
        except BaseException:
            self.close()
            raise

    @classmethod
    def from_config(
        cls,
        path: Path | str,
        *,
        working_dir: Path | str = ".",
        modules_dir: Path | str | None = None,
        host_functions: HostFunctions = (),
        wasm_log: str | None = None,
        timeout: float | None = None,
        output: Output | None = None,
        mounted_binary_limits: MountedBinaryLimits | None = None,
        interruption: Interruption | None = None,
        engine: Engine = Engine.FUSED,
        progress: Progress | None = None,
        strict: bool = False,
    ) -> Self:
        """Create the service that a Config.toml describes.

        Args:
            path: the Config.toml.
            working_dir: what the config's `service_working_dir` is relative to.
            modules_dir: where the modules' files are, in place of the config's own `modules_dir`.
            host_functions: as for `Service`.
            wasm_log: as for `Service`.
            timeout: as for `Service`.
            output: as for `Service`.
            mounted_binary_limits: as for `Service`.
            interruption: as for `Service`.
            engine: as for `Service`.
            progress: as for `Service`.
            strict: whether the config's warnings are errors.

        Raises:
            ConfigError: the file cannot be read or asks for what cannot be had.
            MarineError: a module cannot be loaded.
        """
        # A service that is not created from a file needs no reader of TOML: 6 ms.
        from runtime.config.loading import load_config  # noqa: PLC0415

        return cls(
            load_config(
                checked_path("path", path),
                working_dir=checked_path("working_dir", working_dir),
                modules_dir=checked_path_or_none("modules_dir", modules_dir),
                strict=strict,
            ),
            host_functions=host_functions,
            wasm_log=wasm_log,
            timeout=timeout,
            output=output,
            mounted_binary_limits=mounted_binary_limits,
            interruption=interruption,
            engine=engine,
            progress=progress,
        )

    @property
    def engine(self) -> Engine:
        """What runs the adapters from the next call on; the modules' memories stay as they are."""
        return self._parts.fusion.engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        engine = checked_engine(engine)
        with self._parts.use.uninterrupted():
            self._parts.loaded.check_open()
            self._parts.fusion.engine = engine
            self._parts.calls.forget()
            for linked in self._parts.loaded:
                self._parts.fusion.ask_again(linked)

    def load(self, name: str, module: Path | str | bytes) -> None:
        """Load a module: without directories, with the logger on.

        Args:
            name: under which other modules import it.
            module: the .wasm file, or what is in it.

        Raises:
            ModuleError: it cannot be loaded; the service stays as it was.
            MemoryLimitExceeded: the service's memory limit leaves no room for it.
        """
        if isinstance(module, bytes):
            self._load(ModuleConfig(name=name, path=Path(f"{name}.wasm")), module)
        elif isinstance(module, str | os.PathLike):
            self._load(ModuleConfig(name=name, path=checked_path(f"module {name!r}", module)))
        else:
            raise ModuleError(
                f"module {name!r}: expected a .wasm file, or what is in it as bytes, got "
                f"{described(module)}",
                module=name,
            )

    def unload(self, name: str, *, force: bool = False) -> None:
        """Unload a module: what it has open is closed, and its name is free.

        Its memory is given back, and counts no more for the service's memory limit. Beside modules
        that stay, the engine keeps some 20 KB of it, and 4 to 8 GiB of address space, of which a
        process has 128 TiB: after some 12,000 such modules a service loads no more, and must be
        created anew. When the last module is unloaded, nothing stays.

        Args:
            name: the module's name.
            force: also when other modules import it; their calls of it then fail.

        Raises:
            NoSuchModule: there is none of this name.
            ModuleInUse: others import it.
        """
        with self._parts.use.uninterrupted():
            self._parts.loading.unload(name, force=force)

    def reload(self, *modules: str) -> tuple[Reloaded, ...]:
        """Load modules anew from their files, with their configs, and all that import them.

        All of them are loaded anew, or none: where one cannot be, the old ones stay and answer. The
        new ones' memories start anew, those of other modules stay as they are. The order of modules
        stays too. Of the old modules stays what `unload` says; nothing, where all are loaded anew.

        Args:
            modules: their names; without any: all whose files are not what was loaded.

        Returns:
            What was loaded anew, in load order; nothing where no file has changed.

        Raises:
            NoSuchModule: there is none of one of the names.
            ModuleError: one cannot be loaded or was loaded from bytes; the service stays as it was.
            MemoryLimitExceeded: the service's memory limit leaves no room for the new ones.
        """
        with self._parts.use.uninterrupted():
            return self._parts.reloading.reload(modules)

    def interrupt(self) -> None:
        """Stop the call or load that runs now, from any thread; nothing happens without one."""
        self._parts.store.interruption.request()

    def close(self) -> None:
        """Free the service's memory and files; a second time does nothing.

        A call that another thread runs is stopped first; calls that are awaited and have not begun
        end with `ServiceClosed`. A forked process gives the memory back only when it ends where
        another thread was using the service while it was forked.

        Raises:
            CallError: a host function or `output` cannot close the service that is calling it.
        """
        if self._parts.use.is_lost:
            self._parts.loaded.close()
            return
        self._parts.use.check_outside()
        if self._async_calls is not None:
            self._async_calls.finish()
        with self._parts.use.last():
            if not self._parts.loaded.is_closed:
                self._parts.calls.forget()
                self._parts.loaded.close()
                self._parts.store.close()
        if self._async_calls is not None:
            self._async_calls.close()

    def __reduce__(self) -> NoReturn:
        """Refuse copies and pickles.

        Raises:
            TypeError: always, as for all that Python cannot pickle.
        """
        raise TypeError(
            "a running service cannot be copied, pickled or sent to another process: send its "
            "`service.config` and create a service from it there"
        )

    def __repr__(self) -> str:
        if self._parts.loaded.is_closed:
            return "<closed service>"
        return f"<service with modules: {listing(self._parts.loaded.by_name)}>"

    def __enter__(self) -> Self:
        self._parts.loaded.check_open()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _load(self, config: ModuleConfig, wasm: bytes | None = None) -> None:
        with self._parts.use.uninterrupted():
            self._parts.loading.load(config, wasm)
