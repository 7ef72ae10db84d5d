"""Everything that can go wrong, as one tree.

MarineError                     catches all of it
├── ConfigError                 a Config.toml is missing, malformed or asks for what is not there
├── ModuleError                 a module that cannot be loaded or unloaded
│   ├── ModuleFileError         the file is missing, unreadable or no core WebAssembly module
│   ├── InterfaceError          its `interface-types` section (or other metadata) cannot be read
│   │   └── TextError           the text form of interface types cannot be read
│   ├── VersionError            its SDK or interface-types version is absent or too old
│   ├── ValidationError         one of its adapters is ill-formed
│   ├── LinkError               an import that nobody offers, or offers with another signature
│   ├── StartError              its `_initialize` or `_start` failed
│   ├── DuplicateModule         its name is taken
│   └── ModuleInUse             others import it, so it cannot be unloaded
├── CallError                   a call that did not give a result
│   ├── NoSuchModule            no loaded module has this name
│   ├── NoSuchFunction          the module has no public function of this name
│   ├── ArgumentsError          arguments or call parameters that do not fit the signature
│   ├── Trap                    the WebAssembly code trapped
│   ├── AdapterError            an adapter instruction failed, on a bad pointer for instance
│   ├── HostFunctionError       a host function raised
│   ├── CallDepthExceeded       modules called each other too deeply
│   └── Interrupted             somebody stopped the call
│       └── TimeLimitExceeded   its time limit stopped it
├── MemoryLimitExceeded         a load or a call failed for want of memory
└── ServiceClosed               the service was used after `close()`
"""

from runtime.frozen_dataclass import frozen_dataclass
from runtime.shown_names import shown_word


class MarineError(Exception):
    """Base of all errors of this library.

    Attributes:
        message: what happened, where, and what would be right; one or more lines.
        module: the module concerned, where there is one.
        function: the function concerned, where there is one.
        torn_module: the module that was stopped in the middle of its work, where one was: its
            state, and that of modules which were calling it, may be inconsistent since. To reload
            it reloads them too.
    """

    torn_module: str | None = None

    def __init__(
        self, message: str, *, module: str | None = None, function: str | None = None
    ) -> None:
        super().__init__(message)
        self.module = module
        self.function = function

    @property
    def message(self) -> str:
        """What happened; what is set is what `str` and `repr` show."""
        return str(self.args[0])

    @message.setter
    def message(self, message: str) -> None:
        self.args = (message,)

    def __reduce__(self) -> tuple[object, ...]:
        """Errors are passed between processes whole, whatever their class asks of callers."""
        return _restored, (type(self), self.args, self.__dict__)

    @property
    def kind(self) -> str:
        """The name of the error's class, for programs that do not have the class itself."""
        return type(self).__name__


def _restored(
    kind: type[MarineError], arguments: tuple[object, ...], attributes: dict[str, object]
) -> MarineError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error


class ConfigError(MarineError):
    """Raised when a Config.toml cannot be read or asks for what cannot be had."""


class ModuleError(MarineError):
    """Raised when a module cannot be loaded or unloaded; the service stays as it was."""


class ModuleFileError(ModuleError):
    """Raised when a module's file is missing, unreadable or no core WebAssembly module."""


class InterfaceError(ModuleError):
    """Raised when a module's `interface-types` section, or other metadata, is absent or malformed.

    Attributes:
        offset: where in the section, in bytes from its start, if the place is known.
    """

    def __init__(
        self, message: str, *, module: str | None = None, offset: int | None = None
    ) -> None:
        super().__init__(message, module=module)
        self.offset = offset


class TextError(InterfaceError):
    """Raised when the text form of interface types is malformed; the message shows the place.

    Attributes:
        line: the line of the text, from 1.
        column: the character in that line, from 1.
    """

    def __init__(self, message: str, *, line: int, column: int, module: str | None = None) -> None:
        super().__init__(message, module=module)
        self.line = line
        self.column = column


class VersionError(ModuleError):
    """Raised when a module's SDK or interface-types version is absent, malformed or too old."""


class ValidationError(ModuleError):
    """Raised at load when an adapter is ill-formed: it names adapter, instruction, found, expected.

    Attributes:
        instruction: the number of the instruction in the adapter, from 0, if one is at fault.
    """

    def __init__(
        self,
        message: str,
        *,
        module: str | None = None,
        function: str | None = None,
        instruction: int | None = None,
    ) -> None:
        super().__init__(message, module=module, function=function)
        self.instruction = instruction


class LinkError(ModuleError):
    """Raised at load when an import is offered by nobody, or with another signature."""


class StartError(ModuleError):
    """Raised at load when a module's `_initialize` or `_start` fails."""


class DuplicateModule(ModuleError):
    """Raised at load when the module's name is taken."""


class ModuleInUse(ModuleError):
    """Raised when a module is to be unloaded that others import."""


class CallError(MarineError):
    """Raised when a call gives no result; the service answers the next one."""


class NoSuchModule(CallError, AttributeError):
    """Raised when no loaded module has the given name.

    It is an AttributeError too, for `service.modules.name`: so `hasattr` and `getattr` understand.
    """


class NoSuchFunction(CallError, AttributeError):
    """Raised when the module has no public function of the given name.

    It is an AttributeError too, as NoSuchModule is.
    """


@frozen_dataclass
class ArgumentProblem:
    """One thing wrong with the arguments of a call.

    Attributes:
        path: where, such as `args[1].field_3[4]`.
        problem: what is wrong there, such as `expected u8 (0 to 255), got 300`.
    """

    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


class ArgumentsError(CallError):
    """Raised when arguments or call parameters do not fit the signature.

    Attributes:
        problems: every single one, in the order of the arguments; at most 1,000.
    """

    def __init__(
        self,
        message: str,
        *,
        problems: tuple[ArgumentProblem, ...] = (),
        module: str | None = None,
        function: str | None = None,
    ) -> None:
        super().__init__(message, module=module, function=function)
        self.problems = problems


@frozen_dataclass
class WasmFrame:
    """One line of a WebAssembly backtrace.

    Attributes:
        module: the module's name, or None where the binary gives none.
        function: the function's name, or None where the binary gives none.
        function_index: its index in the module.
        offset: bytes from the start of the module's file to the instruction; None where the
            engine does not know, as after a stack overflow.
    """

    module: str | None
    function: str | None
    function_index: int
    offset: int | None

    def __str__(self) -> str:
        name = shown_word(self.function or f"function[{self.function_index}]")
        place = "" if self.offset is None else f" at 0x{self.offset:x}"
        return f"{self.module or '?'}!{name}{place}"


class Trap(CallError):
    """Raised when the WebAssembly code of a module trapped.

    Attributes:
        trap: the kind of trap, such as `unreachable` or `integer divide by zero`.
        backtrace: the WebAssembly frames, innermost first.
        exit_status: what the module gave to `proc_exit`, if that is what ended it.
    """

    def __init__(
        self,
        message: str,
        *,
        trap: str,
        backtrace: tuple[WasmFrame, ...] = (),
        exit_status: int | None = None,
        module: str | None = None,
        function: str | None = None,
    ) -> None:
        super().__init__(message, module=module, function=function)
        self.trap = trap
        self.backtrace = backtrace
        self.exit_status = exit_status


class AdapterError(CallError):
    """Raised when an adapter's instruction fails: bad pointer, bad UTF-8, value out of range.

    Attributes:
        instruction: the instruction as text, such as `string.lift_memory`.
    """

    def __init__(
        self,
        message: str,
        *,
        instruction: str | None = None,
        module: str | None = None,
        function: str | None = None,
    ) -> None:
        super().__init__(message, module=module, function=function)
        self.instruction = instruction


class HostFunctionError(CallError):
    """Raised when a host function fails; the exception itself is the `__cause__`."""


class CallDepthExceeded(CallError):
    """Raised when modules call each other more deeply than the runtime allows."""


class Interrupted(CallError):
    """Raised when somebody stopped the call."""


class TimeLimitExceeded(Interrupted):
    """Raised when a call's time limit stopped it."""


class MemoryLimitExceeded(MarineError):
    """Raised when a load or a call fails after growths past the service's memory limit.

    Attributes:
        limit: the limit in bytes.
        rejected: how many growths were rejected during the load or call.
    """

    def __init__(
        self,
        message: str,
        *,
        limit: int,
        rejected: int,
        module: str | None = None,
        function: str | None = None,
    ) -> None:
        super().__init__(message, module=module, function=function)
        self.limit = limit
        self.rejected = rejected


class ServiceClosed(MarineError):
    """Raised when a service is used after it was closed."""
