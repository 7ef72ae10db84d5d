"""Errors keep all they say when they are passed to another process."""

import pickle
from pathlib import Path

import pytest

from runtime import (
    AdapterError,
    ArgumentProblem,
    ArgumentsError,
    InterfaceError,
    MarineError,
    MemoryLimitExceeded,
    NoSuchModule,
    Service,
    TextError,
    Trap,
    ValidationError,
    WasmFrame,
)
from runtime.interface.custom_sections import with_custom_section
from tests.support.running import GREETING


@pytest.mark.parametrize(
    "error",
    [
        NoSuchModule("no module", module="m"),
        InterfaceError("corrupted", module="m", offset=3),
        TextError("line 1, column 2: found x", line=1, column=2),
        ValidationError("found x", module="m", function="f", instruction=2),
        ArgumentsError("wrong", problems=(ArgumentProblem("args[0]", "expected u8"),)),
        Trap("trapped", trap="unreachable", backtrace=(WasmFrame("m", "f", 0, 1),)),
        AdapterError("bad pointer", instruction="string.lift_memory"),
        MemoryLimitExceeded("out of memory", limit=10, rejected=2, module="m", function="f"),
    ],
    ids=lambda error: error.kind,
)
def test_an_error_comes_out_of_a_pickle_as_it_went_in(error: MarineError) -> None:
    error.message += ", and more"
    assert str(error).endswith(", and more")
    assert repr(error) == f"{error.kind}({error.message!r})"
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert copy.args == error.args
    assert str(copy) == str(error)


@pytest.mark.parametrize("name", ["m", "__fluence_sdk_version"])
def test_what_is_wrong_in_a_file_is_told_with_module_and_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "m.wasm"
    path.write_bytes(with_custom_section(GREETING.read_bytes(), "__fluence_sdk_version", b"\xff"))
    with Service() as service, pytest.raises(InterfaceError) as raised:
        service.load(name, path)
    assert raised.value.module == name
    assert raised.value.message.startswith(f"module {name!r} ({path}): malformed ")
    assert raised.value.args == (raised.value.message,)
