"""`mrepl --host file.py`: host functions from files of Python."""

import sys
from pathlib import Path

import pytest

from mrepl.cli import main
from mrepl.host_files import HostFileError, load_host_files
from tests.support.paths import FIXTURES
from tests.support.program import json_objects, run_mrepl

SHOP = FIXTURES / "shop"
CONFIG = str(SHOP / "Config.toml")
PRICES = str(SHOP / "prices.py")
LEDGER = f"load ledger {SHOP / 'artifacts' / 'ledger.wasm'}"
ENTER = 'call ledger enter [[["tea", 1, 250], ["cake", 6, 1]]]'

SALES = '''
"""Takes sales of less than five."""
from __future__ import annotations
from dataclasses import dataclass
from runtime import U32, U64, host_function

@dataclass
class Sale:
    item: str
    count: U32
    total: U64

@host_function
def record_sale(sale: Sale) -> bool:
    return sale.count < 5
'''


@pytest.fixture(autouse=True)
def _own_search_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])


def file(directory: Path, text: str, name: str = "host.py") -> str:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_modules_of_the_config_import_functions_of_the_file() -> None:
    done = run_mrepl("-q", "--json", CONFIG, "--host", PRICES, "-c", 'call shop sell ["tea", 2]')
    assert done.returncode == 0, done.stderr
    result = {"item": "tea", "count": 2, "total": 500}
    assert json_objects(done.stdout)[-1]["result"] == result


def test_modules_that_are_loaded_later_or_anew_and_other_services_have_them_too(
    tmp_path: Path,
) -> None:
    sales = file(tmp_path, SALES)
    lines = [LEDGER, ENTER, "reload ledger", ENTER, "new", LEDGER, ENTER]
    commands = [part for line in lines for part in ("-c", line)]
    done = run_mrepl("--json", CONFIG, "--host", PRICES, "--host", sales, *commands)
    assert done.returncode == 0, done.stderr
    results = [each["result"] for each in json_objects(done.stdout) if each["command"] == ENTER]
    assert results == [250, 250, 250]


def test_a_variable_says_which_functions_there_are_for_which_module(tmp_path: Path) -> None:
    text = f"{SALES}\nhost_functions = {{'ledger': [record_sale], 'shp': []}}\n"
    script = ["-c", LEDGER, "-c", ENTER]
    sales = file(tmp_path, text)
    done = run_mrepl(CONFIG, "-q", "--host", PRICES, "--host", sales, *script)
    assert "no module 'shp' is in the config; did you mean 'shop'?" in done.stderr
    assert done.stdout.startswith("module successfully loaded")
    assert "result: 250\n" in done.stdout


def test_an_error_of_a_host_function_is_told_with_its_name_and_line() -> None:
    done = run_mrepl("-q", CONFIG, "--host", PRICES, "-c", 'call shop sell ["gold", 2]')
    assert done.returncode == 1
    failure = "call failed with: shop calls host function price_of, which failed: KeyError: 'gold'"
    assert done.stderr.splitlines()[:2] == [failure, "  at prices.py, line 11"]


def test_a_host_function_that_exits_ends_its_call_and_not_the_session(tmp_path: Path) -> None:
    text = """
import sys
from runtime import U32, host_function

@host_function
def price_of(item: str) -> U32:
    sys.exit(4)
"""
    call = 'call shop sell ["tea", 2]'
    host = file(tmp_path, text)
    done = run_mrepl("-q", "--keep-going", CONFIG, "--host", host, "-c", call, "-c", "stats")
    assert done.returncode == 1
    failure = "call failed with: a host function asked Python to exit, with 4; only its call ends"
    assert done.stderr.splitlines()[:2] == [failure, "  at host.py, line 7"]
    assert "engine: fused" in done.stdout


def test_a_trace_shows_host_functions_with_records(tmp_path: Path) -> None:
    trace = f"trace{ENTER.removeprefix('call')}"
    host = ("--host", PRICES, "--host", file(tmp_path, SALES))
    done = run_mrepl("-q", CONFIG, *host, "-c", LEDGER, "-c", trace)
    assert 'host host.record_sale({"tea", 1, 250}) → true' in done.stdout
    assert 'host host.record_sale({"cake", 6, 1}) → false' in done.stdout


def test_the_help_has_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert "--host FILE.py" in text
    assert "mrepl --host prices.py Config.toml" in text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x = (", ", line 1: SyntaxError: '(' was never closed"),
        ("x = '\0'", ": "),
        (
            "import os\n\ndef f():\n    1 / 0\n\nf()",
            ", line 4: ZeroDivisionError: division by zero",
        ),
        ("import json\njson.loads('')", ", line 2: JSONDecodeError: Expecting value"),
        ("import no_such_module", ", line 1: ModuleNotFoundError: No module named 'no_such_modu"),
        ("raise SystemExit(3)", ", line 1: SystemExit: 3"),
        ("assert False", ", line 1: AssertionError"),
        (
            "from runtime import host_function\n\n@host_function\ndef f(x: set): ...",
            ", line 3: host function f: parameter 'x': set is no interface type",
        ),
        (
            "def f(): ...",
            (
                " defines no host functions: expected functions decorated with @host_function, or "
                "a variable host_functions"
            ),
        ),
        ("host_functions = 5", ": host_functions: expected a sequence of host functions, got 5"),
        ("host_functions = [print]", ": host_functions[0]: expected a host function, got the func"),
    ],
)
def test_a_file_that_gives_no_host_functions_is_refused_with_the_line(
    text: str, problem: str, tmp_path: Path
) -> None:
    path = file(tmp_path, text)
    with pytest.raises(HostFileError) as raised:
        load_host_files([path])
    assert str(raised.value).startswith(f'"{path}"{problem}')


def test_it_is_an_error_of_usage(tmp_path: Path) -> None:
    done = run_mrepl(CONFIG, "--host", str(tmp_path / "nope.py"))
    assert (done.returncode, done.stdout) == (2, "")
    line = f'mrepl: error: argument --host: "{tmp_path}/nope.py": no such file or directory'
    assert done.stderr.splitlines()[-1] == line
    assert "Traceback" not in done.stderr


def test_two_files_cannot_offer_the_same_function() -> None:
    with pytest.raises(HostFileError, match="two functions are named price_of in the namespace"):
        load_host_files([PRICES, PRICES])


def test_a_function_with_two_names_in_the_file_is_offered_once(tmp_path: Path) -> None:
    path = file(tmp_path, f"{SALES}\nanother_name = record_sale\n")
    functions = load_host_files([path])
    assert isinstance(functions, dict)
    assert [each.name for each in functions["*"]] == ["record_sale"]


def test_the_variable_may_be_an_iterator(tmp_path: Path) -> None:
    path = file(tmp_path, f"{SALES}\nhost_functions = (each for each in [record_sale])\n")
    functions = load_host_files([path])
    assert isinstance(functions, dict)
    assert [each.name for each in functions["*"]] == ["record_sale"]


def test_modules_beside_the_file_can_be_imported(tmp_path: Path) -> None:
    file(tmp_path, SALES, "beside_the_host_file.py")
    path = file(tmp_path, "from beside_the_host_file import record_sale\n")
    assert load_host_files([path])
