"""What a command of the shell is: data that the parser, the help pages and completion all read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from mrepl.marked_text import MarkedText
from mrepl.session import Session


class Kind(Enum):
    """What stands for a parameter on a command line."""

    COMMAND = "a command's name"
    MODULE = "a loaded module's name"
    NEW_MODULE = "a name that is not taken"
    FUNCTION = "a function of the module before it"
    PATH = "a path; quotes and backslashes as in a shell"
    JSON = "JSON, to the letter"
    SETTING = "a setting's name"
    SETTING_VALUE = "a value of the setting before it"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a command.

    Attributes:
        name: as help pages show it.
        kind: what stands for it.
        about: what it means, one line.
        required: whether the command needs it; required ones come first.
    """

    name: str
    kind: Kind
    about: str
    required: bool = True

    def __str__(self) -> str:
        return f"<{self.name}>" if self.required else f"[{self.name}]"


@dataclass(frozen=True, slots=True)
class Flag:
    """A switch such as `-nr`; it may stand anywhere after the command's name."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a command line gives a command.

    Attributes:
        values: by the parameter's name; optional parameters may be absent.
        flags: the names of the flags that were given.
    """

    values: dict[str, str]
    flags: frozenset[str] = frozenset()

    def __getitem__(self, parameter: str) -> str:
        return self.values[parameter]

    def get(self, parameter: str) -> str | None:
        """The value of an optional parameter."""
        return self.values.get(parameter)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command gives.

    Attributes:
        result: for `--json`: the result as JSON text.
        text: makes what the shell prints: lines, each with its line feed. Called only where text is
            wanted, on the worker's large stack.
        elapsed_ns: the time that counts, in nanoseconds; None for that of the whole command.
        warnings: what the user should know besides.
        ends_session: whether the shell ends here.
    """

    result: str
    text: Callable[[], MarkedText]
    elapsed_ns: int | None = None
    warnings: tuple[str, ...] = ()
    ends_session: bool = False


Handler: TypeAlias = Callable[[Session, Arguments], Reply]


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        name: its long name.
        short: its short name; None without one.
        about: what it does, one line.
        run: does it.
        activity: what failed when it fails: `call` gives "call failed with: …".
        parameters: in their order on the line.
        flags: its switches.
        details: more lines for its help page.
        examples: command lines.
    """

    name: str
    short: str | None
    about: str
    run: Handler
    activity: str
    parameters: tuple[Parameter, ...] = ()
    flags: tuple[Flag, ...] = ()
    details: str = ""
    examples: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def names(self) -> tuple[str, ...]:
        """What it may be called by, the long name first."""
        return (self.name,) if self.short is None else (self.name, self.short)

    @property
    def takes_json(self) -> bool:
        """Whether its line may go on over several lines."""
        return any(parameter.kind is Kind.JSON for parameter in self.parameters)

    @property
    def form(self) -> str:
        """How it is written: `call <module> <func> [-nr] [args] [call_params]`."""
        words = [str(p) for p in self.parameters if p.kind is not Kind.JSON]
        flags = [f"[{flag.name}]" for flag in self.flags]
        json = [str(p) for p in self.parameters if p.kind is Kind.JSON]
        return " ".join([self.name, *words, *flags, *json])
