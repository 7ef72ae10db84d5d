"""The table of settings: `set`, its help and completion read it; a new one is one more entry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from mrepl.session import Session
from mrepl.settings import Editing, Settings
from mrepl.text.escaping import escape_line
from mrepl.text.result_styles import ResultStyle
from mrepl.typed_numbers import seconds, whole_number
from mrepl.usage import UsageError
from runtime import Engine, suggestion
from runtime.seconds_text import seconds_text

_ON, _OFF = "on", "off"
_NONE, _ALL = "none", "all"

E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a session's user can change.

    Attributes:
        name: as `set` takes it.
        about: what it means, one line.
        values: the words that it may be set to, which completion offers.
        read: its value in a session, as `set` takes it.
        change: gives it a value in a session; raises a UsageError where it cannot have that.
        other_values: what else it may be set to, in words; nothing else without it.
        details: more lines for its help page.
    """

    name: str
    about: str
    values: tuple[str, ...]
    read: Callable[[Session], str]
    change: Callable[[Session, str], None]
    other_values: str | None = None
    details: str = ""

    @property
    def all_values(self) -> str:
        """What it may be set to: `fused or interp`, `seconds or none`."""
        words = self.values if self.other_values is None else (self.other_values, *self.values)
        return " or ".join(words)


def _change_style(session: Session, value: str) -> None:
    style = ResultStyle(_chosen("style", value, _names(ResultStyle)))
    session.settings = replace(session.settings, style=style)


def _change_engine(session: Session, value: str) -> None:
    session.use_engine(Engine(_chosen("engine", value, _names(Engine))))


def _change_timeout(session: Session, value: str) -> None:
    session.use_timeout(None if value == _NONE else _seconds(value))


def _change_timing(session: Session, value: str) -> None:
    timing = _chosen("timing", value, (_ON, _OFF)) == _ON
    session.settings = replace(session.settings, timing=timing)


def _change_editing(session: Session, value: str) -> None:
    editing = Editing(_chosen("editing", value, _names(Editing)))
    session.settings = replace(session.settings, editing=editing)


def _change_lines(session: Session, value: str) -> None:
    lines = None if value == _ALL else _line_count(value)
    session.settings = replace(session.settings, result_lines=lines)


def _timeout_text(settings: Settings) -> str:
    return _NONE if settings.timeout is None else seconds_text(settings.timeout)


def _lines_text(settings: Settings) -> str:
    return _ALL if settings.result_lines is None else str(settings.result_lines)


def _names(kind: type[E]) -> tuple[str, ...]:
    return tuple(str(each.value) for each in kind)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "style",
        "how results print",
        _names(ResultStyle),
        lambda session: session.settings.style.value,
        _change_style,
        details=(
            "json is JSON that can be pasted back as an argument, debug the original shell's\n"
            "notation, in one line."
        ),
    ),
    Setting(
        "engine",
        "what runs the adapters",
        _names(Engine),
        lambda session: session.settings.engine.value,
        _change_engine,
        details=(
            "fused compiles them to WebAssembly, interp interprets them. Modules keep their\n"
            "memory."
        ),
    ),
    Setting(
        "timeout",
        "how long a call may take",
        (_NONE,),
        lambda session: _timeout_text(session.settings),
        _change_timeout,
        other_values="seconds",
        details="The same limit holds for each module's start. `set timeout 0.5`, for instance.",
    ),
    Setting(
        "timing",
        "whether lines tell the elapsed time",
        (_ON, _OFF),
        lambda session: _ON if session.settings.timing else _OFF,
        _change_timing,
        details="Without them the output of a script is the same at every run.",
    ),
    Setting(
        "editing",
        "whose keys edit the line",
        _names(Editing),
        lambda session: session.settings.editing.value,
        _change_editing,
    ),
    Setting(
        "lines",
        "how long results may be before they are cut",
        (_ALL,),
        lambda session: _lines_text(session.settings),
        _change_lines,
        other_values="a number",
        details="`call --full` shows all of one result, `show` all of the last one.",
    ),
)


def find_setting(name: str) -> Setting:
    """The setting of that name.

    Raises:
        UsageError: there is none; the message names those that there are.
    """
    for setting in SETTINGS:
        if name == setting.name:
            return setting
    raise _unknown("setting", name, [setting.name for setting in SETTINGS])


def _chosen(setting: str, value: str, values: Sequence[str]) -> str:
    if value not in values:
        raise _unknown(setting, value, values)
    return value


def _seconds(text: str) -> float:
    limit = seconds(text)
    if limit is None:
        raise UsageError(
            f"no timeout '{escape_line(text)}': expected a number of seconds above 0, or {_NONE}"
        )
    return limit


def _line_count(text: str) -> int:
    count = whole_number(text, 1)
    if count is None:
        raise UsageError(
            f"no lines '{escape_line(text)}': expected a number of lines, at least 1, or {_ALL}"
        )
    return count


def _unknown(kind: str, name: str, known: Sequence[str]) -> UsageError:
    near = suggestion(name, known)
    return UsageError(f"no {kind} '{escape_line(name)}'{near} (there are: {', '.join(known)})")
