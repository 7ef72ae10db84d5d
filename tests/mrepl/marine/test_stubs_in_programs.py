"""What `marine stubs` writes, as programs use it and as type checkers read it."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from runtime import CallError, Service
from tests.support.marine import marine
from tests.support.modules import ABI, function_item, module
from tests.support.paths import FIXTURES, PROJECT
from tests.support.versions import write_modules

CONFIGS = sorted(FIXTURES.glob("*/Config.toml"))
STARTABLE = [
    config for config in CONFIGS if config.parent.name != "shop"
]  # it needs a host's prices

RIGHT = """\
from arrays_types import Branch, Leaf
from arrays_types import modules_of as arrays_modules_of
from records_types import TestRecord0, TestRecord1, modules_of

from runtime import Service


def numbers(service: Service) -> list[int]:
    modules = modules_of(service, call_parameters={"tetraplets": []}, timeout=1.5)
    record = TestRecord1(field_0=2, field_1="a", field_2=b"b", test_record_0=TestRecord0(40))
    several = modules.records_passing_pure.test_record_array(test_record=(record, record))
    return [each.test_record_0.field_0 for each in several]


def size(service: Service) -> int:
    arrays = arrays_modules_of(service).arrays
    leaf = Leaf(flag=True, label="leaf", small=-1)
    bytes_given: bytes = arrays.echo_array_u8(bytearray(b"abc"))
    branch: Branch = arrays.assemble(1, [2, 3], ("a", "b"), b"abc", [[1], (2,)], leaf, [leaf])
    wide: list[float] = arrays.echo_array_f64([1, 2.5])
    return len(branch.bytes) + len(bytes_given) + len(wide)
"""

WRONG = """\
from arrays_types import Leaf
from greeting_types import modules_of
from records_types import TestRecord0
from records_types import modules_of as records_modules_of

from runtime import Service


def mistakes(service: Service) -> None:
    modules = modules_of(service)
    modules.greeting.greeting(1)  # wrong
    modules.greeting.greeting()  # wrong
    modules.greeting.greeting(nam="John")  # wrong
    modules.greeting.greet("John")  # wrong
    modules.greetings.greeting("John")  # wrong
    number: int = modules.greeting.greeting("John")  # wrong
    records = records_modules_of(service).records_passing_pure
    records.test_record_ref(TestRecord0(1))  # wrong
    TestRecord0("1")  # wrong
    records.invoke().field_13  # wrong
    Leaf(True, "leaf", number).flag = False  # wrong
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the types of all fixtures, a right program and a wrong one."""
    directory = tmp_path_factory.mktemp("programs")
    for config in CONFIGS:
        name = f"{config.parent.name.replace('-', '_')}_types.py"
        assert marine("stubs", config, "-o", directory / name).status == 0
    (directory / "right.py").write_text(RIGHT)
    (directory / "wrong.py").write_text(WRONG)
    return directory


def _lines_with_mistakes() -> list[tuple[str, int]]:
    lines = WRONG.splitlines()
    return [("wrong.py", number) for number, line in enumerate(lines, 1) if "# wrong" in line]


def test_mypy_accepts_the_types_and_finds_the_mistakes_of_programs(programs: Path) -> None:
    pytest.importorskip("mypy")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-version=3.11"),
            *("--follow-imports=silent", "--output=json", f"--cache-dir={programs / 'cache'}"),
            *(path.name for path in sorted(programs.glob("*.py"))),
        ],
        capture_output=True,
        text=True,
        cwd=programs,
        env={"MYPYPATH": str(PROJECT)},
        timeout=300,
        check=False,
    )
    errors = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = {(each["file"], each["line"]): each["message"] for each in errors}
    assert sorted(found) == _lines_with_mistakes(), f"{done.stdout}{done.stderr}"


def test_pyright_accepts_the_types_and_finds_the_mistakes_of_programs(programs: Path) -> None:
    if find_spec("basedpyright") is None:
        pytest.skip("basedpyright is not installed")
    settings = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(PROJECT)],
        "reportUnusedExpression": False,  # of `wrong.py`
    }
    (programs / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, "."],
        capture_output=True,
        text=True,
        cwd=programs,
        timeout=300,
        check=False,
    )
    found = {
        (Path(each["file"]).name, each["range"]["start"]["line"] + 1)
        for each in json.loads(done.stdout)["generalDiagnostics"]
    }
    assert sorted(found) == _lines_with_mistakes(), done.stdout


def test_ruff_finds_the_types_formatted(programs: Path, tmp_path: Path) -> None:
    pytest.importorskip("ruff")
    for path in programs.glob("*_types.py"):
        (tmp_path / path.name).write_text(path.read_text().replace("# fmt: off\n", ""))
    for arguments in (
        ["format", "--check", "--isolated", "--line-length=100", str(tmp_path)],
        ["check", "--isolated", "--select=ALL", str(programs), "--exclude=right.py,wrong.py"],
        ["format", "--check", "--isolated", "--line-length=60", *_types(programs)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def _types(programs: Path) -> list[str]:
    return [str(path) for path in programs.glob("*_types.py")]


@pytest.fixture
def imported(programs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The types of the fixture `records`."""
    monkeypatch.syspath_prepend(programs)
    yield importlib.import_module("records_types")
    del sys.modules["records_types"]


def test_calls_take_and_give_the_classes_of_the_file(imported: ModuleType) -> None:
    with Service.from_config(FIXTURES / "records" / "Config.toml") as service:
        pure = imported.modules_of(service).records_passing_pure
        record = imported.TestRecord1(2, "a", b"\1\2", imported.TestRecord0(40))
        assert pure.test_record_ref(record) == imported.TestRecord0(42)
        assert type(pure.invoke()) is imported.TestRecord
        assert [type(each) for each in pure.test_record_array([record])] == [imported.TestRecord1]


@pytest.mark.parametrize("config", STARTABLE, ids=lambda path: path.parent.name)
def test_the_types_of_every_fixture_fit_its_service(
    config: Path, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(programs)
    types = importlib.import_module(f"{config.parent.name.replace('-', '_')}_types")
    with Service.from_config(config) as service:
        modules = types.modules_of(service)
        protocols = {
            name: getattr(types, prop.fget.__annotations__["return"])
            for name, prop in vars(types.Modules).items()
            if isinstance(prop, property)
        }
        assert sorted(protocols) == dir(modules)
        for name, protocol in protocols.items():
            for function in vars(protocol):
                if not function.startswith("_"):
                    assert callable(getattr(getattr(modules, name), function))


def test_a_service_whose_records_have_changed_is_refused(
    imported: ModuleType, tmp_path: Path
) -> None:
    wasm = (FIXTURES / "greeting" / "artifacts" / "greeting.wasm").read_bytes()
    config = write_modules(tmp_path, records_passing_effector=wasm, records_passing_pure=wasm)
    with Service.from_config(config) as service, pytest.raises(CallError, match="TestRecord"):
        imported.modules_of(service)


def test_names_that_python_does_not_take_are_called_by_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wat = f"""(module {ABI} (func (export "class") (param i32 i32) (result i32)
      (i32.sub (local.get 0) (local.get 1))))"""
    items = [function_item("class", [("self", "I32"), ("import", "I32")], "I32")]
    config = write_modules(tmp_path, **{"my-module": module(wat, items)})
    assert marine("stubs", config, "-o", tmp_path / "odd_types.py").status == 0
    monkeypatch.syspath_prepend(tmp_path)
    types = importlib.import_module("odd_types")
    with Service.from_config(config) as service:
        modules = types.modules_of(service)
        assert modules.my_module.class_(self=3, import_=2) == 1
