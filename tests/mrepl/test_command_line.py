import pytest

from mrepl.command_line import find_command, parse_line
from mrepl.commands import COMMANDS
from mrepl.usage import UsageError

_CALL = "call <module> <func> [-nr] [--full] [args] [call_params]"


def _values(line: str) -> dict[str, str]:
    return parse_line(line, COMMANDS)[1].values


def _message(line: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse_line(line, COMMANDS)
    return str(caught.value)


@pytest.mark.parametrize(("written", "name"), [("c", "call"), ("call", "call"), ("n", "new")])
def test_long_and_short_names_mean_the_same_command(written: str, name: str) -> None:
    assert find_command(written, COMMANDS).name == name


def test_arguments_are_kept_to_the_letter() -> None:
    line = 'call  m\tf   ["a  b",\t1]   {"particle":  {"id": "x y"}}  '
    assert _values(line) == {
        "module": "m",
        "func": "f",
        "args": '["a  b",\t1]',
        "call_params": '{"particle":  {"id": "x y"}}',
    }


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("call m f", None),
        ('call m f "a  b"', '"a  b"'),
        ("call m f null", "null"),
        ("call m f 5", "5"),
        ("call m f -5", "-5"),
        ('call m f @"a b"', '@"a b"'),
        ('call m f {"a": 1}', '{"a": 1}'),
        ("call m f [\n1\n]", "[\n1\n]"),
        ("call m f [1", "[1"),
        ("call m f not-json", "not-json"),
    ],
)
def test_any_json_is_the_arguments(line: str, args: str | None) -> None:
    assert _values(line).get("args") == args


@pytest.mark.parametrize(
    "line", ["call -nr m f [1]", "call m -nr f [1]", "call m f -nr [1]", "call m f [1] -nr"]
)
def test_a_flag_stands_anywhere(line: str) -> None:
    command, arguments = parse_line(line, COMMANDS)
    assert command.name == "call"
    assert arguments.options == {"-nr": ()}
    assert arguments.values == {"module": "m", "func": "f", "args": "[1]"}


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("load m a/b.wasm", "a/b.wasm"),
        ('load m "my files/b.wasm"', "my files/b.wasm"),
        ("load m 'my files/b.wasm'", "my files/b.wasm"),
        (r"load m my\ files/b.wasm", "my files/b.wasm"),
        ("load m a#b", "a#b"),
        ("load m [odd].wasm", "[odd].wasm"),
    ],
)
def test_paths_are_quoted_as_in_a_shell(line: str, path: str) -> None:
    assert _values(line)["path"] == path


def test_names_may_be_quoted_too() -> None:
    assert _values('call "my module" f')["module"] == "my module"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("cal m f", "no command 'cal'; did you mean 'call'?"),
        ("xyzzy", "no command 'xyzzy'; `help` lists all commands"),
        ("\x1b[31m", "no command '\\u001b[31m'; `help` lists all commands"),
        ("call", f"call needs <module>; its form: {_CALL}"),
        ("c m", f"call needs <func>; its form: {_CALL}"),
        (
            'call m ["x"]',
            f"call needs <func> before that; its form: {_CALL}",
        ),
        (
            "call m f [1] {} [2]",
            f"call takes nothing more at `[2]`; its form: {_CALL}",
        ),
        ('call {"a": 1}', f"call needs <module> before that; its form: {_CALL}"),
        ("load m", "load needs <path>; its form: load <name> <path>"),
        ("load m a b", "load takes nothing more at `b`; its form: load <name> <path>"),
        ("load m 'a b", "load: a quote is not closed in `'a b`; its form: load <name> <path>"),
        (
            "unload m --forse",
            "unload has no option '--forse'; did you mean '--force'? (it has: --force)",
        ),
        (
            "unload m -force",
            "unload has no option '-force'; did you mean '--force'? (it has: --force)",
        ),
        ("call -rn m f", "call has no option '-rn'; did you mean '-nr'? (it has: -nr, --full)"),
        ("call m f -nr [1] -nr", "call: -nr can be given only once"),
        (
            "interface --type",
            (
                "interface: --type needs <type>; "
                "its form: interface [module] [func] [--type <type>] [--pager]"
            ),
        ),
        (
            'call m f [{"a": [1]], "b": 2}]',
            "call: the `]` at column 20 cannot close the `{` at column 11",
        ),
        (
            'call m f [{"]": [1]]\n, "b": 2}]',
            "call: the `]` at line 1, column 20 cannot close the `{` at line 1, column 11",
        ),
        ("call m f [1]]", "call: the `]` at column 13 closes nothing that is open"),
        ("call m f [1] {}}", "call: the `}` at column 16 closes nothing that is open"),
        (
            "call m f [1], 2",
            "call: the `,` at column 13 comes after a whole value; several arguments are [1, 2]",
        ),
        (
            "call m f [] # note",
            "call: a comment stands on a line of its own, not behind a command",
        ),
        ("stats # note", "stats: a comment stands on a line of its own, not behind a command"),
        ("x" * 1000, f"no command '{'x' * 59}…'; `help` lists all commands"),
        (
            f"stats {'m' * 1000}",
            f"stats takes nothing more at `{'m' * 59}…`; its form: stats",
        ),
        ("stats m", "stats takes nothing more at `m`; its form: stats"),
    ],
)
def test_what_does_not_fit_is_told_with_the_form(line: str, message: str) -> None:
    assert _message(line) == message
