"""`help`: all commands, one of them, a setting, or the guide."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from mrepl.command import PAGER, Arguments, Command, Reply
from mrepl.command_line import find_command, no_such_command
from mrepl.guide_pages import guide_page, guide_pages
from mrepl.handlers.settings import setting_help
from mrepl.help_pages import GUIDE, list_of_pages, overview, page
from mrepl.session import Session
from mrepl.text.cutting import cut_listing
from mrepl.text.escaping import escape_word
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import MarkedText, Span
from mrepl.text.reflowing import reflowed
from mrepl.text.wrapping import terminal_width
from mrepl.usage import UsageError
from runtime import suggestion


@dataclass(frozen=True, slots=True)
class _Help:
    text: str
    is_markdown: bool = False


def show_help(commands: Sequence[Command], session: Session, arguments: Arguments) -> Reply:
    """Shows all commands, one command's page, that of a setting, or a page of the guide.

    Args:
        commands: all there are.
        session: says how long what is shown may be.
        arguments: of the command `help`.

    Raises:
        UsageError: there is no command, setting or page of the name.
    """
    shown = _help(commands, arguments.get("about"), arguments.get("topic"))
    lines = None if arguments.has(PAGER) else session.settings.result_lines
    return Reply(compact_json({"text": shown.text}), partial(_help_text, shown, lines))


def _help(commands: Sequence[Command], about: str | None, topic: str | None) -> _Help:
    if about is None:
        return _Help(overview(commands))
    if about == GUIDE:
        return _Help(list_of_pages(guide_pages())) if topic is None else _page_of_guide(topic)
    if topic is None:
        return _page(commands, about)
    if about not in guide_pages() and find_command(about, commands).name == "set":
        return _Help(setting_help(topic))
    raise UsageError(
        "only `help set` and `help guide` take one word more, the name of a setting or a page"
    )


def _page(commands: Sequence[Command], name: str) -> _Help:
    """That of a command, or else of the guide."""
    command = next((command for command in commands if name in command.names), None)
    if command is not None:
        return _Help(page(command))
    if name in guide_pages():
        return _guide_page(name)
    raise UsageError(no_such_command(name, commands, (GUIDE, *guide_pages())))


def _page_of_guide(name: str) -> _Help:
    if name not in guide_pages():
        near = suggestion(name, guide_pages()) or "; `help guide` lists them"
        raise UsageError(f"the guide has no page '{escape_word(name)}'{near}")
    return _guide_page(name)


def _guide_page(name: str) -> _Help:
    return _Help(guide_page(name), is_markdown=True)


def _help_text(shown: _Help, lines: int | None) -> MarkedText:
    width = terminal_width(sys.stdout) if shown.is_markdown else None
    text = shown.text if width is None else reflowed(shown.text, width)
    return cut_listing((Span(text),), lines)
