"""Listings and messages with odd names, or with more lines than anybody reads."""

from pathlib import Path

import pytest

from mrepl.settings import Settings
from tests.support.paths import FIXTURES
from tests.support.shells import text_shell

HOSTILE_NAMES = FIXTURES / "hostile-names"


def test_names_are_cut_quoted_and_escaped_alike_in_records_and_functions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with text_shell(HOSTILE_NAMES / "Config.toml") as shell:
        shell.run("interface")
    lines = capsys.readouterr().out.splitlines()
    for name in ("n" * 120 + "…", "a\\u200bb\\ufeff", "'a b'", "''"):
        record = lines.index(f"data {name}:")
        assert lines[record + 1] == f"  {name}: u32"
        assert f"  fn {name}({name}: {name}) -> {name}" in lines


@pytest.mark.parametrize(("label", "name"), [("empty", "''"), ("space", "'a b'")])
def test_an_import_of_an_odd_name_is_quoted(
    capsys: pytest.CaptureFixture[str], label: str, name: str
) -> None:
    with text_shell(None) as shell:
        shell.run(f"load x {HOSTILE_NAMES}/artifacts/importing_{label}.wasm")
    said = capsys.readouterr().err
    assert f"module 'x' imports {name}.{name}, but no module {name} is loaded" in said


def test_equal_frames_of_a_recursion_are_folded(capsys: pytest.CaptureFixture[str]) -> None:
    with text_shell(FIXTURES / "faults" / "Config.toml") as shell:
        shell.run("call faults deep_recursion [0]")
    lines = capsys.readouterr().err.splitlines()
    frames = lines[lines.index("  wasm backtrace:") + 1 :]
    assert frames[0].startswith("    0: faults!deep_recursion")
    assert frames[1].startswith("    1: faults!deep_recursion at 0x")
    assert frames[2:4] == ["    18 more of the same", "    …"]


def test_a_long_listing_of_files_is_cut_unless_it_goes_to_a_pager(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = Settings(working_dir=tmp_path, result_lines=1)
    with text_shell(FIXTURES / "url-downloader" / "Config.toml", settings) as shell:
        shell.run("fs local_storage")
        cut = capsys.readouterr().out
        shell.run("fs local_storage --pager")
        whole = capsys.readouterr().out
    assert "Open descriptors:" in whole
    title, *rest = filter(None, whole.splitlines())
    assert cut.startswith(f"{title}\n … {len(rest)} more lines, ")
