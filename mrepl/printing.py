"""What the shell prints for an outcome, and where: results on stdout, all else on stderr."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO, TypeAlias

from mrepl.command import Verdict
from mrepl.json_lines import json_line
from mrepl.outcome import Failure, Outcome
from mrepl.process.pager import show_pages
from mrepl.text.escaping import escape_text
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.text.wrapping import Wrap, labelled, whole


@dataclass(frozen=True, slots=True)
class Printout:
    """Finished text for the two streams.

    Attributes:
        stdout: results.
        stderr: all else.
        verdict: why the command failed although there are results; for stderr, after them.
        paged: whether a pager shows the results, where there is a terminal.
    """

    stdout: str = ""
    stderr: str = ""
    verdict: str = ""
    paged: bool = False


Paint: TypeAlias = Callable[[MarkedText], str]
"""Makes text for a stream of text with marks, with colours or without."""

Render: TypeAlias = Callable[[Outcome], Printout]
"""Makes the printout of an outcome; runs on the worker, whose stack has room for nested values."""


def text_rendering(
    outcome: Outcome, *, paint_stdout: Paint, paint_stderr: Paint, wrap_stderr: Wrap = whole
) -> Printout:
    """For people: a command's lines and an empty one."""
    result = outcome.result
    if isinstance(result, Failure):
        return Printout(stderr=paint_stderr(_failure_text(result, wrap_stderr)) + "\n")
    text = result.text()
    return Printout(
        stdout=f"{paint_stdout(text)}\n" if text else "",
        stderr=paint_stderr(_warnings_text(result.warnings, wrap_stderr)),
        verdict=paint_stderr(_verdict_text(result.verdict, wrap_stderr)),
        paged=result.paged,
    )


def json_rendering(outcome: Outcome, *, paint_stderr: Paint) -> Printout:
    """For scripts: one JSON object a line."""
    warnings = () if isinstance(outcome.result, Failure) else outcome.result.warnings
    return Printout(
        stdout=f"{json_line(outcome)}\n",
        stderr=paint_stderr(_warnings_text(warnings, whole)),
    )


def write(printout: Printout) -> None:
    """Writes the text and flushes it."""
    _write(printout.stderr, sys.stderr)
    if printout.paged and sys.stdin.isatty() and sys.stdout.isatty():
        show_pages(printout.stdout)
    else:
        _write(printout.stdout, sys.stdout)
    _write(printout.verdict, sys.stderr)


def _write(text: str, stream: TextIO) -> None:
    if text:
        stream.write(text)
        stream.flush()


def _failure_text(failure: Failure, wrap: Wrap) -> MarkedText:
    return (Span(wrap(escape_text(failure.text)), Mark.ERROR), Span("\n"))


def _verdict_text(verdict: Verdict | None, wrap: Wrap) -> MarkedText:
    if verdict is None:
        return ()
    return (Span(wrap(escape_text(verdict.text)), Mark.ERROR), Span("\n\n"))


def _warnings_text(warnings: tuple[str, ...], wrap: Wrap) -> MarkedText:
    return tuple(
        span
        for warning in warnings
        for span in labelled("warning: ", Mark.NAME, escape_text(warning), wrap)
    )
