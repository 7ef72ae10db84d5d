import pytest

from mrepl.command import Command
from mrepl.command_line import parse_line
from mrepl.commands import COMMANDS
from mrepl.help_pages import overview, page
from mrepl.settings_table import SETTINGS

_BY_NAME = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


def test_no_two_commands_share_a_name() -> None:
    names = [name for command in COMMANDS for name in command.names]
    assert len(set(names)) == len(names)


@_BY_NAME
def test_every_example_is_a_command_line_of_its_command(command: Command) -> None:
    for example in command.examples:
        assert parse_line(example, COMMANDS)[0] is command


@_BY_NAME
def test_every_help_page_has_an_example(command: Command) -> None:
    assert command.examples or not (command.parameters or command.options)


@_BY_NAME
def test_required_parameters_stand_before_optional_ones(command: Command) -> None:
    required = [parameter.required for parameter in command.parameters]
    assert required == sorted(required, reverse=True)


@_BY_NAME
def test_every_help_page_fits_a_terminal(command: Command) -> None:
    assert all(len(line) <= 80 for line in page(command).split("\n"))


@_BY_NAME
def test_the_overview_says_what_each_command_is_about(command: Command) -> None:
    form = command.form if command.short is None else f"{command.short}/{command.form}"
    if len(form) > 32:
        assert f"\n{form}\n{'':34}{command.about}\n" in overview(COMMANDS)
    else:
        assert f"\n{form:34}{command.about}\n" in overview(COMMANDS)


def test_the_page_of_set_lists_the_settings_with_their_values() -> None:
    set_ = next(command for command in COMMANDS if command.name == "set")
    for setting in SETTINGS:
        line = f"  {setting.name:8} {setting.about}: {setting.all_values}\n"
        assert line in page(set_)


def test_the_overview_fits_a_terminal_of_80_columns() -> None:
    assert max(map(len, overview(COMMANDS).splitlines())) < 80


def test_a_page_explains_one_command() -> None:
    unload = next(command for command in COMMANDS if command.name == "unload")
    assert page(unload) == (
        "u/unload <module> [--force]\n"
        "\n"
        "Unload a module.\n"
        "\n"
        "  <module>  the name of a loaded module\n"
        "  --force   even if other modules import it\n"
        "\n"
        "Examples:\n"
        "  unload greeting\n"
        "  unload greeting --force\n"
    )
