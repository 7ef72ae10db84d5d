"""argparse's parser, with help printed like any other result, and errors that say what is near."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class ArgumentParser(argparse.ArgumentParser):
    """A parser that raises where `--help` and `--version` cannot be printed.

    The standard library's drops the failure, and the program would end with status 0. The parsers
    of subcommands are of the same class.

    Attributes:
        error_label: what errors begin with; without one, the program's name and `error`.
    """

    error_label = ""

    def parse_known_args(  # type: ignore[override]  # in place of four overloads
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuses unknown options where they stand: a subcommand's usage is told, not the whole's.

        The standard library's parser of the whole is handed what a subcommand's does not know.
        """
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            known = [name for action in self._actions for name in action.option_strings]
            option = next((word for word in unknown if word.startswith("-")), "")
            near = _suggestion(option.partition("=")[0], known)
            self.error(f"unrecognized arguments: {' '.join(unknown)}{near}")
        return options, unknown

    def error(self, message: str) -> NoReturn:
        """Shows the usage too, but not where the message says which argument is wrong and why."""
        if not message.startswith("argument "):
            self.print_usage(sys.stderr)
        self.exit(2, f"{self.error_label or f'{self.prog}: error'}: {message}\n")

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            known = list(map(str, action.choices))
            near = _suggestion(str(value), known)
            raise argparse.ArgumentError(
                action, f"invalid choice: {value!r}{near} (choose from {', '.join(known)})"
            )

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        if file is not None and file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


def _suggestion(name: str, known: Iterable[str]) -> str:
    from runtime import suggestion  # noqa: PLC0415 - imports the engine, which takes a while

    return suggestion(name, known)
