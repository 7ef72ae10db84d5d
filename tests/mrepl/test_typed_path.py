import shutil
from pathlib import Path

import pytest

from tests.support.paths import FIXTURES
from tests.support.shells import text_shell

GREETING = FIXTURES / "greeting"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_tilde_is_the_users_own_directory(home: Path) -> None:
    shutil.copytree(GREETING, home / "greeting")
    with text_shell(None) as shell:
        assert shell.run("load greeting ~/greeting/artifacts/greeting.wasm").ok
        assert shell.run("save ~/session.txt").ok
        assert shell.run("new ~/greeting/Config.toml").ok
    assert (home / "session.txt").is_file()


@pytest.mark.parametrize(
    "line", ["load a ~no-such-user/a.wasm", "new ~no-such-user/a", "save ~no-such-user/a"]
)
def test_the_tilde_of_nobody_stays_and_is_named(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with text_shell(None) as shell:
        assert not shell.run(line).ok
    shown = capsys.readouterr().err
    assert "~no-such-user/a" in shown
    assert "internal error" not in shown
