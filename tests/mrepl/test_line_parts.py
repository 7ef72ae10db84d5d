import pytest

from mrepl.command import Kind
from mrepl.commands import COMMANDS
from mrepl.line_parts import LineParts, Role, take_apart, unquoted


def _parts(line: str) -> LineParts:
    return take_apart(line, COMMANDS)


def _texts(line: str) -> list[tuple[Role, str]]:
    return [(part.role, part.text) for part in _parts(line).parts]


def test_a_line_is_taken_apart_with_the_place_of_each_part() -> None:
    line = 'call -nr greeting greeting ["a b"]'
    assert [line[part.start : part.end] for part in _parts(line).parts] == [
        "call",
        "-nr",
        "greeting",
        "greeting",
        '["a b"]',
    ]


def test_the_parts_know_what_they_stand_for() -> None:
    kinds = [part.parameter.kind for part in _parts("c m f [1] {").parts if part.parameter]
    assert kinds == [Kind.MODULE, Kind.FUNCTION, Kind.JSON, Kind.JSON]


def test_what_comes_next_is_known() -> None:
    line = _parts("call greeting ")
    assert line.expected is not None
    assert line.expected.kind is Kind.FUNCTION
    assert _parts("unload greeting").expected is None


def test_json_that_is_not_finished_takes_the_rest_of_the_line() -> None:
    assert _texts('call m f ["a b')[-1] == (Role.VALUE, '["a b')


def test_a_quote_that_is_not_closed_takes_the_rest_of_the_line() -> None:
    assert _texts('load name "my file')[-1] == (Role.VALUE, "my file")


@pytest.mark.parametrize(
    ("word", "is_open"),
    [
        ("plain", False),
        ('"a b"', False),
        (r"a\ b", False),
        ('"a b', True),
        ("'a b", True),
        ('"a""', True),
        (r'"a\"', True),
        ("a\\", True),
    ],
)
def test_a_word_with_an_open_quote_is_told_from_others(word: str, is_open: bool) -> None:
    assert _parts(f"load name {word}").parts[-1].is_open is is_open


def test_a_file_of_arguments_is_a_word() -> None:
    assert _texts('call m f @"my file.json" {}')[-2:] == [
        (Role.VALUE, "@my file.json"),
        (Role.VALUE, "{}"),
    ]


def test_an_unknown_command_has_only_a_name() -> None:
    assert _texts("cal greeting") == [(Role.COMMAND, "cal")]
    assert _parts("cal greeting").command is None


def test_more_than_the_command_takes_is_surplus() -> None:
    assert _texts("unload greeting and more")[-1] == (Role.SURPLUS, "and more")


@pytest.mark.parametrize("line", ["unload greeting --fo", "unload --nonsense greeting", "unload -"])
def test_dashes_begin_an_option(line: str) -> None:
    assert Role.UNKNOWN_OPTION in [part.role for part in _parts(line).parts]


def test_a_path_may_begin_with_dashes() -> None:
    assert _texts("new --odd.toml")[-1] == (Role.VALUE, "--odd.toml")


def test_an_empty_line_has_no_parts() -> None:
    assert _parts("  ") == LineParts(None, (), None)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("plain", "plain"),
        ('"a b', "a b"),
        ("'a b'c", "a bc"),
        (r"a\ b", "a b"),
        (r'"a\"b\n"', r'a"b\n'),
        ("a\\", "a"),
    ],
)
def test_words_lose_their_quotes_as_in_a_shell(word: str, meaning: str) -> None:
    assert unquoted(word) == meaning
