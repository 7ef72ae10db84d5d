"""The tree of a trace, as it is drawn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mrepl.text.display_width import display_width
from mrepl.text.marked_text import Mark, plain_text
from mrepl.trace.selection import event_count, runs_of
from mrepl.trace.times_table import times_table
from mrepl.trace.tree_text import Layout, tree_text
from runtime import Activity, PythonResult, Service, Trace
from tests.support.paths import FIXTURES


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    config = FIXTURES / "benchmarks" / "Config.toml"
    with Service.from_config(config, working_dir=tmp_path_factory.mktemp("wd")) as running:
        yield running


@pytest.fixture(scope="module")
def trace(service: Service) -> Trace[PythonResult]:
    service.call("relay_1", "greeting", ["x"])  # so that `allocate` gives what it always gives
    return service.trace("relay_1", "greeting", ["żółw"])


def drawn(
    trace: Trace[PythonResult], width: int = 80, depth: int | None = None, *, times: bool = False
) -> str:
    return plain_text(tree_text(trace.root, Layout(width, depth, times)))


GREETING = """\
export relay_1.greeting(name: "żółw") → "Hi, żółw"
├  0 arg.get 0           → "żółw"
├  1 string.size         → 7
├  2 i32.push 1          → 7, 1
├  3 call-core 0 wasm allocate(7, 1) → 65556
├  4 arg.get 0           → 65556, "żółw"
├  5 string.lower_memory → 65556, 7
├  6 call-core 6 wasm greeting(65556, 7) → empty
│ └ import relay_1.target.greeting(65556, 7)
│   ├  0 arg.get 0           → 65556
│   ├  1 arg.get 1           → 65556, 7
│   ├  2 string.lift_memory  → "żółw"
│   ├  3 call-core 1 wasm release_objects() → "żółw"
│   ├  4 call-core 9 export target.greeting(name: "żółw") → "Hi, żółw"
│   │ ├  0 arg.get 0           → "żółw"
│   │ ├  1 string.size         → 7
│   │ ├  2 i32.push 1          → 7, 1
│   │ ├  3 call-core 0 wasm allocate(7, 1) → 65556
│   │ ├  4 arg.get 0           → 65556, "żółw"
│   │ ├  5 string.lower_memory → 65556, 7
│   │ ├  6 call-core 8 wasm greeting(65556, 7) → empty
│   │ ├  7 call-core 3 wasm get_result_ptr() → 65620
│   │ ├  8 call-core 2 wasm get_result_size() → 65620, 11
│   │ ├  9 string.lift_memory  → "Hi, żółw"
│   │ └ 10 call-core 1 wasm release_objects() → "Hi, żółw"
│   ├  5 dup                 → "Hi, żółw", "Hi, żółw"
│   ├  6 string.size         → "Hi, żółw", 11
│   ├  7 i32.push 1          → "Hi, żółw", 11, 1
│   ├  8 call-core 0 wasm allocate(11, 1) → "Hi, żółw", 65620
│   ├  9 swap2               → 65620, "Hi, żółw"
│   ├ 10 string.lower_memory → 65620, 11
│   ├ 11 call-core 4 wasm set_result_size(11) → 65620
│   └ 12 call-core 5 wasm set_result_ptr(65620) → empty
├  7 call-core 3 wasm get_result_ptr() → 65620
├  8 call-core 2 wasm get_result_size() → 65620, 11
├  9 string.lift_memory  → "Hi, żółw"
└ 10 call-core 1 wasm release_objects() → "Hi, żółw"
"""


def test_every_step_of_a_call_between_two_modules_has_its_line(trace: Trace[PythonResult]) -> None:
    assert drawn(trace) == GREETING


def test_what_is_deeper_than_wanted_is_one_line_with_its_count(trace: Trace[PythonResult]) -> None:
    lines = drawn(trace, depth=1).splitlines()
    below = event_count([trace.root]) - 1 - 11 - 5  # the adapter, its instructions, its raw calls
    assert lines[7:9] == [
        "├  6 call-core 6 wasm greeting(65556, 7) → empty",
        f"│ └ … {below} steps",
    ]
    assert len(lines) == 13
    assert drawn(trace, depth=0).splitlines() == [
        'export relay_1.greeting(name: "żółw") → "Hi, żółw"',
        f"└ … {event_count([trace.root]) - 1} steps",
    ]
    assert drawn(trace, depth=4) == drawn(trace)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_have_their_times_at_the_right_and_are_never_wider(
    service: Service, width: int
) -> None:
    trace = service.trace(
        "relay_3", "greeting", [f"漢字 and a text that is rather long: {'x' * 90}"]
    )
    lines = drawn(trace, width, times=True).splitlines()
    assert {display_width(line) for line in lines} == {width}
    assert all(line.endswith(("ns", "µs", "ms", " s")) for line in lines)


def test_the_runs_of_one_adapter_can_be_drawn_alone(trace: Trace[PythonResult]) -> None:
    (run,) = runs_of(trace.root, "relay_1.target.greeting")
    text = plain_text(tree_text(run, Layout(80, None, times=False)))
    assert text.startswith("import relay_1.target.greeting(65556, 7)\n├  0 arg.get 0  ")
    assert runs_of(trace.root, "relay_1.send_often") == ()
    assert runs_of(trace.root, "relay_1.greeting") == (trace.root,)


def test_an_error_stands_where_it_came_up_and_marks_all_above(tmp_path: Path) -> None:
    config = FIXTURES / "faults" / "Config.toml"
    with Service.from_config(config, working_dir=tmp_path) as service:
        trace = service.trace("faults", "pointer_out_of_range")
        trap = service.trace("faults", "trap")
    text = tree_text(trace.root, Layout(100, None, times=False))
    lines = plain_text(text).splitlines()
    assert lines[0] == "export faults.pointer_out_of_range() ✗"
    assert lines[-1].startswith("└  3 string.lift_memory ✗ pointer ")
    assert [span.text[:3] for span in text if span.mark is Mark.ERROR] == [" ✗", " ✗ "]
    assert drawn(trap).splitlines() == [
        "export faults.trap() ✗",
        "└  0 call-core 6 wasm trap() ✗ faults.trap: trap: unreachable executed",
    ]


def test_more_events_than_are_kept_are_counted_in_the_tree(service: Service) -> None:
    trace = service.trace("relay_1", "greet_often", [1000])
    lines = drawn(trace).splitlines()
    notes = [line for line in lines if line.endswith(" more, not recorded")]
    counts = [int(line.split("… ")[1].split(" ")[0].replace(",", "")) for line in notes]
    assert sum(counts) == trace.omitted > 0


def test_of_very_many_calls_in_a_row_the_first_and_the_last_are_shown(service: Service) -> None:
    trace = service.trace("relay_1", "send_often", [1])
    lines = drawn(trace, 120).splitlines()
    at = next(number for number, line in enumerate(lines) if line.endswith("│ │ ├ … 2,990 steps"))
    assert all("├ wasm allocate(" in line for line in lines[at - 10 : at])
    assert "array.lower_memory" in lines[at - 11]
    assert "└ wasm allocate(" in lines[at + 1]
    assert len(lines) < 60


def test_nothing_that_a_module_says_acts_on_the_terminal(service: Service) -> None:
    trace = service.trace("target", "greeting", ["\x1b[2J\u202e\n"])
    assert all(line.isprintable() for line in drawn(trace).splitlines())


def test_the_table_adds_up_the_times_of_each_module_and_of_all() -> None:
    times = {
        ("facade", Activity.ADAPTER): 1_500,
        ("facade", Activity.WASM): 500,
        ("a_module_with_a_very_long_name", Activity.HOST): 6_000_000,
        ("facade", Activity.LIFTING): 1_998_000,
    }
    assert plain_text(times_table(times)) == (
        "module                lifting lowering     Wasm     host  adapter      all\n"
        "facade                2.00 ms        –   500 ns        –  1.50 µs  2.00 ms   25%\n"
        "a_module_with_a_ver…        –        –        –  6.00 ms        –  6.00 ms   75%\n"
        "all                   2.00 ms        –   500 ns  6.00 ms  1.50 µs  8.00 ms  100%\n"
    )
