"""`set`: the settings of the session, shown and changed."""

from collections.abc import Sequence
from functools import partial

from mrepl.command import Arguments, Reply
from mrepl.session import Session
from mrepl.settings_table import SETTINGS, Setting, find_setting
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText, Span


def show_or_change(session: Session, arguments: Arguments) -> Reply:
    """Lists all settings, shows one, or gives one a value and shows it."""
    name, value = arguments.get("name"), arguments.get("value")
    settings = SETTINGS if name is None else (find_setting(name),)
    if value is not None:
        settings[0].change(session, value)
    values = [(setting, setting.read(session)) for setting in settings]
    return Reply(
        compact_json({"settings": {setting.name: value for setting, value in values}}),
        partial(_settings_text, values),
    )


def settings_help() -> str:
    """What there is to set, for the help page."""
    column = max(len(setting.name) for setting in SETTINGS) + 2
    return "\n".join(
        f"  {setting.name:<{column}}{setting.about}: {setting.all_values}" for setting in SETTINGS
    )


def setting_help(name: str) -> str:
    """The help page of one setting.

    Raises:
        UsageError: there is none of that name.
    """
    setting = find_setting(name)
    about = f"{setting.about[0].upper()}{setting.about[1:]}."
    details = f"\n{setting.details}" if setting.details else ""
    example = f"  set {setting.name} {setting.values[-1]}"
    return (
        f"set {setting.name} [value]\n\n{about}{details}\n\n"
        f"  [value]  {setting.all_values}; without it the setting is shown\n\n"
        f"Examples:\n  set {setting.name}\n{example}\n"
    )


def _settings_text(values: Sequence[tuple[Setting, str]]) -> MarkedText:
    spans: list[Span] = []
    for setting, value in values:
        spans += (
            Span(setting.name, Mark.NAME),
            Span(f": {value}"),
            Span(f" ({setting.about}: {setting.all_values})\n", Mark.FAINT),
        )
    return tuple(spans)
