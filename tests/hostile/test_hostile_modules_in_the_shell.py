"""Hostile modules at the shell: errors as everywhere, no tracebacks, nothing a terminal obeys."""

import json
import re
import runpy
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import pytest

from mrepl.commands import COMMANDS
from mrepl.completion.completions import completions
from mrepl.line.hints import hint
from mrepl.line.offer import Offer
from runtime import MarineError, Service
from tests.hostile.cases import CALLS, HOSTILE, LOADS, RESULT, Attempt, Call
from tests.hostile.names import HOSTILE_NAMES, NAMES, assert_harmless
from tests.support.marine import marine
from tests.support.program import json_objects, run_mrepl

ATTEMPTS = [*CALLS, *LOADS][::3]
"""Enough for the shell: the runtime's own tests make all of them."""


def _line(call: Call) -> str:
    module, function, arguments = call
    return f"call {module} {function} {json.dumps(arguments)}"


def _lines(attempt: Attempt) -> Iterator[str]:
    """What is typed for an attempt; the attempt itself stands last but one."""
    yield from map(_line, attempt.before)
    yield f"set timeout {attempt.timeout or 20}"
    if attempt.call[1]:
        yield _line(attempt.call)
    else:
        yield f"load {attempt.call[0]} {HOSTILE}/artifacts/{attempt.call[0]}.wasm"
    yield "call allocator behave [0]"


def test_attempts_give_their_errors_as_json_and_calls_are_answered_after_each() -> None:
    script = [[*_lines(attempt), "call partner add [1, 2]"] for attempt in ATTEMPTS]
    done = run_mrepl(
        "--json", "--keep-going", str(HOSTILE / "Config.toml"), stdin="\n".join(chain(*script))
    )
    assert done.stderr == ""
    assert_harmless(done.stdout)
    replies = iter(json_objects(done.stdout)[1:])
    for attempt, lines in zip(ATTEMPTS, script, strict=True):
        *before, tried, behaved, added = [next(replies) for _ in lines]
        assert all(reply["ok"] for reply in (*before, behaved))
        assert added["result"] == 3
        if attempt.kind == RESULT:
            assert tried["ok"]
            if attempt.call[1]:
                assert attempt.parts == (json.dumps(tried["result"]),)
            continue
        error = tried["error"]
        assert isinstance(error, dict)
        assert error["kind"] == attempt.kind
        assert all(part in error["message"] for part in attempt.parts)


def test_attempts_print_one_error_each_and_no_traceback() -> None:
    script = [line for attempt in ATTEMPTS for line in _lines(attempt)]
    done = run_mrepl("-q", "--keep-going", str(HOSTILE / "Config.toml"), stdin="\n".join(script))
    assert done.returncode == 1
    assert_harmless(done.stdout + done.stderr)
    failures = sum(attempt.kind != RESULT for attempt in ATTEMPTS)
    assert len(re.findall("^(?:call|loading) failed with: ", done.stderr, re.M)) == failures


def test_attempts_are_traced_up_to_where_they_end() -> None:
    traced = [attempt for attempt in CALLS if attempt.timeout is None][::7]
    script = []
    for attempt in traced:
        script += [*map(_line, attempt.before), _line(attempt.call).replace("call", "trace", 1)]
        script.append("call allocator behave [0]")
    done = run_mrepl("-q", "--keep-going", str(HOSTILE / "Config.toml"), stdin="\n".join(script))
    assert done.returncode == 1
    assert_harmless(done.stdout + done.stderr)
    failures = sum(attempt.kind != RESULT for attempt in traced)
    assert done.stderr.count("call failed with: ") == failures


def _as_word(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _name_script() -> list[str]:
    """Every command that shows names, for each name that a line can hold."""
    lines = ["interface", "interface names", "it names", "info names", "stats", "envs names",
             "fs names"]  # fmt: skip
    for label, name in NAMES.items():
        lines += [f"call names trap_{label}", f"trace names trap_{label}"]
        lines.append(f"load of_{label} {HOSTILE_NAMES}/artifacts/importing_{label}.wasm")
        if not {"\n", "\r", "\0"} & set(name):
            word = _as_word(name)
            lines += [
                f"interface names {word}",
                f"call names {word} [[16]]",
                f"call names {word} [[-1]]",
                f'call names {word} {{"x": 1}}',
                f"trace names {word} [[16]]",
            ]
    return [*lines, f"bench names {_as_word(NAMES['bidi'])} [[16]] -n 2"]


@pytest.mark.parametrize("options", [[], ["--json"], ["--style=debug"]], ids=str)
def test_names_neither_act_on_the_terminal_nor_break_a_command(options: Sequence[str]) -> None:
    done = run_mrepl(
        "-q", "--keep-going", *options, str(HOSTILE_NAMES / "Config.toml"),
        stdin="\n".join([*_name_script(), "call names answer"]),
    )  # fmt: skip
    assert_harmless(done.stdout + done.stderr)
    assert "[bold red]x[/bold red]" in done.stdout  # markup is shown as it is
    if options == ["--json"]:
        assert json_objects(done.stdout)[-1]["result"] == 42
    else:
        assert "42" in done.stdout.splitlines()[-3]


def test_a_name_does_not_make_one_message_look_like_two() -> None:
    script = [f"load m {HOSTILE_NAMES}/artifacts/importing_newline.wasm"]
    script += ["call names trap_newline", "call names trap_long"]
    done = run_mrepl(
        "-q", "--keep-going", str(HOSTILE_NAMES / "Config.toml"), stdin="\n".join(script)
    )
    assert done.stderr.splitlines()[0] == (
        r"loading failed with: module 'm' imports two\nlines.two\nlines, but no module two\nlines "
        "is loaded; load order is the config's order"
    )
    assert r"    0: names!two\nlines at 0x" in done.stderr
    assert "    0: names!" + "n" * 120 + "… at 0x" in done.stderr


@pytest.mark.parametrize("command", ["it", "info", "aqua"])
def test_marine_shows_hostile_names_harmlessly(command: str) -> None:
    done = marine(command, HOSTILE_NAMES / "artifacts" / "names.wasm")
    assert done.status == 0
    assert_harmless(done.stdout + done.stderr)


def test_completions_and_hints_of_hostile_names_are_harmless() -> None:
    with Service.from_config(HOSTILE_NAMES / "Config.toml") as service:
        offer = Offer(COMMANDS, service.interface(), adapters=service.adapters())
        shown = [found.shown for found in completions("call names ", "", offer)]
        assert "[bold red]x[/bold red]" in shown
        assert "trap_colour" in shown
        for before in ("call names ", "interface names ", "bench names ", "interface --type "):
            for found in completions(before, "", offer):
                assert_harmless(found.shown)
        for name in NAMES.values():
            for typed in (f"call names {_as_word(name)} ", f"call names {_as_word(name)} [{{"):
                for piece in hint(typed, offer):
                    assert_harmless(piece.text)
                for found in completions(typed, "", offer):
                    assert_harmless(found.shown)


LONG = "n" * 100_000


def test_names_of_any_length_leave_messages_short(tmp_path: Path) -> None:
    importing = runpy.run_path(str(HOSTILE_NAMES / "variants.py"))["importing"]
    with Service() as service:
        for name in (LONG, "\x1b" * len(LONG), "\n" * len(LONG)):
            path = tmp_path / "long.wasm"
            path.write_bytes(importing(name))
            with pytest.raises(MarineError) as raised:
                service.load("m", path)
            assert len(str(raised.value)) < 3000
            assert "\n" not in str(raised.value)
