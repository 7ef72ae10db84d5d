"""`set`: the settings of the session, shown and changed."""

from collections.abc import Sequence
from functools import partial

from mrepl.command import Arguments, Reply
from mrepl.json_text import compact_json
from mrepl.marked_text import Mark, MarkedText, Span
from mrepl.session import Session
from mrepl.settings import SETTINGS, Setting, change_setting, find_setting


def show_or_change(session: Session, arguments: Arguments) -> Reply:
    """Lists all settings, shows one, or gives one a value and shows it."""
    name, value = arguments.get("name"), arguments.get("value")
    settings = SETTINGS if name is None else (find_setting(name),)
    if value is not None:
        change_setting(settings[0], value, session)
    values = [(setting, setting.read(session)) for setting in settings]
    return Reply(
        compact_json({"settings": {setting.name: value for setting, value in values}}),
        partial(_settings_text, values),
    )


def settings_help() -> str:
    """What there is to set, for the help page."""
    return "\n".join(
        f"  {setting.name}  {setting.about}: {' or '.join(setting.values)}" for setting in SETTINGS
    )


def _settings_text(values: Sequence[tuple[Setting, str]]) -> MarkedText:
    spans: list[Span] = []
    for setting, value in values:
        known = " or ".join(setting.values)
        spans += (
            Span(setting.name, Mark.NAME),
            Span(f": {value}"),
            Span(f" ({setting.about}: {known})\n", Mark.FAINT),
        )
    return tuple(spans)
