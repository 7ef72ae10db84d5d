"""`--watch`: what to do when files of modules change under a running service."""

from collections.abc import Sequence
from functools import partial

from mrepl.command import Command
from mrepl.handlers.services import changed_files_text, reload_changed
from runtime import ChangedModule


class Watch:
    """Tells which changes are still to be acted on: a reload that failed is not tried again."""

    def __init__(self) -> None:
        self._refused: frozenset[ChangedModule] = frozenset()

    def due(self, changed: Sequence[ChangedModule]) -> tuple[ChangedModule, ...]:
        """What to reload now.

        Args:
            changed: the modules whose files are not what was loaded.

        Returns:
            All of them; nothing where just these changes could not be loaded before.
        """
        return () if frozenset(changed) == self._refused else tuple(changed)

    def refused(self, changed: Sequence[ChangedModule]) -> None:
        """Notes that these changes could not be loaded."""
        self._refused = frozenset(changed)


def reload_command(changed: Sequence[ChangedModule]) -> Command:
    """The command that a watching shell runs by itself, under the name of `reload`."""
    return Command(
        "reload",
        None,
        "reload what has changed",
        partial(reload_changed, changed),
        f"{changed_files_text(changed)}: reload",
    )
