"""What the shell prints for an outcome, and where: results on stdout, all else on stderr."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from mrepl.escaping import escape_text
from mrepl.json_lines import json_line
from mrepl.marked_text import Mark, MarkedText, Span
from mrepl.outcome import Failure, Outcome
from mrepl.pager import show_pages


@dataclass(frozen=True, slots=True)
class Printout:
    """Finished text for the two streams.

    Attributes:
        stdout: results.
        stderr: all else.
        paged: whether a pager shows the results, where there is a terminal.
    """

    stdout: str = ""
    stderr: str = ""
    paged: bool = False


Paint: TypeAlias = Callable[[MarkedText], str]
"""Makes text for a stream of text with marks, with colours or without."""

Render: TypeAlias = Callable[[Outcome], Printout]
"""Makes the printout of an outcome; runs on the worker, whose stack has room for nested values."""


def text_rendering(outcome: Outcome, *, paint_stdout: Paint, paint_stderr: Paint) -> Printout:
    """For people: a command's lines and an empty one."""
    result = outcome.result
    if isinstance(result, Failure):
        return Printout(stderr=paint_stderr(_failure_text(result)) + "\n")
    text = result.text()
    return Printout(
        stdout=f"{paint_stdout(text)}\n" if text else "",
        stderr=paint_stderr(_warnings_text(result.warnings)),
        paged=result.paged,
    )


def json_rendering(outcome: Outcome, *, paint_stderr: Paint) -> Printout:
    """For scripts: one JSON object a line."""
    warnings = () if isinstance(outcome.result, Failure) else outcome.result.warnings
    return Printout(
        stdout=f"{json_line(outcome)}\n",
        stderr=paint_stderr(_warnings_text(warnings)),
    )


def write(printout: Printout) -> None:
    """Writes the text and flushes it."""
    if printout.stderr:
        sys.stderr.write(printout.stderr)
        sys.stderr.flush()
    if not printout.stdout:
        return
    if printout.paged and sys.stdin.isatty() and sys.stdout.isatty():
        show_pages(printout.stdout)
    else:
        sys.stdout.write(printout.stdout)
        sys.stdout.flush()


def _failure_text(failure: Failure) -> MarkedText:
    return (Span(escape_text(failure.text), Mark.ERROR), Span("\n"))


def _warnings_text(warnings: tuple[str, ...]) -> MarkedText:
    return tuple(
        span
        for warning in warnings
        for span in (Span("warning: ", Mark.NAME), Span(f"{escape_text(warning)}\n"))
    )
