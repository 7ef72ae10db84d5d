from collections.abc import Iterator

import pytest

from mrepl.scripts import commands_in


@pytest.mark.parametrize(
    ("lines", "commands"),
    [
        (["i\n", "s\n"], ["i", "s"]),
        (["# a comment\n", "\n", "   \n", "  # another\n", "  i  \n"], ["i"]),
        (
            ["call m f [\n", "# no comment here\n", "]\n", "i\n"],
            ["call m f [\n# no comment here\n]", "i"],
        ),
        (["call m f [", "1", "]"], ["call m f [\n1\n]"]),
        (["call m f [\n", "1\n"], ["call m f [\n1"]),
        (['call m f ["# not a comment"]\n'], ['call m f ["# not a comment"]']),
        (["call m f [1,\n", "call m g []\n", "i\n"], ["call m f [1,", "call m g []", "i"]),
        (['call m f ["a\n', "quit\n", "i\n"], ['call m f ["a', "quit", "i"]),
        (["\ufeffi\n"], ["i"]),
        ([], []),
    ],
)
def test_a_script_is_one_command_a_line(lines: list[str], commands: list[str]) -> None:
    assert list(commands_in(lines)) == commands


def test_a_command_is_given_before_the_next_line_is_read() -> None:
    read: list[str] = []

    def lines() -> Iterator[str]:
        for line in ("i\n", "s\n"):
            read.append(line)
            yield line

    assert next(commands_in(lines())) == "i"
    assert read == ["i\n"]
