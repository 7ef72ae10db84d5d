import io

import pytest

from mrepl.process.colours import colours_wanted


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_a_terminal_is_coloured_unless_it_or_the_user_objects(
    environment: dict[str, str], wanted: bool
) -> None:
    assert colours_wanted(_Terminal(), environment) is wanted


def test_files_and_pipes_are_not_coloured() -> None:
    assert not colours_wanted(io.StringIO(), {"TERM": "xterm"})
