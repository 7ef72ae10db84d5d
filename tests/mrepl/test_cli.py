import tomllib
from pathlib import Path

import pytest

from mrepl import __version__
from mrepl.cli import main
from runtime import Engine
from tests.support.paths import PROJECT


def _usage_error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main([*arguments])
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == __version__


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_version_prints_and_ends(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([option])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"mrepl {__version__}\n"


def test_help_names_every_option_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    options = ["CONFIG", "-q", "-w", "-c", "--json", "--timeout", "--engine", "--style", "-V", "-h"]
    assert all(option in text for option in (*options, "--keep-going", "--strict"))
    assert "mrepl Config.toml -c 'call greeting greeting [\"John\"]'" in text


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_limit_is_a_number_above_zero(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    message = f"argument --timeout: '{seconds}' is no number of seconds above 0"
    assert message in _usage_error(capsys, f"--timeout={seconds}")


def test_a_missing_working_directory_is_refused_even_for_an_empty_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = _usage_error(capsys, "-w", str(tmp_path / "nope"))
    assert message.endswith(
        f'argument -w/--working-dir: "{tmp_path}/nope": no such file or directory; expected a '
        "directory\n"
    )


def test_a_file_is_no_working_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert "is a file, not a directory" in _usage_error(capsys, "-w", str(tmp_path / "file"))


@pytest.mark.parametrize(
    ("name", "near"), [("fusd", "; did you mean 'fused'?"), ("INTERP", "; did you mean 'interp'?")]
)
def test_another_engine_is_refused_with_those_that_exist(
    name: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    known = ", ".join(Engine)
    message = _usage_error(capsys, "--engine", name)
    assert message.endswith(
        f"argument --engine: invalid choice: '{name}'{near} (choose from {known})\n"
    )


@pytest.mark.parametrize(
    ("given", "near"),
    [("--stlye=debug", "--style"), ("--watchh", "--watch"), ("--time-out=3", "--timeout")],
)
def test_an_unknown_option_is_named_with_a_near_one(
    given: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    message = _usage_error(capsys, given)
    assert message.endswith(f"unrecognized arguments: {given}; did you mean '{near}'?\n")


@pytest.mark.parametrize("arguments", [("--colour",), ("a.toml", "b.toml")])
def test_wrong_usage_is_explained(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    message = _usage_error(capsys, *arguments)
    assert message.startswith("usage: mrepl ")
    assert arguments[-1] in message


@pytest.mark.parametrize(
    "arguments", [("--style", "xml"), ("--host", "no.py"), ("--timeout", "0"), ("-w", "no")]
)
def test_a_wrong_argument_of_an_option_takes_one_line(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    message = _usage_error(capsys, *arguments)
    assert message.startswith("mrepl: error: argument ")
    assert message.count("\n") == 1
    assert arguments[-1] in message
