"""`stats`: how large memories are, how much the last call added, and their limits."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrepl.command import Reply
from mrepl.memory_growth import MemoryGrowth
from mrepl.shell import Shell
from mrepl.text.sizes import exact_size_text
from tests.support.paths import FIXTURES
from tests.support.program import run_mrepl
from tests.support.shells import text_shell
from tests.support.versions import asking, counting, write_modules


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    config = write_modules(tmp_path, source=counting(1), facade=asking("source"))
    with text_shell(config) as shell:
        yield shell


def sizes(shell: Shell, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    shell.run("stats")
    return capsys.readouterr().out.splitlines()[1:3]


def test_what_the_last_call_added_is_told_where_it_added_something(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ["source - 262.1 KB", "facade - 262.1 KB"]
    assert sizes(shell, capsys) == before
    shell.run("call source grow")
    grown = ["source - 327.7 KB (+65.5 KB since the last call)", "facade - 262.1 KB"]
    assert sizes(shell, capsys) == grown
    assert sizes(shell, capsys) == grown
    shell.run("call facade version")
    assert sizes(shell, capsys) == ["source - 327.7 KB", "facade - 262.1 KB"]


@pytest.mark.parametrize("line", ["reload", "reload source"])
def test_a_module_that_starts_anew_has_not_grown(
    shell: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path, line: str
) -> None:
    shell.run("call source grow")
    (tmp_path / "source.wasm").write_bytes(counting(2))
    shell.run(line)
    shell.run("stats")
    assert "since the last call" not in capsys.readouterr().out


def test_growth_as_data(shell: Shell) -> None:
    shell.run("call source grow")
    outcome = shell.run("stats")
    assert isinstance(outcome.result, Reply)
    modules = json.loads(outcome.result.result)["modules"]
    assert {name: module["grown_bytes"] for name, module in modules.items()} == {
        "source": 65536,
        "facade": 0,
    }


@pytest.mark.parametrize("limit", ["10 MiB", "10 MB", "320 KiB", "500 KB"])
def test_a_limit_is_told_as_the_config_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], limit: str
) -> None:
    config = write_modules(tmp_path, source=counting(1))
    with config.open("a") as file:
        file.write(f'max_heap_size = "{limit}"\n')
    with text_shell(config) as shell:
        assert sizes(shell, capsys)[0] == f"source - 262.1 KB, at most {limit}"


def test_modules_that_came_after_the_call_have_not_grown() -> None:
    growth = MemoryGrowth()
    assert growth.until({"a": 10}) == {"a": 0}
    growth.call_begins({"a": 10, "b": 1})
    assert growth.until({"a": 30, "c": 5}) == {"a": 20, "c": 0}
    growth.forget(["a", "x"])
    assert growth.until({"a": 30, "b": 2}) == {"a": 0, "b": 1}


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 KB"),
        (1024, "1 KiB"),
        (65536, "64 KiB"),
        (100 * 65536, "6.25 MiB"),
        (152 * 65536, "9.5 MiB"),
        (1_010_000, "1.01 MB"),
        (10 * 2**20, "10 MiB"),
        (10**7, "10 MB"),
        (2**32, "4 GiB"),
        (1_500_000_000, "1.5 GB"),
        (10 * 2**20 + 1, "10485761 B"),
    ],
)
def test_exact_sizes_lose_nothing(size: int, text: str) -> None:
    assert exact_size_text(size) == text


def test_the_limit_of_all_memories_is_told_with_what_they_take() -> None:
    done = run_mrepl("-q", str(FIXTURES / "memory" / "Config.toml"), "-c", "stats")
    assert "\nall together - 65.5 KB, at most 10 MiB\nrejected allocations: 0\n" in done.stdout
