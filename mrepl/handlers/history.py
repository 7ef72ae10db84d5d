"""`history` and `save`: the command lines of the session, shown and kept as a script."""

import os
import shlex
from collections.abc import Sequence
from functools import partial

from mrepl import __version__
from mrepl.command import Arguments, Reply
from mrepl.process.replaced_file import replace_file
from mrepl.ran_line import RanLine
from mrepl.session import Session
from mrepl.settings import Settings
from mrepl.text.durations import duration_text
from mrepl.text.escaping import escape_line, escape_text
from mrepl.text.json_text import compact_json
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.typed_numbers import whole_number
from mrepl.typed_path import typed_path
from mrepl.usage import UsageError
from runtime.seconds_text import seconds_text
from runtime.system_errors import reason_of

_NOT_SAVED = ("save", "history", "help", "quit")
"""Commands that are about the session and not about its service."""


def show_history(session: Session, arguments: Arguments) -> Reply:
    """Lists the command lines of the session, or the last of them, with what came of each."""
    lines = list(enumerate(session.lines, start=1))
    count = arguments.get("count")
    if count is not None:
        lines = lines[-_line_count(count) :]
    return Reply(
        compact_json(
            {
                "commands": [
                    {
                        "number": number,
                        "command": ran.line,
                        "ok": ran.error is None,
                        "error": ran.error,
                        "elapsed_ns": ran.elapsed_ns,
                    }
                    for number, ran in lines
                ]
            }
        ),
        partial(_history_text, lines, session.settings),
    )


def save(session: Session, arguments: Arguments) -> Reply:
    """Writes the command lines of the session to a file, as a script that can be run again.

    Commands that failed become remarks; those of `_NOT_SAVED` are left out.
    """
    path = arguments["file"]
    lines = [ran for ran in session.lines if ran.command not in _NOT_SAVED]
    failed = sum(ran.error is not None for ran in lines)
    text = "\n".join([_header(session, path), *map(_script_line, lines)]) + "\n"
    _write(path, text, force=arguments.has("--force"))
    return Reply(
        compact_json({"file": path, "commands": len(lines) - failed, "failed": failed}),
        partial(_saved_text, path, len(lines) - failed, failed),
    )


def _line_count(text: str) -> int:
    count = whole_number(text, 1)
    if count is None:
        raise UsageError(f"history: expected how many lines, at least 1, got '{escape_line(text)}'")
    return count


def _history_text(lines: Sequence[tuple[int, RanLine]], settings: Settings) -> MarkedText:
    if not lines:
        return (Span("<no commands yet>\n", Mark.FAINT),)
    column = len(str(lines[-1][0]))
    spans: list[Span] = []
    for number, ran in lines:
        indented = escape_text(ran.line).replace("\n", f"\n{'':{column + 2}}")
        spans += (Span(f"{number:>{column}}  ", Mark.FAINT), Span(indented))
        if ran.error is not None:
            spans.append(Span(f"  (failed: {_first_line(ran.error)})", Mark.ERROR))
        elif settings.timing:
            spans.append(Span(f"  ({duration_text(ran.elapsed_ns)})", Mark.FAINT))
        spans.append(Span("\n"))
    return tuple(spans)


def _header(session: Session, path: str) -> str:
    """The remark that says how the script was made, and how to run it again."""
    words = ["mrepl", *_options(session)]
    if session.first_config is not None:
        words.append(session.first_config)
    command = escape_line(f"{shlex.join(words)} < {shlex.quote(path)}")
    return f"# A session of mrepl {__version__}; once more: {command}"


def _options(session: Session) -> list[str]:
    """The options of the command line that change what commands give.

    The others say where commands come from, how what they give is passed on, and what comes of
    files that change.
    """
    settings, default = session.first_settings, Settings()
    options = []
    if settings.working_dir != default.working_dir:
        options += ["--working-dir", str(settings.working_dir)]
    if settings.timeout is not None:
        options += ["--timeout", seconds_text(settings.timeout)]
    if settings.engine is not default.engine:
        options += ["--engine", settings.engine.value]
    if settings.style is not default.style:
        options += ["--style", settings.style.value]
    if settings.strict:
        options.append("--strict")
    for path in settings.host_files:
        options += ["--host", path]
    return options


def _script_line(ran: RanLine) -> str:
    if ran.error is None:
        return ran.line
    remark = "\n".join(f"# {line}" for line in ran.line.split("\n"))
    return f"{remark}\n#   failed: {_first_line(ran.error)}"


def _first_line(error: str) -> str:
    """The first line, and the next one too where that is what the first announces."""
    first, _, rest = error.partition("\n")
    if first.endswith(":"):
        following, _, _ = rest.partition("\n")
        first = f"{first} {following.strip()}"
    return escape_line(first)


def _write(path: str, text: str, *, force: bool) -> None:
    shown = escape_line(path)
    try:
        target = typed_path(path)
        if os.path.lexists(target):
            if not force:
                raise UsageError(
                    f"save: {shown} is there already; --force overwrites it, or choose another name"
                )
            if target.exists() and not target.is_file():
                raise UsageError(f"save: cannot write {shown}: it is no ordinary file")
        replace_file(target, text.encode(errors="surrogateescape"))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UsageError(f"save: cannot write {shown}: {reason_of(error)}") from None


def _saved_text(path: str, count: int, failed: int) -> MarkedText:
    commands = f"{count} command{'' if count == 1 else 's'}"
    remarks = f", and {failed} that failed as remarks" if failed else ""
    return (Span(f"{commands} saved in {escape_line(path)}{remarks}\n"),)
