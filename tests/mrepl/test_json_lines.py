from mrepl.command import Reply
from mrepl.json_lines import json_line
from mrepl.outcome import Failure, Outcome


def test_a_result_stands_between_command_and_time() -> None:
    line = 'call greeting greeting ["x"]'
    outcome = Outcome(line, Reply('"Hi, x"', tuple), 42985)
    assert json_line(outcome) == (
        '{"command": "call greeting greeting [\\"x\\"]", "ok": true, "result": "Hi, x", '
        '"elapsed_ns": 42985}'
    )


def test_an_error_names_its_kind_module_and_function() -> None:
    failure = Failure("NoSuchFunction", "no such", "call failed with: no such", "greeting", "nope")
    assert json_line(Outcome("call greeting nope []", failure, 1200)) == (
        '{"command": "call greeting nope []", "ok": false, "error": {"kind": "NoSuchFunction", '
        '"message": "no such", "module": "greeting", "function": "nope"}, "elapsed_ns": 1200}'
    )


def test_where_no_module_is_concerned_there_is_null() -> None:
    failure = Failure("UsageError", "what?", "what?")
    assert json_line(Outcome("\n", failure, 1)) == (
        '{"command": "\\n", "ok": false, "error": {"kind": "UsageError", "message": "what?", '
        '"module": null, "function": null}, "elapsed_ns": 1}'
    )


def test_a_line_holds_nothing_that_acts_on_a_terminal() -> None:
    failure = Failure("Trap", "\x1b[2J\x9b", "")
    assert '"message": "\\u001b[2J\\u009b"' in json_line(Outcome("\x9b\udcff", failure, 1))
