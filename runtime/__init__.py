"""The Marine runtime: services of WebAssembly modules with interface types, run from Python."""

import importlib
import typing

from runtime.adapters.engines import Engine
from runtime.config.model import ModuleConfig, ServiceConfig, WasiConfig
from runtime.description import (
    FunctionInterface,
    GlueListing,
    ModuleInterface,
    ModuleStatistics,
    Statistics,
)
from runtime.engine.interruption import Interruption
from runtime.engine.wasi.descriptors import FileSystemView, MappedDirectory, OpenDescriptor
from runtime.errors import (
    AdapterError,
    ArgumentProblem,
    ArgumentsError,
    CallDepthExceeded,
    CallError,
    ConfigError,
    DuplicateModule,
    HostFunctionError,
    InterfaceError,
    Interrupted,
    LinkError,
    MarineError,
    MemoryLimitExceeded,
    ModuleError,
    ModuleFileError,
    ModuleInUse,
    NoSuchFunction,
    NoSuchModule,
    ServiceClosed,
    StartError,
    TextError,
    TimeLimitExceeded,
    Trap,
    ValidationError,
    VersionError,
    WasmFrame,
)
from runtime.host.function import HostFunction
from runtime.host.mounted_binary_limits import MountedBinaryLimits
from runtime.host.registration import HostFunctions
from runtime.interface.metadata import (
    MINIMAL_INTERFACE_TYPES_VERSION,
    MINIMAL_SDK_VERSION,
    Manifest,
    ModuleMetadata,
)
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    RecordType,
    Scalar,
    Signature,
    signature_text,
    type_text,
)
from runtime.json_values import JsonValue, PythonResult, PythonValue, parse_json
from runtime.python_types.widths import F32, F64, S8, S16, S32, S64, U8, U16, U32, U64
from runtime.reloaded import ChangedModule, ReloadCause, Reloaded
from runtime.service import Service
from runtime.service_warnings import MarineWarning
from runtime.suggestions import suggestion

if typing.TYPE_CHECKING:
    from runtime.bound_modules.bound_module import BoundModule
    from runtime.bound_modules.modules import Modules
    from runtime.calibration import calibration_module
    from runtime.host.decorator import host_function
    from runtime.tracing.tree import (
        Activity,
        AdapterEvent,
        Event,
        HostEvent,
        InstructionEvent,
        Trace,
        WasmEvent,
    )

__all__ = [
    "F32",
    "F64",
    "MINIMAL_INTERFACE_TYPES_VERSION",
    "MINIMAL_SDK_VERSION",
    "S8",
    "S16",
    "S32",
    "S64",
    "U8",
    "U16",
    "U32",
    "U64",
    "Activity",
    "AdapterError",
    "AdapterEvent",
    "ArgumentProblem",
    "ArgumentsError",
    "ArrayType",
    "BoundModule",
    "CallDepthExceeded",
    "CallError",
    "ChangedModule",
    "ConfigError",
    "DuplicateModule",
    "Engine",
    "Event",
    "Field",
    "FileSystemView",
    "FunctionInterface",
    "GlueListing",
    "HostEvent",
    "HostFunction",
    "HostFunctionError",
    "HostFunctions",
    "InstructionEvent",
    "InterfaceError",
    "InterfaceType",
    "Interrupted",
    "Interruption",
    "JsonValue",
    "LinkError",
    "Manifest",
    "MappedDirectory",
    "MarineError",
    "MarineWarning",
    "MemoryLimitExceeded",
    "ModuleConfig",
    "ModuleError",
    "ModuleFileError",
    "ModuleInUse",
    "ModuleInterface",
    "ModuleMetadata",
    "ModuleStatistics",
    "Modules",
    "MountedBinaryLimits",
    "NoSuchFunction",
    "NoSuchModule",
    "OpenDescriptor",
    "PythonResult",
    "PythonValue",
    "RecordType",
    "ReloadCause",
    "Reloaded",
    "Scalar",
    "Service",
    "ServiceClosed",
    "ServiceConfig",
    "Signature",
    "StartError",
    "Statistics",
    "TextError",
    "TimeLimitExceeded",
    "Trace",
    "Trap",
    "ValidationError",
    "VersionError",
    "WasiConfig",
    "WasmEvent",
    "WasmFrame",
    "calibration_module",
    "host_function",
    "parse_json",
    "signature_text",
    "suggestion",
    "type_text",
]

_IMPORTED_ON_USE = {
    "BoundModule": "runtime.bound_modules.bound_module",
    "Modules": "runtime.bound_modules.modules",
    "calibration_module": "runtime.calibration",
    "host_function": "runtime.host.decorator",
    **dict.fromkeys(
        (
            "Activity",
            "AdapterEvent",
            "Event",
            "HostEvent",
            "InstructionEvent",
            "Trace",
            "WasmEvent",
        ),
        "runtime.tracing.tree",
    ),
}
"""What services do not need, and where it is: together it takes 6 ms to import."""


if not typing.TYPE_CHECKING:  # else every name would be right for type checkers

    def __getattr__(name: str) -> object:
        """Import a public name when it is first asked for."""
        home = _IMPORTED_ON_USE.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(importlib.import_module(home), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
