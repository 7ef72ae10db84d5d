import os
import re
import subprocess
import sys

import pexpect
import pytest

from tests.support.marine import MARINE, marine, marine_process
from tests.support.paths import PROJECT
from tests.support.program import environment
from tests.support.running import FAULTS, GREETING

COMMANDS = ["it", "info", "aqua", "stubs", "set", "embed", "build", "generate", "repl"]
COMMAND_LINES = [[name] for name in COMMANDS] + [["set", "it"], ["set", "version"]]


def test_help_lists_every_command() -> None:
    done = marine("--help")
    assert (done.status, done.stderr) == (0, "")
    assert re.findall(r"^    (\w+) {2,}", done.stdout, re.MULTILINE) == COMMANDS


@pytest.mark.parametrize("command_line", COMMAND_LINES, ids=" ".join)
def test_every_command_has_a_help_page_with_examples(command_line: list[str]) -> None:
    done = marine(*command_line, "--help")
    assert (done.status, done.stderr) == (0, "")
    assert "\nexamples:\n  m" in done.stdout


def test_help_imports_neither_the_engine_nor_the_terminal_libraries() -> None:
    program = (
        "import sys; from mrepl.marine.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=PROJECT, check=True
    )
    imported = set(done.stdout.splitlines()[-1].split())
    assert not {"wasmtime", "runtime", "prompt_toolkit", "rich"} & imported


@pytest.mark.parametrize(
    ("command_line", "message"),
    [
        ("", "the following arguments are required: COMMAND"),
        (
            "itt x.wasm",
            "argument COMMAND: invalid choice: 'itt'; did you mean 'it'? (choose from it, ",
        ),
        ("it", "the following arguments are required: FILE"),
        ("it x.wasm y.wasm", "unrecognized arguments: y.wasm"),
        ("info --jsn x.wasm", "unrecognized arguments: --jsn; did you mean '--json'?"),
        ("set", "the following arguments are required: WHAT"),
        ("set it -i x.wasm", "the following arguments are required: -w/--text"),
        ("set version -i x.wasm -v new", "'new' is no version such as 0.14.0"),
        ("embed x.wasm --it-version 1", "'1' is no version such as 0.14.0"),
        ("aqua x.wasm -s lower", "'lower' is no name in Aqua: expected an upper-case letter"),
        ('aqua x.wasm -i "', "'\"' is no id: expected at least one character, without quotes"),
    ],
)
def test_wrong_usage_is_status_2_and_says_what_is_right(command_line: str, message: str) -> None:
    done = marine(*command_line.split())
    assert (done.status, done.stdout) == (2, "")
    *usage, said = done.stderr.splitlines()
    assert usage == [] or usage[0].startswith("usage: marine")
    assert said.startswith("error: ")
    assert message in said
    assert (usage == []) == said.startswith("error: argument ")  # that says what is wanted there


@pytest.mark.parametrize("command", ["it", "info", "aqua", "embed"])
def test_a_file_that_is_not_there_is_status_1(command: str) -> None:
    done = marine(command, "nope.wasm")
    assert (done.status, done.stdout) == (1, "")
    assert done.stderr == "error: cannot read nope.wasm: No such file or directory\n"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("not_wasm.wasm", "not a WebAssembly file: it begins with 54 68 69 73"),
        ("two_interface_types.wasm", "multiple IT sections"),
        ("no_interface_types.wasm", "module doesn't contain interface types"),
        ("truncated_interface_types.wasm", "corrupted interface-types section at byte "),
        ("truncated_module.wasm", "truncated WebAssembly file: section "),
    ],
)
def test_a_faulty_module_is_named_with_what_is_wrong(file: str, message: str) -> None:
    done = marine("it", FAULTS / file)
    assert (done.status, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {FAULTS / file}: ")
    assert message in done.stderr


def test_it_runs_as_a_program() -> None:
    done = marine_process("info", GREETING)
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.startswith("it version:  0.27.0\nsdk version: 0.14.0\n")


def test_a_reader_that_goes_away_gets_no_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*MARINE, "it", str(GREETING)],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=PROJECT,
        env=environment(),
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colours(variables: dict[str, str], coloured: bool) -> None:
    drawn, status = pexpect.run(
        " ".join([*MARINE, "it", str(GREETING)]),
        cwd=str(PROJECT),
        env=environment(**{"TERM": "xterm-256color", **variables}),
        withexitstatus=True,
        timeout=60,
    )
    assert status == 0
    assert b"it_version" in drawn
    assert (b"\x1b[" in drawn) == coloured


def test_repl_is_the_shell() -> None:
    done = marine_process("repl", "-q", "-c", "interface")
    assert (done.status, done.stdout.splitlines()[0]) == (0, "Loaded modules interface:")


def test_an_option_of_the_shell_is_the_shells_own() -> None:
    done = marine("repl", "--version")
    assert (done.status, done.stdout.split()[0]) == (0, "mrepl")
