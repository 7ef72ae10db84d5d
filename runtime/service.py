"""A service: modules linked together, called from Python (spec marine-runtime.md)."""

import os
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from runtime.adapters.engines import Engine
from runtime.call_state import CallState
from runtime.calls import Calls, checked_timeout
from runtime.config.loading import create_directories, load_config
from runtime.config.model import ModuleConfig, ServiceConfig
from runtime.description import (
    GlueListing,
    ModuleInterface,
    Statistics,
    interface_of,
    statistics_of,
)
from runtime.engine.interruption import Interruption
from runtime.engine.store import ServiceStore
from runtime.engine.wasi.descriptors import FileSystemView
from runtime.errors import ConfigError
from runtime.exclusive_use import ExclusiveUse
from runtime.fusion import Fusion
from runtime.host.logger import parse_log_directives
from runtime.host.mounted_binary import MountedBinaryLimits
from runtime.host.registration import HostFunctions, RegisteredFunctions
from runtime.interface.metadata import ModuleMetadata
from runtime.json_values import JsonValue, PythonValue, json_text, parse_json, quick_json
from runtime.loaded_modules import LoadedModules
from runtime.loading import Loading, Output, Progress
from runtime.observation import Observation
from runtime.prepared_call import (
    NOT_QUICK,
    parse_call_parameters,
    prepare_call,
)
from runtime.reloading import ChangedModule, Reloaded
from runtime.surroundings import Surroundings
from runtime.tracing.adapter_names import adapter_names
from runtime.tracing.traced_call import Tracing
from runtime.tracing.tree import Trace


def write_to_own_output(_module: str, descriptor: int, data: bytes) -> None:
    """Pass what modules write on to this process's own stdout and stderr, byte for byte."""
    while data:
        data = data[os.write(descriptor, data) :]  # a pipe may take only a part at once


class Service:
    """A running service; a context manager that closes it.

    Calls run on the caller's thread, one at a time: a second thread waits for the first. Threads
    need a stack of 8 MiB, which is what systems give them where nobody asks for less. What a call
    leads to in Python (a host function, `output`) cannot use the service that it serves.

    Ctrl-C on the main thread stops a call as soon as Python runs in it or it ends, and its handler
    is called then.

    Attributes:
        config: what the service was created from.
        service_id: a UUID4, the modules' environment variable `service_id`.
        warnings: what in the config or in `WASM_LOG` is odd but does no harm.
    """

    def __init__(
        self,
        config: ServiceConfig | None = None,
        *,
        modules: Sequence[ModuleConfig | Path | str] = (),
        host_functions: HostFunctions = (),
        wasm_log: str | None = None,
        timeout: float | None = None,
        output: Output = write_to_own_output,
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
                module's name. They take the place of the runtime's own of the same name.
            wasm_log: log directives, such as `info,greeting=debug`; by default those of the
                environment variable `WASM_LOG`.
            timeout: seconds, above 0, that each call, and each module's start, may take; None
                for no limit.
            output: where the modules' stdout and stderr go.
            mounted_binary_limits: bounds of each run of a mounted binary.
            interruption: to stop the modules' start from another thread, before there is a
                service whose `interrupt` could be called.
            engine: what runs the adapters; see `Service.engine`.
            progress: is told what begins now, now and at later loads: `compiling greeting`,
                `starting greeting`.

        Raises:
            MarineError: the config's directories cannot be made, or a module cannot be loaded.
        """
        engine = _checked_engine(engine)
        config = _with_modules(config or ServiceConfig(), modules)
        directives = parse_log_directives(
            os.environ.get("WASM_LOG", "") if wasm_log is None else wasm_log
        )
        self.config = config
        self.service_id = str(uuid.uuid4())
        self.warnings = (
            *config.warnings,
            *directives.warnings,
            *directives.warnings_of_unknown([module.name for module in config.modules]),
        )
        timeout = checked_timeout(timeout)
        surroundings = Surroundings(
            self.service_id,
            directives,
            mounted_binary_limits or MountedBinaryLimits(),
            RegisteredFunctions(host_functions),
        )
        self._loaded = LoadedModules()
        self._call_state = CallState()
        self._use = ExclusiveUse(self.interrupt)
        create_directories(config)
        self._store = ServiceStore(
            memory_limit=config.total_memory_limit,
            wasi={each.name: surroundings.wasi_settings(each) for each in config.modules},
            interruption=interruption,
        )
        self._interruption = self._store.interruption
        self._fusion = Fusion(self._store, self._call_state, engine)
        self._calls = Calls(self._loaded, self._store, self._use, self._fusion, timeout=timeout)
        self._observation = Observation()
        self._loading = Loading(
            self._loaded,
            self._store,
            surroundings=surroundings,
            call_state=self._call_state,
            calls=self._calls,
            fusion=self._fusion,
            observation=self._observation,
            output=output,
            progress=progress,
        )
        self._tracing = Tracing(
            self._loaded,
            self._calls,
            self._fusion,
            self._observation,
            self._use,
            self.interrupt,
        )
        self._prepared = self._calls.prepared
        self._run = self._calls.run
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
        host_functions: HostFunctions = (),
        wasm_log: str | None = None,
        timeout: float | None = None,
        output: Output = write_to_own_output,
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
        return cls(
            load_config(Path(path), working_dir=Path(working_dir), strict=strict),
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
    def timeout(self) -> float | None:
        """Seconds that each call and each module's start may take; None for no limit.

        What is set holds from the next call or load on.

        Raises:
            CallError: what is set is no number of seconds above 0.
        """
        return self._calls.timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        limit = checked_timeout(seconds)
        with self._use.with_python():
            self._calls.timeout = limit

    @property
    def engine(self) -> Engine:
        """What runs the adapters from the next call on; the modules' memories stay as they are."""
        return self._fusion.engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        engine = _checked_engine(engine)
        with self._use.with_python():
            self._loaded.check_open()
            self._fusion.engine = engine
            self._calls.forget()
            for linked in self._loaded:
                self._fusion.ask_again(linked)

    def call(
        self,
        module: str,
        function: str,
        arguments: PythonValue = None,
        *,
        call_parameters: PythonValue = None,
        timeout: float | None = None,
    ) -> PythonValue:
        """Call a public function with Python values.

        Args:
            module: the module's name.
            function: the function's name.
            arguments: a list or tuple of positions, a dict of names, the one argument itself, or
                None (spec marine-runtime.md, "Calls").
            call_parameters: what `get_call_parameters` tells the modules; see `CallParameters`.
            timeout: seconds, above 0, in place of the service's own limit.

        Returns:
            The result: records as dicts, byte arrays as bytes; None where there is none.

        Raises:
            CallError: the call gave no result; the service answers the next one.
            MemoryLimitExceeded: it failed after growths past the service's memory limit.
        """
        prepared = self._prepared.get((module, function)) or self._calls.prepare(module, function)
        values = prepared.values(arguments, from_json=False)
        result = self._run(prepared, values, call_parameters, timeout)
        to_python = prepared.to_python
        return result if to_python is None else to_python(result)

    def call_json(
        self,
        module: str,
        function: str,
        arguments: JsonValue = None,
        *,
        call_parameters: JsonValue = None,
        timeout: float | None = None,
    ) -> JsonValue:
        """Call a public function with JSON values; as `call`, but byte arrays are lists of numbers.

        Raises:
            CallError: as for `call`.
            MemoryLimitExceeded: as for `call`.
        """
        prepared = self._prepared.get((module, function)) or self._calls.prepare(module, function)
        values = prepared.values(arguments, from_json=True)
        result = self._run(prepared, values, call_parameters, timeout)
        to_json = prepared.to_json
        # Without a converter a result is JSON already.
        return result if to_json is None else to_json(result)  # type: ignore[return-value]

    def call_text(
        self,
        module: str,
        function: str,
        arguments: str = "[]",
        *,
        call_parameters: str | None = None,
        timeout: float | None = None,
    ) -> str:
        """Call a public function with a JSON text, for a JSON text without white space.

        It is the quickest way where JSON is what there is. Arguments, parameters and results are
        otherwise those of `call_json`.

        Raises:
            CallError: as for `call`; ArgumentsError also where a text is no JSON.
            MemoryLimitExceeded: as for `call`.
        """
        prepared = self._prepared.get((module, function)) or self._calls.prepare(module, function)
        parameters = None if call_parameters is None else parse_call_parameters(call_parameters)
        try:
            values = prepared.accept(quick_json(arguments))
        except NOT_QUICK:
            values = prepared.checked(parse_json(arguments), from_json=True)
        result = self._run(prepared, values, parameters, timeout)
        if result is None:
            return "null"
        to_json = prepared.to_json
        # Without a converter a result is JSON already.
        return json_text(result if to_json is None else to_json(result))  # type: ignore[arg-type]

    def trace(
        self,
        module: str,
        function: str,
        arguments: str = "[]",
        *,
        call_parameters: str | None = None,
        timeout: float | None = None,
    ) -> Trace:
        """Call a public function as `call_text` does, and record what it does, step by step.

        The interpreter runs the call whatever the engine is, which afterwards is as before. What
        Wasm code does between its calls is not seen, and calls of WASI count as Wasm code.

        Returns:
            The steps, with the call's result or with the error that it ended with.

        Raises:
            CallError: the call did not begin: there is no such function, or arguments do not fit.
        """
        prepared = prepare_call(self._loaded.find(module), self._loaded.function(module, function))
        parameters = None if call_parameters is None else parse_call_parameters(call_parameters)
        values = prepared.checked(parse_json(arguments), from_json=True)
        return self._tracing.call(prepared, values, parameters, timeout)

    def adapters(self) -> tuple[str, ...]:
        """The names of all adapters as traces show them, by module in load order.

        An export adapter's is `module.function`, an import adapter's `module.namespace.function`.
        """
        self._loaded.check_open()
        return adapter_names(self._loaded)

    def prepare(self, module: str, function: str) -> None:
        """Make the first call of a function as quick as later ones; calls do it by themselves.

        Raises:
            NoSuchModule: there is no such module.
            NoSuchFunction: it has no such function.
        """
        with self._use.with_python():
            prepared = self._prepared.get((module, function)) or self._calls.prepare(
                module, function
            )
            prepared.run = self._fusion.run(prepared.home, prepared.function)
            self._fusion.prepare_imports(prepared.home)

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
        else:
            self._load(ModuleConfig(name=name, path=Path(module)))

    def unload(self, name: str, *, force: bool = False) -> None:
        """Unload a module: what it has open is closed, and its name is free.

        The engine gives the memory of instances back only all together, when the service is closed;
        until then it counts for the service's memory limit.

        Args:
            name: the module's name.
            force: also when other modules import it; their calls of it then fail.

        Raises:
            NoSuchModule: there is none of this name.
            ModuleInUse: others import it.
        """
        with self._use.with_python():
            self._loading.unload(name, force=force)

    def reload(self, *modules: str) -> tuple[Reloaded, ...]:
        """Load modules anew from their files, with their configs, and all that import them.

        All of them are loaded anew, or none: where one cannot be, the old ones stay and answer. The
        new ones' memories start anew, those of other modules stay as they are. The order of modules
        stays too. The engine keeps the old instances' memory as `unload` says.

        Args:
            modules: their names; without any: all whose files are not what was loaded.

        Returns:
            What was loaded anew, in load order; nothing where no file has changed.

        Raises:
            NoSuchModule: there is none of one of the names.
            ModuleError: one cannot be loaded or was loaded from bytes; the service stays as it was.
            MemoryLimitExceeded: the service's memory limit leaves no room for the new ones.
        """
        with self._use.with_python():
            return self._loading.reload(modules)

    def changed_modules(self) -> tuple[ChangedModule, ...]:
        """The modules whose files are not what was loaded, in load order.

        It is cheap: a file is read only where its size or times have changed, or changed just now.
        Files that are missing or end in the middle, such as those that a compiler is writing, are
        not ready, and not among them. Nor are modules that were loaded from bytes.
        """
        with self._use.with_python():
            self._loaded.check_open()
            return self._loading.changed()

    def interface(
        self, module: str | None = None, function: str | None = None
    ) -> tuple[ModuleInterface, ...]:
        """The interfaces of all modules, in load order, or of one.

        Args:
            module: only this module.
            function: only this function of it, and the records reachable from it.

        Raises:
            NoSuchModule: there is no such module.
            NoSuchFunction: it has no such function.
        """
        if module is None:
            self._loaded.check_open()
            return tuple(map(interface_of, self._loaded))
        linked = self._loaded.find(module)
        functions = None if function is None else [self._loaded.function(module, function)]
        return (interface_of(linked, functions),)

    def statistics(self) -> Statistics:
        """The memory of all modules, in load order."""
        with self._use.with_python():
            self._loaded.check_open()
            return Statistics(
                tuple(map(self._loading.statistics, self._loaded)),
                self._store.rejected,
                self._store.notes,
                self._fusion.engine,
                None if self._store.pool is None else self._store.pool.limit,
            )

    def memory_sizes(self) -> dict[str, int]:
        """How many bytes each module's memory has now, in load order; none counts as 0."""
        with self._use.with_python():
            self._loaded.check_open()
            return {each.name: statistics_of(each).memory_bytes for each in self._loaded}

    def glue(self, module: str) -> GlueListing:
        """What the fused engine makes of a module's adapters.

        Raises:
            NoSuchModule: there is none of this name.
        """
        with self._use.with_python():
            linked = self._loaded.find(module)
            return GlueListing(
                self._fusion.text(linked).text, self._fusion.unfused(linked).reasons()
            )

    def metadata(self, module: str) -> ModuleMetadata:
        """What a module says of itself: its interface types, versions and manifest.

        Raises:
            NoSuchModule: there is none of this name.
        """
        return self._loaded.find(module).module.metadata

    def environment(self, module: str) -> dict[str, str]:
        """The environment variables that a module sees.

        Raises:
            NoSuchModule: there is none of this name.
        """
        with self._use.with_python():
            return self._loading.environment(module)

    def file_system(self, module: str) -> FileSystemView:
        """The directories that a module sees and the files it has open.

        Raises:
            NoSuchModule: there is none of this name.
        """
        with self._use.with_python():
            linked = self._loaded.find(module)
            return FileSystemView((), ()) if linked.wasi is None else linked.wasi.file_system()

    def interrupt(self) -> None:
        """Stop the call or load that runs now, from any thread; nothing happens without one."""
        self._interruption.request()

    def close(self) -> None:
        """Free the service's memory and files; a second time does nothing.

        A call that another thread runs is stopped first.

        Raises:
            CallError: a host function or `output` cannot close the service that is calling it.
        """
        with self._use.last():
            if not self._loaded.is_closed:
                self._calls.forget()
                self._loaded.close()
                self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _load(self, config: ModuleConfig, wasm: bytes | None = None) -> None:
        with self._use.with_python():
            self._loading.load(config, wasm)


def _with_modules(
    config: ServiceConfig, modules: Sequence[ModuleConfig | Path | str]
) -> ServiceConfig:
    """The config with more modules after its own."""
    if not modules:
        return config
    more = (
        each if isinstance(each, ModuleConfig) else ModuleConfig(Path(each).stem, Path(each))
        for each in modules
    )
    return replace(config, modules=(*config.modules, *more))


def _checked_engine(engine: Engine) -> Engine:
    try:
        return Engine(engine)
    except ValueError:
        raise ConfigError(f"no engine {engine!r} (there are: {', '.join(Engine)})") from None
