"""A run of `mrepl` from the options to the exit status."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from functools import partial

from mrepl import __version__
from mrepl.guest_output import GuestWriter
from mrepl.module_logs import show_module_logs
from mrepl.options import Options
from mrepl.outcome import Outcome
from mrepl.painting import painter
from mrepl.printing import Printout, Render, json_rendering, text_rendering, write
from mrepl.process.exit_status import ExitStatus
from mrepl.scripts import commands_in
from mrepl.settings import Settings
from mrepl.shell import Shell
from mrepl.text.marked_text import plain_text
from mrepl.text.result_styles import ResultStyle
from mrepl.text.wrapping import wrapping
from runtime import MINIMAL_INTERFACE_TYPES_VERSION, MINIMAL_SDK_VERSION, Engine, HostFunctions
from runtime.keyboard_interrupts import keyboard_interrupts_deferred

_WELCOME = f"""\
Welcome to the Marine REPL (version {__version__})
Minimal supported versions
  sdk: {MINIMAL_SDK_VERSION}
  interface-types: {MINIMAL_INTERFACE_TYPES_VERSION}

"""

_SHOWN_LINES = 40  # of a result in a session; `set lines all` shows all

_RECURSION_LIMIT = 20_000  # values may nest 1,024 deep, and the worker's stack has room for this


def run(options: Options, host_functions: HostFunctions = ()) -> int:
    """Runs a session or a script.

    Args:
        options: what the command line asks for.
        host_functions: those of its files of Python.

    Returns:
        The exit status, as `ExitStatus` lists them.

    Raises:
        KeyboardInterrupt: Ctrl-C between two commands of a script.
        BrokenPipeError: the reader of the output went away.
    """
    sys.setrecursionlimit(_RECURSION_LIMIT)
    interactive = options.commands is None and sys.stdin.isatty() and sys.stdout.isatty()
    show_welcome = write if interactive else _on_stderr
    show_creation = show_welcome
    if options.json:
        show_creation = write
    elif not options.quiet:
        show_welcome(Printout(stdout=_WELCOME))
    elif not interactive:
        show_creation = _only_stderr
    settings = Settings(
        engine=Engine(options.engine),
        style=ResultStyle(options.style),
        working_dir=options.working_dir,
        strict=options.strict,
        timeout=options.timeout,
        wasm_log=os.environ.get("WASM_LOG"),
        warm_up=interactive,
        result_lines=_SHOWN_LINES if interactive else None,
        host_files=tuple(options.host_files),
        host_functions=host_functions,
    )
    guest_writer = GuestWriter(sys.stdout if interactive else sys.stderr, sys.stderr)
    with (
        closing(Shell(settings, _render(options, interactive=interactive), guest_writer)) as shell,
        shell.echo.kept_off() if interactive else nullcontext(),
    ):
        show_module_logs(sys.stderr, shell.clear_line)
        if not shell.create_service(options.config, show_creation).ok:
            return ExitStatus.INTERRUPTED if shell.interrupted else ExitStatus.NO_SERVICE
        if not interactive:
            return _run_script(shell, options)
        with keyboard_interrupts_deferred():  # as in `entry_points`
            from mrepl.ui.interactive import run_interactive  # noqa: PLC0415 - for terminals only

        run_interactive(shell, watch=options.watch)
        return ExitStatus.OK


def _render(options: Options, *, interactive: bool) -> Render:
    paint_stderr = painter(sys.stderr) if interactive else plain_text
    if options.json:
        return partial(json_rendering, paint_stderr=paint_stderr)
    paint_stdout = painter(sys.stdout) if interactive else plain_text
    return partial(
        text_rendering,
        paint_stdout=paint_stdout,
        paint_stderr=paint_stderr,
        wrap_stderr=wrapping(sys.stderr),
    )


def _on_stderr(printout: Printout) -> None:
    write(Printout(stderr=printout.stderr + printout.stdout))


def _only_stderr(printout: Printout) -> None:
    write(Printout(stderr=printout.stderr))


def _run_script(shell: Shell, options: Options) -> ExitStatus:
    status = ExitStatus.OK
    for line in _script(options.commands):
        for outcome in _outcomes(shell, line, options):
            if shell.interrupted:
                return ExitStatus.INTERRUPTED
            if not outcome.ok:
                status = ExitStatus.COMMAND_FAILED
                if not options.keep_going:
                    return status
            elif outcome.ends_session:
                return status
    return status


def _outcomes(shell: Shell, line: str, options: Options) -> Iterator[Outcome]:
    """What comes of a line of a script, and before it of a reload that is due."""
    if options.watch:
        reload = shell.reload_changed(write if options.json else _on_stderr)
        if reload is not None:
            yield reload
    yield shell.run(line)


def _script(commands: Sequence[str] | None) -> Iterator[str]:
    if commands is None:
        yield from commands_in(sys.stdin)
        return
    for command in commands:
        yield from commands_in(command.split("\n"))
