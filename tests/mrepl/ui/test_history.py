import os
from pathlib import Path

import pytest
from prompt_toolkit.history import InMemoryHistory

from mrepl.ui.history import history_path, open_history


def _lines(path: Path) -> list[str]:
    return [*open_history(path, pytest.fail).load_history_strings()]


def test_history_lies_in_the_users_state_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert history_path({}) == tmp_path / "mrepl" / "history"


def test_a_variable_names_another_file(tmp_path: Path) -> None:
    assert history_path({"MREPL_HISTORY": str(tmp_path / "h")}) == tmp_path / "h"


def test_lines_are_there_in_the_next_session_the_latest_first(tmp_path: Path) -> None:
    path = tmp_path / "new" / "directory" / "history"
    history = open_history(path, pytest.fail)
    history.store_string("call m f [\n1]")
    history.store_string("i")
    assert _lines(path) == ["i", "call m f [\n1]"]


def test_only_the_user_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history"
    open_history(path, pytest.fail).store_string('call m login ["secret"]')
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_bytes_that_are_no_text_are_kept_as_question_marks(tmp_path: Path) -> None:
    open_history(tmp_path / "history", pytest.fail).store_string("call m f \udcff")
    assert _lines(tmp_path / "history") == ["call m f ?"]


def test_where_no_file_can_be_made_history_stays_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    notices: list[str] = []
    history = open_history(tmp_path / "file" / "history", notices.append)
    assert isinstance(history, InMemoryHistory)
    assert len(notices) == 1
    assert notices[0].startswith(f"the history is not kept: {tmp_path / 'file' / 'history'}: ")


def test_a_file_that_cannot_be_written_any_more_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history"
    notices: list[str] = []
    history = open_history(path, notices.append)
    path.unlink()
    path.parent.rmdir()
    history.append_string("first")
    history.append_string("second")
    assert notices == [f"the history is not kept: {path}: No such file or directory"]
    assert history.get_strings()[-2:] == ["first", "second"]


def test_of_a_huge_file_the_latest_commands_are_there(tmp_path: Path) -> None:
    path = tmp_path / "history"
    entry = b"\n# 2026-01-01 00:00:00\n+call m f [\n+1]\n"
    path.write_bytes(b"\n+" + b"x" * (8 << 20) + b"\n" + entry * 3 + b"\n# 2026\n+i\n")
    assert _lines(path) == ["i", *["call m f [\n1]"] * 3]


@pytest.mark.parametrize(
    "rubbish", [bytes(100_000), bytes(range(256)) * 40, b"+", b"\n+\n", b"\n+\xff\xfe\n+\xc3"]
)
def test_rubbish_in_the_file_does_no_harm(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "history"
    path.write_bytes(rubbish)
    open_history(path, pytest.fail).store_string("i")
    assert _lines(path)[0] == "i"


def test_of_what_is_no_file_nothing_is_read(tmp_path: Path) -> None:
    notices: list[str] = []
    endless = tmp_path / "endless"
    endless.symlink_to("/dev/zero")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    directory = tmp_path / "directory"
    directory.mkdir()
    for path in (endless, pipe, directory):
        assert isinstance(open_history(path, notices.append), InMemoryHistory)
    reasons = ["it is no ordinary file", "it is no ordinary file", "Is a directory"]
    assert [notice.rpartition(": ")[2] for notice in notices] == reasons


def test_a_user_may_want_no_history() -> None:
    assert isinstance(open_history(Path(os.devnull), pytest.fail), InMemoryHistory)
