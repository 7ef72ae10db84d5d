"""The table of settings. `set` and its help page read it; a new setting is one more entry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mrepl.escaping import escape_line
from mrepl.session import Session
from mrepl.usage import UsageError
from runtime import Engine, suggestion


@dataclass(frozen=True, slots=True)
class Setting:
    """What a session's user can change.

    Attributes:
        name: as `set` takes it.
        about: what it means, one line.
        values: the values that it may have, as `set` takes them.
        read: its value in a session.
        change: gives it one of the values in a session.
    """

    name: str
    about: str
    values: tuple[str, ...]
    read: Callable[[Session], str]
    change: Callable[[Session, str], None]


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "engine",
        "what runs the adapters",
        tuple(engine.value for engine in Engine),
        lambda session: session.service.engine.value,
        lambda session, value: session.use_engine(Engine(value)),
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


def change_setting(setting: Setting, value: str, session: Session) -> None:
    """Gives the setting the value.

    Raises:
        UsageError: it cannot have that value; the message names those that it can.
        MarineError: the service does not take it.
    """
    if value not in setting.values:
        raise _unknown(setting.name, value, setting.values)
    setting.change(session, value)


def _unknown(kind: str, name: str, known: Sequence[str]) -> UsageError:
    near = suggestion(name, known)
    return UsageError(f"no {kind} '{escape_line(name)}'{near} (there are: {', '.join(known)})")
