"""The shell without its input: it runs command lines, prints their outcomes, watches for Ctrl-C."""

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from mrepl.command import Command
from mrepl.command_line import find_command
from mrepl.commands import COMMANDS
from mrepl.guest_output import GuestWriter
from mrepl.outcome import Outcome, internal_failure, run_line
from mrepl.printing import Printout, Render, write
from mrepl.process.exit_status import ExitStatus
from mrepl.process.terminal_echo import TerminalEcho
from mrepl.process.worker import Worker
from mrepl.ran_line import RanLine
from mrepl.session import Session
from mrepl.settings import Settings
from mrepl.status_line import StatusLine
from mrepl.usage import UsageError
from mrepl.watching import Watch, reload_command
from runtime import ChangedModule

T = TypeVar("T")


class Shell:
    """Runs commands on a worker; for the main thread.

    Attributes:
        echo: that of the terminal.
    """

    def __init__(self, settings: Settings, render: Render, guest_writer: GuestWriter) -> None:
        """Starts the worker; there is no service before `create_service`."""
        self._guest_writer = guest_writer
        self._render = render
        self._status = StatusLine(sys.stderr)
        self._session = Session(settings, self._write_guest_output, self._status)
        self._worker = Worker()
        self.echo = TerminalEcho()
        self._watch = Watch()

    @property
    def session(self) -> Session:
        """The session, for a look at it between two commands."""
        return self._session

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed during the last command."""
        return self._worker.interrupted

    def create_service(
        self, config: str | None, show: Callable[[Printout], None] = write
    ) -> Outcome:
        """Creates the first service, as the command `new` does.

        Args:
            config: the path of a Config.toml; None for an empty service.
            show: what to do with the text about it.
        """
        return self._run("new" if config is None else f"new {shlex.quote(config)}", show)

    def run(self, line: str) -> Outcome:
        """Runs a command line, shows what it gives, and tells what came of it."""
        outcome = self._run(line, write)
        self._session.lines.append(
            RanLine(line, _command_name(line), outcome.error, outcome.elapsed_ns)
        )
        return outcome

    def has_changes(self) -> bool:
        """Whether files of modules have changed, so that `reload_changed` has something to do.

        It is cheap where nothing has changed, so that it can be asked twice a second.
        """
        return bool(self._changes())

    def reload_changed(self, show: Callable[[Printout], None] = write) -> Outcome | None:
        """Reloads the modules whose files have changed; a change that was refused only once.

        Args:
            show: what to do with the text about it.

        Returns:
            What came of it; None where there was nothing to do.
        """
        due = self._changes()
        if not due:
            return None
        outcome = self._run("reload", show, (reload_command(due),))
        if not outcome.ok:
            self._watch.refused(due)
        return outcome

    def _changes(self) -> tuple[ChangedModule, ...]:
        return self._on_worker(lambda: self._watch.due(self._session.service.changed_modules()))

    def _run(
        self,
        line: str,
        show: Callable[[Printout], None],
        commands: Sequence[Command] = COMMANDS,
    ) -> Outcome:
        def work() -> tuple[Outcome, Printout]:
            outcome = run_line(line, self._session, commands)
            try:
                return outcome, self._render(outcome)
            except Exception as error:  # noqa: BLE001 - as in run_line: a fault of ours
                outcome = replace(outcome, result=internal_failure(error))
                return outcome, self._render(outcome)

        outcome, printout = self._on_worker(work)
        self._status.done()
        self._guest_writer.end_output()
        show(printout)
        return outcome

    def clear_line(self) -> None:
        """Makes room on a terminal for lines on stderr while a command runs."""
        self._status.erase()
        if sys.stderr.isatty():
            self._guest_writer.end_line()

    def close(self) -> None:
        """Closes the service and ends the worker."""
        try:
            self._on_worker(self._session.close)
        finally:
            self._worker.stop()

    def _on_worker(self, work: Callable[[], T]) -> T:
        return self._worker.run(
            work,
            stop=self._session.interrupt,
            on_interrupt=self._explain_interrupt,
            tick=self._status.tick,
        )

    def _write_guest_output(self, module: str, descriptor: int, data: bytes) -> None:
        self._status.erase()
        self._guest_writer(module, descriptor, data)

    def _explain_interrupt(self, count: int) -> None:
        """Says at the second Ctrl-C that the command does not end; the third leaves regardless."""
        with suppress(OSError):  # there is nobody who reads it any more
            if sys.stderr.isatty():
                # Where it echoes, the terminal itself shows ^C where the cursor is.
                sys.stderr.write("^C\n" if self.echo.is_off else "\n")
            if count == 2:
                sys.stderr.write(
                    "still waiting for the command to end; Ctrl-C again leaves mrepl\n"
                )
            sys.stderr.flush()
        if count > 2:
            with suppress(OSError):  # as above
                sys.stdout.flush()
            self.echo.restore()
            os._exit(ExitStatus.INTERRUPTED)


def _command_name(line: str) -> str | None:
    """The long name of the command that a line begins with, if there is one."""
    try:
        return find_command((line.split(maxsplit=1) or [""])[0], COMMANDS).name
    except UsageError:
        return None
