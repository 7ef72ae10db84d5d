"""Every example of every help page does what it shows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mrepl.command import Reply
from mrepl.commands import COMMANDS
from mrepl.shell import Shell
from tests.support.paths import FIXTURES
from tests.support.shells import text_shell

_MODULES = {
    "greeting": "greeting",
    "call-parameters": "call_parameters",
    "benchmarks": "target relay_1 relay_2 relay_3",
    "url-downloader": "local_storage curl_adapter facade",
}
"""By fixture, the modules that examples name, and those that they import."""

_MORE_LINES = {
    "local_storage": '[module.wasi]\nmapped_dirs = { "sites" = "sites" }\n',
    "curl_adapter": '[module.mounted_binaries]\ncurl = "./curl"\n',
}

_QUICKLY = " --warmup 10 --time 0.05"
"""Options with which a benchmark's example does what it does without them, only less often."""

_EXAMPLES = [line for command in COMMANDS for line in command.examples]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A session in a directory that has what the examples name."""
    monkeypatch.chdir(tmp_path)
    artifacts = tmp_path / "artifacts"
    artifacts.mkdir()
    lines = ['modules_dir = "artifacts"\n']
    for fixture, names in _MODULES.items():
        for name in names.split():
            (artifacts / f"{name}.wasm").symlink_to(FIXTURES / fixture / f"artifacts/{name}.wasm")
            lines.append(f'[[module]]\nname = "{name}"\n{_MORE_LINES.get(name, "")}')
    (tmp_path / "Config.toml").write_text("".join(lines))
    curl = tmp_path / "curl"
    curl.write_text("#!/bin/sh\necho page\n")
    curl.chmod(0o755)
    (tmp_path / "args.json").write_text('["John"]')
    (tmp_path / "my files").mkdir()
    shutil.copy(artifacts / "greeting.wasm", tmp_path / "my files")
    with text_shell(Path("Config.toml")) as shell:
        yield shell


@pytest.mark.parametrize("line", _EXAMPLES)
def test_an_example_runs(line: str, shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run('call greeting greeting ["John"]').ok
    if line.startswith("load"):
        assert shell.run("new").ok
    if line.endswith("--force"):
        assert shell.run(line.removesuffix("--force")).ok
        if line.startswith("unload"):
            assert shell.run("load greeting artifacts/greeting.wasm").ok
    capsys.readouterr()
    quick = line.startswith("bench") and "-n" not in line.split()
    outcome = shell.run(line + _QUICKLY if quick else line.replace("-n 1000", "-n 10"))
    # A slow machine may fail a benchmark that asks for a time; it has run all the same.
    assert isinstance(outcome.result, Reply), capsys.readouterr().err
    if line.partition(" ")[0] != "quit":
        assert capsys.readouterr().out
