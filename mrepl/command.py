"""What a command of the shell is: data that the parser, the help pages and completion all read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from mrepl.session import Session
from mrepl.text.marked_text import MarkedText

_MOST_SHOWN_OPTIONS = 2
"""In a command's form; the help page lists them anyway."""


class Kind(Enum):
    """What stands for a parameter on a command line."""

    HELP = "a command's name, `guide`, or the name of one of its pages"
    TOPIC = "a setting's name after `set`, a page's after `guide`"
    MODULE = "a loaded module's name"
    NEW_MODULE = "a name that is not taken"
    FUNCTION = "a function of the module before it"
    PATH = "a path; quotes and backslashes as in a shell"
    JSON = "JSON, to the letter; or @ and a path"
    SETTING = "a setting's name"
    SETTING_VALUE = "a value of the setting before it"
    TYPE = "an interface type's name"
    ADAPTER = "an adapter's name"
    OPPONENT = "an engine's name, or a module's with a call of it, as one word"
    WORD = "a word; quotes and backslashes as in a shell"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a command.

    Attributes:
        name: as help pages show it.
        kind: what stands for it.
        about: what it means, one line.
        required: whether the command needs it; required ones come first.
        choices: words that may stand for it, as far as they are known beforehand.
        suffix: how the files that fit end, such as `.wasm`; completion offers those first.
    """

    name: str
    kind: Kind
    about: str
    required: bool = True
    choices: tuple[str, ...] = ()
    suffix: str = ""

    def __str__(self) -> str:
        return f"<{self.name}>" if self.required else f"[{self.name}]"


@dataclass(frozen=True, slots=True)
class Option:
    """A switch such as `-nr`, or one with values; it may stand anywhere after the command's name.

    Attributes:
        name: as it is written, with its dashes.
        about: what it means, one line.
        values: the words that follow it, all of them required.
        repeatable: whether it may be given more than once; its values then follow one another.
    """

    name: str
    about: str
    values: tuple[Parameter, ...] = ()
    repeatable: bool = False

    def __str__(self) -> str:
        return " ".join([self.name, *map(str, self.values)])


PAGER = "--pager"
"""The option, of those commands that have it, which shows what a command prints page by page."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a command line gives a command.

    Attributes:
        values: by the parameter's name; optional parameters may be absent.
        options: the values of the options that were given, by the option's name.
    """

    values: dict[str, str]
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __getitem__(self, parameter: str) -> str:
        return self.values[parameter]

    def get(self, parameter: str) -> str | None:
        """The value of an optional parameter."""
        return self.values.get(parameter)

    def has(self, option: str) -> bool:
        """Whether the option was given."""
        return option in self.options

    def option(self, name: str) -> str | None:
        """The only value of an option; None where it was not given."""
        given = self.options.get(name)
        return None if given is None else given[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a command has failed although it has a result.

    Attributes:
        kind: for `--json`, in the manner of an error class's name.
        message: what is wrong.
        activity: what failed, where the shell tells that before the message: `call` gives
            "call failed with: …".
    """

    kind: str
    message: str
    activity: str = ""

    @property
    def text(self) -> str:
        """The message as the shell prints it."""
        return f"{self.activity} failed with: {self.message}" if self.activity else self.message


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
        paged: whether the text is for a pager, in a session.
        verdict: why the command has failed all the same; None where it has not.
    """

    result: str
    text: Callable[[], MarkedText]
    elapsed_ns: int | None = None
    warnings: tuple[str, ...] = ()
    ends_session: bool = False
    paged: bool = False
    verdict: Verdict | None = None


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
        options: its switches.
        details: more lines for its help page.
        examples: command lines.
        aliases: further names, which help pages do not show.
    """

    name: str
    short: str | None
    about: str
    run: Handler
    activity: str
    parameters: tuple[Parameter, ...] = ()
    options: tuple[Option, ...] = ()
    details: str = ""
    examples: tuple[str, ...] = field(default=(), kw_only=True)
    aliases: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def names(self) -> tuple[str, ...]:
        """What it may be called by, the long name first."""
        short = () if self.short is None else (self.short,)
        return (self.name, *short, *self.aliases)

    @property
    def takes_json(self) -> bool:
        """Whether its line may go on over several lines."""
        return any(parameter.kind is Kind.JSON for parameter in self.parameters)

    @property
    def form(self) -> str:
        """How it is written: `unload <module> [--force]`; many options are "[options]"."""
        words = [str(p) for p in self.parameters if p.kind is not Kind.JSON]
        options = [f"[{option}]" for option in self.options]
        if len(options) > _MOST_SHOWN_OPTIONS:
            options = ["[options]"]
        json = [str(p) for p in self.parameters if p.kind is Kind.JSON]
        return " ".join([self.name, *words, *options, *json])
