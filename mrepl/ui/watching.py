"""`--watch` at the prompt: files are looked at while nobody types."""

import asyncio

from prompt_toolkit.application import get_app, run_in_terminal

from mrepl.shell import Shell
from mrepl.ui.line_view import LineView

_PAUSE = 0.5
"""Seconds between two looks; what it costs is some ten microseconds."""


async def watch_files(shell: Shell, view: LineView) -> None:
    """Reloads modules whose files have changed, and says so above the prompt; never returns.

    Args:
        shell: the shell whose prompt is open.
        view: what the prompt knows of the modules.
    """

    def reload() -> None:
        shell.echo.turn_off()  # prompt_toolkit has turned it on
        shell.reload_changed()

    while True:
        await asyncio.sleep(_PAUSE)
        if shell.has_changes():
            await run_in_terminal(reload)
            view.renew()
            get_app().invalidate()
