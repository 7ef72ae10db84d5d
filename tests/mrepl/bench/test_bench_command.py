"""The command `bench` with real modules; how long anything takes is not asserted."""

import csv
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mrepl.command import Reply
from mrepl.commands import COMMANDS
from mrepl.json_lines import json_line
from mrepl.outcome import Failure, Outcome, run_line
from mrepl.session import Session
from mrepl.settings import Settings
from mrepl.status_line import StatusLine
from mrepl.text.marked_text import plain_text
from runtime import Engine
from tests.support.paths import FIXTURES, PROJECT

GREET = 'bench greeting greeting ["John"]'


@contextmanager
def _session(fixture: str, status: StatusLine | None = None) -> Iterator[Session]:
    written: list[bytes] = []
    settings = Settings(wasm_log="info")
    session = Session(settings, lambda *given: written.append(given[2]), status or _silent())
    try:
        session.create_service(str(FIXTURES / fixture / "Config.toml"))
        written.clear()
        yield session
        assert not written, "nothing that a module prints is shown while it is measured"
    finally:
        session.close()


def _silent() -> StatusLine:
    return StatusLine(StringIO())


@pytest.fixture(scope="module")
def greeting() -> Iterator[Session]:
    with _session("greeting") as session:
        yield session


@pytest.fixture(scope="module")
def benchmarks() -> Iterator[Session]:
    with _session("benchmarks") as session:
        yield session


def _reply(session: Session, line: str) -> Reply:
    outcome = run_line(line, session, COMMANDS)
    assert isinstance(outcome.result, Reply), outcome.result
    return outcome.result


def _result(session: Session, line: str) -> dict[str, object]:
    result: dict[str, object] = json.loads(_reply(session, line).result)
    return result


def _text(session: Session, line: str) -> str:
    return plain_text(_reply(session, line).text())


def _failure(session: Session, line: str) -> str:
    outcome = run_line(line, session, COMMANDS)
    assert isinstance(outcome.result, Failure), outcome.result
    return outcome.result.text


def _number(result: object, key: str) -> float:
    assert isinstance(result, dict)
    number = result[key]
    assert isinstance(number, (int, float))
    return number


def test_the_result_has_all_figures(greeting: Session) -> None:
    result = _result(greeting, f"{GREET} -n 5 --warmup 1")
    assert (result["call"], result["engine"]) == ("greeting.greeting", "fused")
    assert (result["vs"], result["scan"], result["interrupted"]) == (None, None, False)
    assert result["samples"] == 5
    assert result["iterations"] == 5 * _number(result, "calls_per_sample")
    ordered = [_number(result, f"{name}_ns") for name in ("min", "median", "p95", "max")]
    assert ordered == sorted(ordered)
    assert _number(result, "empty_call_ns") > 0
    assert _number(result, "first_call_ns") > 0
    rate = _number(result, "calls_per_second")
    assert rate == pytest.approx(1e9 / _number(result, "mean_ns"), rel=1e-3)


def test_the_text_fits_80_columns(greeting: Session) -> None:
    text = _text(greeting, f"{GREET} -n 30 --warmup 1")
    lines = text.splitlines()
    assert lines[0] == "greeting.greeting (engine fused)"
    names = ("median", "mean ± σ", "min", "p95", "max", "outliers", "calls/s")
    for line, name in zip(lines[1:], names, strict=False):
        assert line.startswith(f"  {name} ")
    assert re.search(r"(of which|what any call takes) .*\d", lines[1])
    assert "█" in text
    assert max(map(len, lines)) <= 80


def test_two_engines_are_compared_and_the_engine_is_as_before(greeting: Session) -> None:
    reply = _reply(greeting, f"{GREET} --vs interp -n 20 --warmup 1")
    result = json.loads(reply.result)
    compared = result["vs"]
    assert (compared["name"], compared["pairs"], result["samples"]) == ("interp", 20, 20)
    assert compared["ratio_low"] <= compared["ratio"] <= compared["ratio_high"]
    text = plain_text(reply.text())
    assert re.search(r"^ +fused +interp$", text, re.MULTILINE)
    assert re.search(r"is [\d.]+ × as fast as|no difference found", text)
    assert greeting.service.engine is Engine.FUSED


def test_the_engine_is_as_before_when_a_call_fails(benchmarks: Session) -> None:
    text = _failure(benchmarks, "bench target echo_bytes [[1]] --vs 'target nothing [1]' -n 2")
    assert text.startswith("call failed with: ")
    text = _failure(benchmarks, 'bench target echo_bytes ["x"] --vs interp -n 2')
    assert text.startswith("call failed with: wrong arguments for fn echo_bytes(data: []u8)")
    assert benchmarks.service.engine is Engine.FUSED


@pytest.mark.parametrize(
    ("opponent", "names"),
    [
        ("target", ["relay_1.greeting", "target.greeting"]),
        ("'target add [1, 2, 3]'", ["relay_1.greeting", "target.add"]),
        ("'relay_1 greeting [\"Jane Roe\"] {}'", ["relay_1.greeting", "the other call"]),
        ("'relay_2 greeting'", ["relay_1.greeting", "relay_2.greeting"]),
    ],
)
def test_another_call_is_what_the_first_is_where_nothing_else_is_said(
    opponent: str, names: list[str], benchmarks: Session
) -> None:
    text = _text(benchmarks, f'bench relay_1 greeting ["x"] --vs {opponent} -n 6 --warmup 1')
    assert re.split(r" {2,}", text.splitlines()[1].strip()) == names


def test_a_scan_has_a_row_for_each_value(benchmarks: Session) -> None:
    line = "bench target echo_bytes [{bytes:size}] --scan size=0,10,2000 -n 3 --warmup 1"
    reply = _reply(benchmarks, line)
    scan = json.loads(reply.result)["scan"]
    assert scan["name"] == "size"
    assert [(row["value"], row["samples"]) for row in scan["rows"]] == [
        ("0", 3),
        ("10", 3),
        ("2000", 3),
    ]
    lines = plain_text(reply.text()).splitlines()
    assert lines[1].split() == ["size", "median", "±", "σ", "min", "p95", "calls/s"]
    assert [line.split()[0] for line in lines[2:5]] == ["0", "10", "2000"]


def test_a_scan_may_compare(benchmarks: Session) -> None:
    line = "bench target greeting [{string:n}] --scan n=1,5000 --vs interp -n 6 --warmup 1"
    reply = _reply(benchmarks, line)
    rows = json.loads(reply.result)["scan"]["rows"]
    assert all(row["vs"]["pairs"] == 6 for row in rows)
    lines = plain_text(reply.text()).splitlines()
    assert re.split(" {2,}", lines[1].strip()) == [
        "n",
        "median",
        "± σ",
        "interp",
        "± σ",
        "times as fast",
    ]
    assert max(map(len, lines)) <= 80


def test_a_scan_fills_in_call_parameters_and_the_other_call(benchmarks: Session) -> None:
    for line in (
        'bench target nothing [] {"host_id": "{who}"} --scan who=a,b -n 2 --warmup 0',
        "bench target nothing [] --vs 'target add [{n}, 1, 1]' --scan n=1,2 -n 2 --warmup 0",
    ):
        assert _result(benchmarks, line)["scan"]


def test_the_last_result_may_be_an_argument(greeting: Session) -> None:
    greeting.last_result = '"Jane"'
    assert _result(greeting, "bench greeting greeting [_] -n 2 --warmup 1")["samples"] == 2


def test_a_median_above_the_limit_is_a_failure_with_all_figures(greeting: Session) -> None:
    outcome = run_line(f"{GREET} -n 3 --warmup 1 --fail-above 1ns", greeting, COMMANDS)
    assert not outcome.ok
    assert outcome.error is not None
    assert outcome.error.startswith("--fail-above: the median is above 1.00 ns: ")
    shown = json.loads(json_line(outcome))
    assert shown["ok"] is False
    assert shown["result"]["samples"] == 3
    assert shown["error"] == {
        "kind": "LimitExceeded",
        "message": outcome.error,
        "module": None,
        "function": None,
    }


def test_a_median_below_the_limit_is_fine(greeting: Session) -> None:
    outcome = run_line(f"{GREET} -n 3 --warmup 1 --fail-above 1000s", greeting, COMMANDS)
    assert outcome.ok
    assert outcome.error is None


def test_a_scan_tells_which_values_are_above_the_limit(benchmarks: Session) -> None:
    line = "bench target greeting [{string:n}] --scan n=1,2 -n 2 --warmup 1 --fail-above 1ns"
    outcome = run_line(line, benchmarks, COMMANDS)
    assert re.search(r": n=1: .*, n=2: ", outcome.error or "")


def test_csv_has_every_sample(benchmarks: Session, tmp_path: Path) -> None:
    file = tmp_path / "times.csv"
    line = f"bench target greeting [{{string:n}}] --scan n=1,9 --vs interp --export csv {file}"
    _reply(benchmarks, f"{line} -n 4 --warmup 1")
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [(row["call"], row["n"], row["sample"]) for row in rows] == [
        (call, value, str(sample))
        for value in ("1", "9")
        for call in ("fused", "interp")
        for sample in range(1, 5)
    ]
    assert all(float(row["ns"]) > 0 and int(row["calls_per_sample"]) >= 1 for row in rows)


def test_json_has_every_time_too(greeting: Session, tmp_path: Path) -> None:
    file = tmp_path / "times.json"
    result = _result(greeting, f"{GREET} -n 4 --warmup 1 --export json {file}")
    written = json.loads(file.read_text(encoding="utf-8"))
    times = written.pop("times_ns")
    assert len(times) == 4
    assert written["median_ns"] == pytest.approx(sorted(times)[1] / 2 + sorted(times)[2] / 2, 1e-3)
    assert written.items() <= result.items()


def test_markdown_is_a_table(greeting: Session, tmp_path: Path) -> None:
    file = tmp_path / "times.md"
    _reply(greeting, f"{GREET} --vs interp -n 8 --warmup 1 --export md {file}")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("| call | median | mean | σ |")
    assert [line.split(" | ")[0] for line in lines[2:4]] == ["| fused", "| interp"]
    assert len({line.count("|") for line in lines[:4]}) == 1


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("bench target nothing", ["target.nothing: median"]),
        ("bench target nothing --vs interp", ["fused: ", "interp: "]),
        ("bench target greeting [{string:n}] --scan n=1,100", ["median of a call by n"]),
        ("bench target greeting [{string:n}] --scan n=1,100 --vs interp", ["fused", "interp"]),
        ('bench target greeting [{who}] --scan who="a","<b>"', ["median of a call by who"]),
        ("bench target greeting [{string:n}] --scan n=7", ["7"]),
    ],
)
def test_svg_is_a_chart(line: str, texts: list[str], benchmarks: Session, tmp_path: Path) -> None:
    file = tmp_path / "times.svg"
    line = line.replace('"a","<b>"', '\'"a","<b>"\'')
    _reply(benchmarks, f"{line} -n 6 --warmup 1 --export svg {file}")
    drawing = ET.fromstring(file.read_text(encoding="utf-8"))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    shown = ["".join(element.itertext()) for element in drawing.iter() if element.text]
    for text in texts:
        assert any(text in each for each in shown)
    places = [
        float(value) for each in drawing.iter() for value in (each.get("x"), each.get("y")) if value
    ]
    assert all(0 <= place <= 720 for place in places)


def test_an_exported_file_replaces_the_old_one_and_leaves_nothing_else(
    greeting: Session, tmp_path: Path
) -> None:
    file = tmp_path / "my times.csv"
    file.write_text("old")
    file.chmod(0o640)
    text = _text(greeting, f"{GREET} -n 2 --warmup 1 --export csv '{file}'")
    assert f"written: {file}" in text
    assert file.read_text().startswith("call,")
    assert file.stat().st_mode & 0o777 == 0o640
    assert [*tmp_path.iterdir()] == [file]


def test_a_file_that_cannot_be_written_is_told_before_anything_is_measured(
    greeting: Session, tmp_path: Path
) -> None:
    gone = tmp_path / "gone" / "times.csv"
    line = f"{GREET} --time 1000 --export csv"
    assert _failure(greeting, f"{line} {gone}").endswith(f"there is no directory {gone.parent}")
    assert _failure(greeting, f"{line} {tmp_path}").endswith("it is no ordinary file")
    nobody = "~nobody-has-this-name"
    assert _failure(greeting, f"{line} {nobody}/x").endswith(f"there is no directory {nobody}")


def test_a_link_to_an_exported_file_stays_one(greeting: Session, tmp_path: Path) -> None:
    file, link = tmp_path / "times.csv", tmp_path / "link.csv"
    link.symlink_to(file)
    _reply(greeting, f"{GREET} -n 2 --warmup 1 --export csv {link}")
    assert link.is_symlink()
    assert file.read_text().startswith("call,")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("-n 1", "-n: '1' is no whole number from 2 on"),
        ("-n many", "-n: 'many' is no whole number from 2 on"),
        ("--time 0", "--time: '0' is no number of seconds above 0"),
        ("--time nan", "--time: 'nan' is no number of seconds above 0"),
        ("--warmup -1", "--warmup: '-1' is no whole number from 0 on"),
        ("--fail-above 50", "--fail-above: '50' is no time above 0"),
        ("--export pdf x", "--export: no format 'pdf' (there are: csv, json, md, svg)"),
        ("--export cvs x", "--export: no format 'cvs'; did you mean 'csv'?"),
        ("--scan size", "--scan: 'size' is no name with its values"),
        ("--scan size=1,2", "--scan: size is not in the arguments (there can be: {size}"),
        ("--vs fusd", "--vs: no engine or module 'fusd'; did you mean 'fused'?"),
        (
            "--vs 'greting greeting'",
            "--vs: no engine or module 'greting'; did you mean 'greeting'?",
        ),
        ("--vs fused", "--vs: 'fused' is the first call itself"),
        ("--vs greeting", "--vs: 'greeting' is the first call itself"),
        ("--vs ''", "--vs: an engine, a module or a call is needed"),
        ("--vs 'greeting greeting [1] {} x'", "--vs: nothing more can stand at `x`"),
        ("--vs 'greeting greet'", "call failed with: module 'greeting' has no public function"),
    ],
)
def test_what_makes_no_sense_is_explained(words: str, message: str, greeting: Session) -> None:
    assert _failure(greeting, f"{GREET} {words}").startswith(message)


def test_a_wrong_placeholder_is_explained_before_anything_is_measured(greeting: Session) -> None:
    text = _failure(greeting, "bench greeting greeting [{string:sise}] --scan size=1 --time 1000")
    assert text.startswith(
        "--scan: no value for the placeholder {string:sise}; did you mean 'size'?"
    )


class _InterruptingStatus(StatusLine):
    """Presses Ctrl-C, as the main thread does, once so many samples were taken."""

    def __init__(self, after: int) -> None:
        super().__init__(StringIO())
        self.press: Callable[[], None] = lambda: None
        self.ended = threading.Event()
        self._left = after
        self._thread = threading.Thread(target=self._keep_pressing)

    def show(self, text: str) -> None:
        if self._left == 0 and text:
            self._thread.start()
        self._left -= 1

    def _keep_pressing(self) -> None:
        while not self.ended.wait(0.001):
            self.press()

    def end(self) -> None:
        self.ended.set()
        self._thread.join()


def _interrupted(line: str, after: int) -> tuple[Outcome, Outcome]:
    """What `bench` gives when it is interrupted, and what a call gives then."""
    status = _InterruptingStatus(after)
    with _session("greeting", status) as session:
        status.press = session.interrupt
        outcome = run_line(line, session, COMMANDS)
        status.end()
        assert session.service.engine is Engine.FUSED
        return outcome, run_line('call greeting greeting ["x"]', session, COMMANDS)


def test_ctrl_c_ends_it_with_what_was_measured() -> None:
    outcome, after = _interrupted(f"{GREET} --vs interp --time 1000 -n 100000000", 20)
    assert isinstance(outcome.result, Reply)
    assert json.loads(outcome.result.result)["interrupted"] is True
    assert "interrupted: these are the samples until then" in plain_text(outcome.result.text())
    assert after.ok


def test_ctrl_c_before_there_is_anything_is_a_failure() -> None:
    outcome, after = _interrupted(f"{GREET} --time 1000", 0)
    assert isinstance(outcome.result, Failure)
    assert outcome.result.kind == "Interrupted"
    assert after.ok


def test_ctrl_c_leaves_the_rows_before() -> None:
    line = "bench greeting greeting [{string:n}] --scan n=1,2,3 -n 30 --warmup 1"
    outcome, after = _interrupted(line, 40)
    assert isinstance(outcome.result, Reply)
    result = json.loads(outcome.result.result)
    assert result["interrupted"] is True
    assert result["scan"]["rows"][0]["samples"] == 30
    assert len(result["scan"]["rows"]) < 3
    assert after.ok


def test_what_modules_print_and_log_meanwhile_is_counted(printed_logs: StringIO) -> None:
    before = logging.getLogger("mrepl.module").handlers
    with _session("logger") as session:
        reply = _reply(session, 'bench logger log [3, 0, "x"] -n 2 --warmup 0')
        result = json.loads(reply.result)
        assert result["hidden_log_messages"] >= 2
        with session.guest_output.held_back() as held:
            session.guest_output("logger", 1, b"three")
            session.guest_output("logger", 2, b"more")
        assert held == {"logger": 9}
    assert re.search(r"not shown meanwhile: .* [\d,]+ log messages", plain_text(reply.text()))
    assert logging.getLogger("mrepl.module").handlers is before
    assert not printed_logs.getvalue()


def test_a_session_starts_without_it() -> None:
    program = "import sys, mrepl.program; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True
    )
    imported = set(done.stdout.split())
    assert "mrepl.handlers.benchmarks" in imported
    assert not {"mrepl.bench", "statistics", "csv"} & imported


def test_one_measurement_is_exported_in_several_formats(greeting: Session, tmp_path: Path) -> None:
    table, chart = tmp_path / "table.md", tmp_path / "chart.svg"
    line = f"{GREET} -n 3 --warmup 1 --export md {table} --export svg {chart}"
    assert run_line(line, greeting, COMMANDS).ok
    assert "greeting.greeting" in table.read_text()
    assert "greeting.greeting" in chart.read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("[{string:size}]", "the placeholder {string:size} needs values: `--scan size=10,1000`"),
        ("[{size}]", "the placeholder {size} needs values: `--scan size=10,1000`"),
    ],
)
def test_a_placeholder_needs_a_scan(greeting: Session, args: str, message: str) -> None:
    outcome = run_line(f"bench greeting greeting {args} -n 2", greeting, COMMANDS)
    assert outcome.error == message


def test_what_looks_like_a_placeholder_in_a_string_is_text(greeting: Session) -> None:
    line = 'bench greeting greeting ["{string:size}"] -n 2 --warmup 1'
    assert run_line(line, greeting, COMMANDS).ok
