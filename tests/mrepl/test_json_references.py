from pathlib import Path

import pytest

from mrepl.json_references import resolve_references
from mrepl.usage import UsageError
from tests.support.paths import FIXTURES
from tests.support.program import run_mrepl

ARRAYS = str(FIXTURES / "arrays" / "Config.toml")
GREETING = str(FIXTURES / "greeting" / "Config.toml")


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("_", '{"a":1}'),
        ("[_, [_]]", '[{"a":1}, [{"a":1}]]'),
        ('{"x":_}', '{"x":{"a":1}}'),
        ('["_", "a\\"_", _]', '["_", "a\\"_", {"a":1}]'),
        ("[a_b, __, _1]", "[a_b, __, _1]"),
        ('["_', '["_'),
    ],
)
def test_an_underscore_outside_of_strings_is_the_last_result(text: str, resolved: str) -> None:
    assert resolve_references(text, '{"a":1}') == resolved


def test_without_a_result_an_underscore_is_refused() -> None:
    with pytest.raises(UsageError, match="no call has given one yet"):
        resolve_references("[_]", None)


def test_a_file_gives_its_text(tmp_path: Path) -> None:
    path = tmp_path / "my arguments.json"
    path.write_text('\ufeff["a_", "_"]\n', encoding="utf-8")
    assert resolve_references(f'@"{path}"', '"x"') == '["a_", "_"]\n'


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (None, "a.json cannot be read: No such file or directory"),
        (b"\xff", "a.json cannot be read: 'utf-8' codec can't decode byte 0xff"),
        (b"[1,", "a.json is no JSON: "),
        (b"", "a.json is no JSON: "),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(
    tmp_path: Path, contents: bytes | None, message: str
) -> None:
    path = tmp_path / "a.json"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(UsageError) as caught:
        resolve_references(f"@{path}", None)
    assert f"@{path.parent}/{message}" in str(caught.value)


def test_a_path_of_any_length_is_told_in_a_few_lines() -> None:
    with pytest.raises(UsageError) as caught:
        resolve_references(f"@{'x' * 100_000}", None)
    assert "cannot be read" in str(caught.value)
    assert len(str(caught.value)) < 1_000


def test_the_home_of_nobody_is_told_like_any_missing_file() -> None:
    with pytest.raises(UsageError, match="@~nobody-has-this-name/a cannot be read: No such file"):
        resolve_references("@~nobody-has-this-name/a", None)


def test_a_file_needs_a_name() -> None:
    with pytest.raises(UsageError, match="after `@` stands the path of a file"):
        resolve_references("@", None)


def test_results_go_into_the_next_call(tmp_path: Path) -> None:
    path = tmp_path / "names.json"
    path.write_text('["you"]', encoding="utf-8")
    done = run_mrepl(
        *("-q", GREETING),
        *("-c", f"call greeting greeting @{path}"),
        *("-c", "call greeting greeting [_]"),
        *("-c", "call greeting greeting _"),
        *("-c", "_"),
    )
    results = [line for line in done.stdout.splitlines() if line.startswith("result")]
    assert results == [
        'result: "Hi, you"',
        'result: "Hi, Hi, you"',
        'result: "Hi, Hi, Hi, you"',
        'result: "Hi, Hi, Hi, you"',
    ]


def test_there_is_nothing_to_show_before_the_first_call() -> None:
    done = run_mrepl("-q", "-c", "show")
    assert (done.returncode, done.stderr) == (1, "no call has given a result yet\n\n")
