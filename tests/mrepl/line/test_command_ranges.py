import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrepl.line.command_ranges import command_before, command_ranges, wants_another_line
from mrepl.scripts import commands_in


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("", []),
        ("  ", []),
        ("i", ["i"]),
        ("  call  ", ["call  "]),
        ("i\ns\n", ["i", "s"]),
        ("# s\ns", ["s"]),
        ("call m f [\n1\n]\nstats", ["call m f [\n1\n]", "stats"]),
        ("call m f [1,\nstats", ["call m f [1,", "stats"]),
        ('call m f ["a\nquit\n"]\nstats', ['call m f ["a\nquit\n"]\nstats']),
        ('i\ncall m f "a\n# quit "\n\nquit ', ["i", 'call m f "a\n# quit "\n\nquit ']),
        ('load m "a\ni', ['load m "a', "i"]),
    ],
)
def test_each_command_of_a_text_is_found(text: str, commands: list[str]) -> None:
    assert [text[start:end] for start, end in command_ranges(text)] == commands


@given(st.text(alphabet='ci [],"#\n\t1'))
def test_the_commands_are_those_that_are_run(text: str) -> None:
    found = [text[start:end].strip() for start, end in command_ranges(text)]
    assert found == list(commands_in(text.split("\n"), open_string_takes_rest=True))


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("", ""),
        ("  ", ""),
        ("call ", "call "),
        ("  call m", "call m"),
        ("stats\n", ""),
        ("stats\nca", "ca"),
        ("call m f [\n  ", "call m f [\n  "),
        ("call m f [\n1]\n", ""),
        ("# call m", None),
        ('call m f ["a\nb', 'call m f ["a\nb'),
    ],
)
def test_the_command_that_is_being_typed_is_known(text: str, before: str | None) -> None:
    assert command_before(text) == before


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("call m f [", True),
        ('c m f {"a": "', False),
        ('c m f {"a": "\nb", [', False),
        ('c m f {"a": "\\n\u2028", [', True),
        ("call m f [1]", False),
        ("call m f", False),
        ("load m odd[.wasm", False),
        ("nonsense [", False),
        ("", False),
        ("  call m f [", True),
        ("stats\ncall m f [", True),
        ("call m f [\nstats", False),
    ],
)
def test_a_text_goes_on_while_a_bracket_of_its_last_command_is_open(text: str, more: bool) -> None:
    assert wants_another_line(text) is more
