"""Every exception of wasmtime has its translation."""

import inspect

import pytest
import wasmtime

from runtime.engine.failures import TRAP_TEXTS, last_cause, marine_error
from runtime.errors import Trap

OF_COMPONENTS_AND_ASYNC = {
    "CANNOT_ENTER_COMPONENT", "NO_ASYNC_RESULT", "UNHANDLED_TAG", "CONTINUATION_ALREADY_CONSUMED",
    "DISABLED_OPCODE", "ASYNC_DEADLOCK", "CANNOT_LEAVE_COMPONENT", "CANNOT_BLOCK_SYNC_TASK",
    "INVALID_CHAR", "DEBUG_ASSERT_STRING_ENCODING_FINISHED", "DEBUG_ASSERT_EQUAL_CODE_UNITS",
    "DEBUG_ASSERT_POINTER_ALIGNED", "DEBUG_ASSERT_UPPER_BITS_UNSET", "STRING_OUT_OF_BOUNDS",
    "LIST_OUT_OF_BOUNDS", "INVALID_DISCRIMINANT", "UNALIGNED_POINTER", "TASK_CANCEL_NOT_CANCELLED",
    "TASK_CANCEL_OR_RETURN_TWICE", "SUBTASK_CANCEL_AFTER_TERMINAL", "TASK_RETURN_INVALID",
    "WAITABLE_SET_DROP_HAS_WAITERS", "SUBTASK_DROP_NOT_RESOLVED",
    "THREAD_NEW_INDIRECT_INVALID_TYPE", "THREAD_NEW_INDIRECT_UNINITIALIZED",
    "BACKPRESSURE_OVERFLOW", "UNSUPPORTED_CALLBACK_CODE",
    "CANNOT_RESUME_THREAD", "CONCURRENT_FUTURE_STREAM_OP", "REFERENCE_COUNT_OVERFLOW",
    "STREAM_OP_TOO_BIG", "WAITABLE_SYNC_AND_ASYNC",
}  # fmt: skip


def test_every_trap_code_of_core_modules_has_a_text() -> None:
    without_text = {code.name for code in wasmtime.TrapCode if code not in TRAP_TEXTS}
    assert without_text == OF_COMPONENTS_AND_ASYNC


def test_wasmtime_has_no_exception_that_the_border_does_not_know() -> None:
    exceptions = {
        name
        for name, value in inspect.getmembers(wasmtime, inspect.isclass)
        if issubclass(value, BaseException)
    }
    assert exceptions == {"Trap", "WasmtimeError", "ExitTrap"}


@pytest.mark.parametrize("failure", [wasmtime.Trap("odd"), wasmtime.WasmtimeError("odd: ")])
def test_a_failure_becomes_a_trap_that_names_module_and_function(failure: Exception) -> None:
    translated = marine_error(failure, module="facade", function="get", doing="facade.get")
    assert isinstance(translated, Trap)
    assert (translated.module, translated.function) == ("facade", "get")
    assert "facade.get" in translated.message
    assert "odd" in translated.message


@pytest.mark.parametrize("causes", ["    0: first\n    1: second", "    first"])
def test_an_error_with_causes_is_told_by_the_first(causes: str) -> None:
    failure = wasmtime.WasmtimeError(
        f"error while executing at wasm backtrace:\n    0: 0x1 - m!f\n\nCaused by:\n{causes}\n"
    )
    translated = marine_error(failure, module="m", function="f", doing="m.f")
    assert isinstance(translated, Trap)
    assert (translated.message, translated.trap) == ("m.f: first", "first")


@pytest.mark.parametrize(
    "message",
    [
        "cannot compile\n\nCaused by:\n    0: translation error\n    1: the type is wrong\n",
        "cannot compile\n\nCaused by:\n    the type is wrong\n",
        "the type is wrong:\n    --> somewhere",
    ],
)
def test_a_refusal_is_told_by_its_last_cause(message: str) -> None:
    assert last_cause(message) == "the type is wrong"


def test_what_is_not_wasmtimes_stays_as_it_is() -> None:
    failure = KeyboardInterrupt()
    assert marine_error(failure, module="m", function="f", doing="m.f") is failure
