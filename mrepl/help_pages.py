"""The help pages, made from the table of commands, and the list of the guide's."""

from collections.abc import Mapping, Sequence

from mrepl.command import Command

GUIDE = "guide"
"""The word after `help` that stands for the guide."""

_WIDEST_FORM = 32  # columns; what a command is about fits beside it in 80


def overview(commands: Sequence[Command]) -> str:
    """All commands, one a line."""
    lines = []
    for command in commands:
        form = _short_form(command)
        if len(form) > _WIDEST_FORM:
            lines.append(form)
            form = ""
        lines.append(f"{form:<{_WIDEST_FORM}}  {command.about}")
    return "\n".join(
        [
            "Commands:",
            "",
            *lines,
            "",
            "Ctrl-C ends a running call or clears the line, Ctrl-D quits.",
            "`help <command>` tells more, `help guide` lists the pages of the guide.",
            "",
        ]
    )


def list_of_pages(titles: Mapping[str, str]) -> str:
    """The pages of the guide, one a line.

    Args:
        titles: by the pages' names.
    """
    column = max(map(len, titles)) + 2
    lines = [f"{name:<{column}}{title}" for name, title in titles.items()]
    return "\n".join(
        ["The guide:", "", *lines, "", f"`help {GUIDE} <page>` shows one of them.", ""]
    )


def page(command: Command) -> str:
    """All about one command."""
    sections = [_short_form(command), _sentence(command)]
    explained = [(str(parameter), parameter.about) for parameter in command.parameters]
    explained += [(str(option), option.about) for option in command.options]
    if explained:
        column = max(len(name) for name, _ in explained) + 2
        sections.append("\n".join(f"  {name:<{column}}{about}" for name, about in explained))
    if command.examples:
        sections.append("\n".join(["Examples:", *(f"  {line}" for line in command.examples)]))
    return "\n\n".join(sections) + "\n"


def _short_form(command: Command) -> str:
    return command.form if command.short is None else f"{command.short}/{command.form}"


def _sentence(command: Command) -> str:
    first = f"{command.about[0].upper()}{command.about[1:]}."
    return f"{first}\n{command.details}" if command.details else first
