import pytest

from mrepl.command import Command
from mrepl.command_line import parse_line
from mrepl.commands import COMMANDS
from mrepl.help_pages import overview, page
from mrepl.settings import SETTINGS

_BY_NAME = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)


def test_no_two_commands_share_a_name() -> None:
    names = [name for command in COMMANDS for name in command.names]
    assert len(set(names)) == len(names)


@_BY_NAME
def test_every_example_is_a_command_line_of_its_command(command: Command) -> None:
    for example in command.examples:
        assert parse_line(example, COMMANDS)[0] is command


@_BY_NAME
def test_required_parameters_stand_before_optional_ones(command: Command) -> None:
    required = [parameter.required for parameter in command.parameters]
    assert required == sorted(required, reverse=True)


@_BY_NAME
def test_every_help_page_fits_a_terminal(command: Command) -> None:
    assert all(len(line) <= 80 for line in page(command).split("\n"))


def test_the_overview_lists_the_commands() -> None:
    assert overview(COMMANDS) == (
        "Commands:\n"
        "\n"
        "n/new [config]                    create a new service\n"
        "l/load <name> <path>              load a module\n"
        "u/unload <module> [--force]       unload a module\n"
        "c/call <module> <func> [-nr] [args] [call_params]\n"
        "                                  call a function\n"
        "i/interface [module] [func]       show functions and records\n"
        "s/stats                           show the memory of the modules\n"
        "e/envs <module>                   show its environment variables\n"
        "f/fs <module>                     show its directories and open files\n"
        "it <module> [--glue]              show its interface types as text\n"
        "info <module>                     show its versions and who made it\n"
        "set [name] [value]                show the settings, or change one\n"
        "h/help [command]                  show all commands, or one\n"
        "q/quit                            close the service and leave\n"
        "\n"
        "Ctrl-C ends a running call or clears the line, Ctrl-D quits.\n"
        "`help <command>` tells more.\n"
    )


def test_the_page_of_set_lists_the_settings_with_their_values() -> None:
    set_ = next(command for command in COMMANDS if command.name == "set")
    for setting in SETTINGS:
        line = f"  {setting.name}  {setting.about}: {' or '.join(setting.values)}\n"
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
    )
