"""`trace` at the shell."""

import json

import pytest

from tests.support.paths import FIXTURES
from tests.support.program import json_objects, run_mrepl

BENCHMARKS = str(FIXTURES / "benchmarks" / "Config.toml")
FAULTS = str(FIXTURES / "faults" / "Config.toml")
TRACE = 'trace relay_1 greeting ["x"]'


def printed(*commands: str, config: str = BENCHMARKS) -> str:
    """What the commands print, all of which must succeed."""
    done = run_mrepl("-q", config, stdin="\n".join(commands))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_shows_the_tree_then_the_result_then_the_times() -> None:
    tree, result, times = printed(TRACE).rstrip("\n").split("\n\n")
    assert tree.startswith('export relay_1.greeting(name: "x") → "Hi, x" ')
    assert "│   ├  4 call-core 9 export target.greeting(name: " in tree
    assert all(len(line) == 80 for line in tree.splitlines())
    assert result.startswith('result: "Hi, x"\n elapsed time: ')
    assert [line.split()[0] for line in times.splitlines()] == [
        "module",
        "relay_1",
        "target",
        "all",
    ]
    assert all(len(line) <= 80 for line in times.splitlines())


def test_without_timing_no_times_are_shown_and_traces_can_be_compared() -> None:
    first, second = printed("set timing off", TRACE, TRACE).rstrip("\n").split("\nexport ")[1:]
    assert first.rstrip() == second.rstrip()
    assert first.endswith('result: "Hi, x"\n')


def test_its_result_is_the_last_result() -> None:
    shown = printed("set timing off", TRACE, "call relay_1 greeting [_]")
    assert shown.endswith('result: "Hi, Hi, x"\n\n')


def test_depth_folds_what_is_deeper() -> None:
    lines = printed("set timing off", f"{TRACE} --depth 0").splitlines()
    assert lines[2].startswith("export relay_1.greeting")
    assert lines[3].startswith("└ … ")
    assert lines[3].endswith(" steps")


def test_adapter_shows_that_adapter_alone() -> None:
    shown = printed("set timing off", f"trace --adapter target.greeting {TRACE[6:]} --depth 0")
    assert shown.splitlines()[2].startswith('export target.greeting(name: "x") → "Hi, x"')
    shown = printed("set timing off", f"{TRACE} --adapter target.nothing")
    assert "target.nothing did not run in this call\n" in shown


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (f"{TRACE} --adapter relay_1.greetin", "did you mean 'relay_1.greeting'?"),
        (f"{TRACE} --adapter relay_1.targt.greeting", "did you mean 'relay_1.target.greeting'?"),
        (f"{TRACE} --adapter 'x\x1b[2J'", "--adapter: no adapter 'x\\u001b[2J'"),
        (f"{TRACE} --depth x", "--depth: 'x' is no number of levels"),
        (f"{TRACE} --depth -1", "--depth: '-1' is no number of levels"),
        ("trace relay_1", "trace needs <func>"),
        ("trace relay_1 greetin x", "did you mean 'greeting'?"),
        ("trace relay_1 greeting [1]", "args"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_called(command: str, message: str) -> None:
    done = run_mrepl("-q", BENCHMARKS, "-c", command)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert "\x1b" not in done.stderr


def test_a_failing_call_shows_its_tree_and_fails() -> None:
    done = run_mrepl("-q", FAULTS, "-c", "trace faults trap", "-c", "call faults add [1, 2]")
    assert done.returncode == 1
    assert "wasm trap() ✗ faults.trap: trap: unreachable executed" in done.stdout
    assert "result" not in done.stdout
    assert done.stderr.startswith("call failed with: faults.trap: trap: unreachable executed\n")


def test_the_json_of_a_trace_is_its_tree() -> None:
    done = run_mrepl("--json", BENCHMARKS, "-c", TRACE)
    _, reply = json_objects(done.stdout)
    trace = reply["result"]
    assert isinstance(trace, dict)
    assert [*trace] == ["result", "elapsed_ns", "times_ns", "omitted", "trees"]
    assert (trace["result"], trace["omitted"]) == ("Hi, x", 0)
    assert reply["elapsed_ns"] == trace["elapsed_ns"]
    spent = [time for times in trace["times_ns"].values() for time in times.values()]
    assert sum(spent) == trace["elapsed_ns"]
    (root,) = trace["trees"]
    assert (root["kind"], root["name"]) == ("export adapter", "relay_1.greeting")
    assert root["signature"] == "fn greeting(name: string) -> string"
    assert (root["arguments"], root["results"]) == (["x"], ["Hi, x"])
    call = root["children"][6]
    assert (call["kind"], call["text"], call["stack"]) == ("instruction", "call-core 6", [])
    (raw,) = call["children"]
    assert (raw["kind"], raw["function"], raw["signature"]) == (
        "wasm",
        "greeting",
        "(i32, i32) -> ()",
    )
    (imported,) = raw["children"]
    assert (imported["kind"], imported["name"]) == ("import adapter", "relay_1.target.greeting")


def test_the_json_of_a_failed_trace_has_the_error_where_it_came_up() -> None:
    done = run_mrepl("--json", FAULTS, "-c", "trace faults trap --depth 1")
    _, reply = json_objects(done.stdout)
    assert done.returncode == 1
    assert reply["ok"] is False
    error, trace = reply["error"], reply["result"]
    assert isinstance(error, dict)
    assert isinstance(trace, dict)
    assert error["kind"] == "Trap"
    (root,) = trace["trees"]
    raw = root["children"][0]["children"][0]
    assert raw["error"].startswith("faults.trap: trap: unreachable executed")
    assert trace["result"] is None


def test_json_can_be_asked_for_in_text_too_and_long_values_are_cut() -> None:
    long = "x" * 5000
    shown = printed(f'trace target greeting ["{long}"] --json --depth 0')
    (root,) = json.loads(shown)["trees"]
    assert root["arguments"] == [{"cut": "x" * 100, "length": 5000}]
    assert root["folded"] == 16


def test_its_help_page_explains_the_lines() -> None:
    done = run_mrepl("-q", "-c", "help trace")
    for word in ("export", "import", "wasm", "host"):
        assert f"\n  {word}  " in done.stdout
    assert "--depth <levels>" in done.stdout
