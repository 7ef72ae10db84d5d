"""Errors keep all they say when they are passed to another process."""

import pickle

import pytest

from runtime import (
    AdapterError,
    ArgumentProblem,
    ArgumentsError,
    InterfaceError,
    MarineError,
    MemoryLimitExceeded,
    NoSuchModule,
    TextError,
    Trap,
    ValidationError,
    WasmFrame,
)


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
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)
