"""`interface` with patterns of names, and with the types that functions take or give."""

from collections.abc import Iterator

import pytest

from mrepl.name_patterns import matching
from mrepl.shell import Shell
from tests.support.paths import FIXTURES
from tests.support.shells import text_shell

RECORDS = FIXTURES / "records" / "Config.toml"
NODE = FIXTURES / "ipfs-node" / "Config.toml"


@pytest.fixture(scope="module")
def node() -> Iterator[Shell]:
    with text_shell(NODE) as shell:
        yield shell


def functions(shell: Shell, capsys: pytest.CaptureFixture[str], line: str) -> list[str]:
    """The functions that a command lists, each with its module."""
    capsys.readouterr()
    assert shell.run(line).ok
    found, module = [], ""
    for text in capsys.readouterr().out.splitlines():
        if text.startswith("  fn "):
            found.append(f"{module}.{text[5:].partition('(')[0]}")
        elif text.endswith(":"):
            module = text[:-1]
    return found


def problem(shell: Shell, capsys: pytest.CaptureFixture[str], line: str) -> str:
    capsys.readouterr()
    assert not shell.run(line).ok
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("i ipfs_p*", ["ipfs_pure.invoke", "ipfs_pure.put", "ipfs_pure.get"]),
        (
            "i * get*",
            ["ipfs_effector.get", "ipfs_effector.get_address", "ipfs_pure.get"],
        ),
        ("i * g?t", ["ipfs_effector.get", "ipfs_pure.get"]),
        ("i ipfs_pure *", ["ipfs_pure.invoke", "ipfs_pure.put", "ipfs_pure.get"]),
        ("i ipfs_?ure get", ["ipfs_pure.get"]),
        ("i * invoke", ["ipfs_pure.invoke"]),
        ("i --type []u8", ["ipfs_pure.put", "ipfs_pure.get"]),
        ("i --type u8", ["ipfs_pure.put", "ipfs_pure.get"]),
        ("i * get* --type u8", ["ipfs_pure.get"]),
    ],
)
def test_what_is_chosen_is_listed(
    node: Shell, capsys: pytest.CaptureFixture[str], line: str, found: list[str]
) -> None:
    assert sorted(functions(node, capsys, line)) == sorted(found)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("i ipfs_puer", "no module 'ipfs_puer' is loaded; did you mean 'ipfs_pure'? (loaded: "),
        ("i ipfs_pure putt", "no public function 'putt'; did you mean 'put'? (it has: "),
        ("i x*", "no module matches 'x*' (loaded: ipfs_effector, ipfs_pure)"),
        ("i ipfs_pure x*", "no public function matches 'x*' (there are: "),
        ("i * gett", "no public function matches 'gett'; did you mean 'get'? (there are: "),
        ("i --type strong", "gives the type 'strong'; did you mean 'string'? (the types: "),
        ("i --type f64", "no function takes or gives the type 'f64' (the types: "),
    ],
)
def test_what_is_not_there_is_told_with_what_is(
    node: Shell, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    assert message in problem(node, capsys, line)


def test_a_filter_leaves_only_the_records_that_the_functions_need(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with text_shell(RECORDS) as shell:
        shell.run("i * test_record_ref --type TestRecord0")
    shown = capsys.readouterr().out
    assert "  fn test_record_ref(test_record: TestRecord1) -> TestRecord0\n" in shown
    assert [line for line in shown.splitlines() if line.startswith("data ")] == [
        "data TestRecord0:",
        "data TestRecord1:",
    ]


def test_an_empty_service_has_no_types(capsys: pytest.CaptureFixture[str]) -> None:
    with text_shell(None) as shell:
        assert "(the types: none)" in problem(shell, capsys, "i --type string")
        assert "(loaded: none)" in problem(shell, capsys, "i x*")


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*", ["a.b", "ab", "a*b"]),
        ("a?b", ["a.b", "a*b"]),
        ("a.b", ["a.b"]),
        ("a*", ["a.b", "ab", "a*b"]),
        ("?", []),
        ("", []),
        ("*[b]", []),
    ],
)
def test_a_pattern_stands_for_whole_names(pattern: str, names: list[str]) -> None:
    assert matching(pattern, ["a.b", "ab", "a*b"]) == names
