"""What a service surrounds a module with: environment variables, directories, host functions."""

import os
from collections.abc import Callable

from runtime.config.model import ModuleConfig
from runtime.engine.interruption import StopRequest
from runtime.engine.wasi.settings import Directory, WasiSettings
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.call_parameters import CallParameters, call_parameters_functions
from runtime.host.function import HostFunction
from runtime.host.log_settings import LogDirectives
from runtime.host.mounted_binary_limits import MountedBinaryLimits
from runtime.host.registration import RegisteredFunctions


@frozen_dataclass
class Surroundings:
    """What is the same for all modules of a service.

    Attributes:
        service_id: the service's id.
        log_directives: how much each module logs.
        binary_limits: bounds of each run of a mounted binary.
        registered: the host functions of the service's user.
    """

    service_id: str
    log_directives: LogDirectives
    binary_limits: MountedBinaryLimits
    registered: RegisteredFunctions

    def wasi_settings(self, config: ModuleConfig) -> WasiSettings:
        """What a module sees (spec marine-runtime.md, "Environment and WASI, per module").

        Of several values for one variable the config's own `envs` count most.
        """
        environment = {"service_id": self.service_id}
        directories: list[Directory] = []
        if config.wasi is not None:
            mapped = {**config.wasi.preopened, **config.wasi.mapped_dirs}
            directories = [Directory(guest, host) for guest, host in mapped.items()]
            environment |= {
                guest: os.fspath(host) for guest, host in config.wasi.mapped_dirs.items()
            }
        environment |= {name: os.fspath(path) for name, path in config.mounted_binaries.items()}
        level = self.log_directives.for_module(config.name)
        if level is not None:
            environment["WASM_LOG"] = level
        if config.wasi is not None:
            environment |= config.wasi.environment
        return WasiSettings(environment, tuple(directories))

    def host_functions(
        self,
        config: ModuleConfig,
        *,
        call_parameters: Callable[[], CallParameters],
        cancelled: StopRequest,
    ) -> dict[tuple[str, str], HostFunction]:
        """What the host offers to a module, by namespace and name.

        Args:
            config: the module's.
            call_parameters: gives those of the call that runs.
            cancelled: set when mounted binaries and long log messages must end.
        """
        functions = [*call_parameters_functions(call_parameters)]
        # The two imports load the standard library's logging and subprocess, 3 ms each, which only
        # modules that may log or run binaries need.
        if config.logger_enabled:
            from runtime.host.logger import ModuleLog, log_function  # noqa: PLC0415

            log = ModuleLog(config.name, config.logging_mask, cancelled=cancelled)
            functions.append(log_function(log))
        if config.mounted_binaries:
            from runtime.host.mounted_binary import mounted_binary_function  # noqa: PLC0415

            functions += (
                mounted_binary_function(name, path, limits=self.binary_limits, cancelled=cancelled)
                for name, path in config.mounted_binaries.items()
            )
        functions += self.registered.of_module(config.name)  # last: they replace the others
        return {
            (namespace, function.name): function
            for function in functions
            for namespace in function.namespaces
        }
