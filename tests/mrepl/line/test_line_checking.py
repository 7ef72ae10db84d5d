import pytest

from mrepl.line.checking import is_too_long, text_problems
from tests.support.offers import OFFER


def _underlined(text: str) -> list[str]:
    return [text[problem.start : problem.end] for problem in text_problems(text, OFFER)]


def _message(text: str) -> str:
    (problem,) = text_problems(text, OFFER)
    return problem.message


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ca",
        "call",
        "call peo",
        "call people gre",
        "call people greet [",
        'call people greet ["x',
        'call people greet ["x", tr',
        'call people greet ["x", true]',
        'call people greet {"name": "x"',
        'call people greet {"na',
        "call people add 255",
        "call people add [-",
        "call people greet @file.json",
        "call people greet _",
        "call people greet [_, true]",
        'call people describe [{"name": "x", "address": {"nu',
        'call people invite [[{"age": 1, "is_known": fals',
        'call people describe [["x", 1, true, ["s", 2]]]',
        'call people ping [] {"host_id": "me", "particle": {"ttl": 3',
        "bench people add {size} --scan size=1,2",
        "bench people greet [{string:size}, true",
        "bench people greet [{string:size}, true] --scan",
        "bench people greet [{string:size}, true] --scan si",
        "bench people greet [{string:size}, true] --scan size=1,2",
        "bench people greet --scan size=1,2 ",
        "bench people greet --scan size=1,2 [{string:size}, true]",
        'bench people greet ["{size}", true] ',
        'bench people greet ["{size}", true] --scan size=1 ',
        "bench people greet @args.json --scan size=1 ",
        "unload people --fo",
        "call people greet -",
        "# nonsense",
        "set style json",
        "set engine inte",
        "set timeout 2.5",
        "help call",
        "help guide security",
        "help security",
        "interface peo* gre* ",
        "interface * ",
    ],
)
def test_what_can_still_become_right_is_not_underlined(line: str) -> None:
    assert _underlined(line) == []


@pytest.mark.parametrize(
    ("line", "underlined"),
    [
        ("cax", ["cax"]),
        ("ca ", ["ca"]),
        ("call persons ", ["persons"]),
        ("call persons", ["persons"]),
        ("call people greets []", ["greets"]),
        ("call people greet [300", ["300"]),
        ('call people greet ["x", 1', ["1"]),
        ('call people greet ["x", true, 5, 6', ["5, 6"]),
        ('call people greet ["x"]', ["]"]),
        ('call people greet {"nam": 1', ['"nam"']),
        ('call people greet {"name": "x"}', ["}"]),
        ("call people add [256]", ["256"]),
        ("call people add -1", ["-1"]),
        ("call people add 3.5", ["3.5"]),
        ("call people greet [True", ["True"]),
        ("call people greet ['x'", ["'x"]),
        ("call people greet [1,]", ["]"]),
        ('call people greet {"name": "", "name"', ['"name"']),
        ('call people describe [{"age": 300, "is_known": 1', ["300", "1"]),
        ('call people describe [{"address": {"number": -5', ["-5"]),
        ('call people describe [["x", 1, 2, [3, 4]]]', ["2", "3"]),
        ('call people invite [[{"age": 1}', ["}", "}", "}"]),
        ('call people ping [] {"host_id": 3', ["3"]),
        ("call people ping [] {} more", ["more"]),
        ("unload people --nonsense", ["--nonsense"]),
        ("bench people greet [{string:size}, true]", ["{string:size}"]),
        ("bench people greet [{string:size}, true] --scan count=1", ["{string:size}", "count=1"]),
        ("bench people add 5 --scan size=1", ["size=1"]),
        ("set stile json", ["stile"]),
        ("set engine fast", ["fast"]),
        ("help cal ", ["cal"]),
        ("help guide securty ", ["securty"]),
        ("help securty ", ["securty"]),
        ("help set stile ", ["stile"]),
    ],
)
def test_what_more_typing_cannot_mend_is_underlined(line: str, underlined: list[str]) -> None:
    assert _underlined(line) == underlined


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("call people greet [300", "args[0]: expected string, got 300"),
        ("call people add [256", "args[0]: expected u8 (0 to 255), got 256"),
        ("call people greet [True", "expected a value; write true"),
        ('call people greet [_, "', "args[1]: expected bool (true or false), got the string ''"),
        ("call people greet [_ 3", "expected ',' or a closing bracket"),
        ("call peeple ", "no loaded module 'peeple'; did you mean 'people'?"),
        ("call people great ", "module 'people' has no function 'great'; did you mean 'greet'?"),
        ("unload people -force", "no option '-force'; did you mean '--force'?"),
        ("unload people --forse", "no option '--forse'; did you mean '--force'?"),
        ("bench people add {size} ", "{size} needs --scan size=…"),
        (
            "bench people add 5 --scan size=1",
            "{size} is not in the arguments, which --scan is to fill in",
        ),
        ("cal ", "no command 'cal'; did you mean 'call'?"),
    ],
)
def test_the_message_says_what_would_be_right(line: str, message: str) -> None:
    assert _message(line) == message


def test_each_command_of_a_pasted_text_is_checked() -> None:
    text = "# call\ncall people add [\n1000\n]\n\ncal\ncall people add 1"
    assert _underlined(text) == ["1000"]
    assert _underlined(f"{text}\nhelp") == ["1000"]
    assert _underlined("cal \nhelp") == ["cal"]


def test_messages_show_no_control_characters() -> None:
    assert "\x1b" not in _message("call people \x1b[31m")


@pytest.mark.parametrize("argument", [f'"{"x" * 12_000}"', "\n" * 1_000 + "1"])
def test_very_long_lines_are_left_to_whoever_runs_them(argument: str) -> None:
    line = f"call people add [256, {argument}]"
    assert is_too_long(line)
    assert _underlined(line) == []


def test_deep_nesting_is_left_to_whoever_runs_the_line() -> None:
    assert _underlined(f"call people add {'[' * 5_000}") == []
