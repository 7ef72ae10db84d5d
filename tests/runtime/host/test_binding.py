"""What goes wrong between a host function and the module that calls it is said with both names."""

import json
from collections.abc import Callable, Iterator

import pytest

from runtime.errors import AdapterError, HostFunctionError
from runtime.host.binding import bind
from runtime.host.function import HostFunction
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
)
from runtime.linked_module import LinkedModule
from tests.support.homes import instantiate
from tests.support.modules import ABI

POINT = RecordType("Point", (Field("x", Scalar.U8), Field("name", Scalar.STRING)))


@pytest.fixture
def home() -> Iterator[LinkedModule]:
    made, close = instantiate()
    yield made
    close()


def giving(result_type: InterfaceType, result: InterfaceValue) -> HostFunction:
    return HostFunction("f", (), result_type, lambda: result)


@pytest.mark.parametrize(
    ("result_type", "result"),
    [
        (POINT, (300, "x")),
        (POINT, (1,)),
        (POINT, ("x", 1)),
        (POINT, None),
        (ArrayType(Scalar.U16), [70_000]),
        (ArrayType(Scalar.S32), ["x"]),
        (Scalar.STRING, 5),
        (Scalar.U8, 256),
        (Scalar.F64, "x"),
    ],
)
def test_a_result_that_does_not_fit_its_type_is_the_host_functions_error(
    home: LinkedModule, result_type: InterfaceType, result: InterfaceValue
) -> None:
    with pytest.raises(HostFunctionError, match="m calls host function f, whose result is no") as e:
        bind(giving(result_type, result), home)()
    assert (e.value.module, e.value.function) == ("m", "f")


def test_a_result_that_the_module_has_no_memory_for_is_an_error_with_its_place() -> None:
    broken = ABI.replace("(if (i32.eqz (local.get $size)) (then", "(if (i32.const 1) (then")
    home, close = instantiate(abi=broken)
    with pytest.raises(AdapterError, match=r"m calls host function f: .* null pointer for 5 bytes"):
        bind(giving(Scalar.STRING, "hello"), home)()
    close()


def test_an_argument_that_cannot_be_lifted_goes_to_the_error_handler(home: LinkedModule) -> None:
    errors: list[str] = []

    def on_lift_error(error: Exception) -> InterfaceValue:
        errors.append(str(error))
        return 7

    function = HostFunction("f", (Scalar.STRING,), Scalar.S32, lambda _: 1, on_lift_error)
    call = bind(function, home)
    assert call(0, 0) == 1
    assert call(-1, 1) == 7
    assert "lie outside the module's memory" in errors[0]


def _fails(*_arguments: object) -> InterfaceValue:
    raise KeyError("lost")


def _uses_what_fails(*_arguments: object) -> InterfaceValue:
    return int(json.loads("[1"))


@pytest.mark.parametrize(
    ("implementation", "ending"),
    [
        (_fails, f"'lost'\n  at test_binding.py, line {_fails.__code__.co_firstlineno + 1}"),
        (
            _uses_what_fails,
            f"\n  at test_binding.py, line {_uses_what_fails.__code__.co_firstlineno + 1}",
        ),
        ({}.__getitem__, "KeyError: 0"),
    ],
    ids=["itself", "what it uses", "in C"],
)
def test_the_line_at_which_a_host_function_failed_is_said(
    home: LinkedModule, implementation: Callable[..., InterfaceValue], ending: str
) -> None:
    call = bind(HostFunction("f", (Scalar.U8,), None, implementation), home)
    with pytest.raises(HostFunctionError) as raised:
        call(0)
    assert raised.value.message.endswith(ending)


@pytest.mark.parametrize("pointer", [0, -1], ids=["implementation", "error handler"])
def test_what_python_raises_is_a_host_function_error(home: LinkedModule, pointer: int) -> None:
    call = bind(HostFunction("f", (Scalar.STRING,), None, _fails, _fails), home)
    with pytest.raises(HostFunctionError, match="f, which failed: KeyError: 'lost'") as raised:
        call(pointer, 1)
    assert isinstance(raised.value.__cause__, KeyError)


def test_numbers_need_no_memory_of_the_module() -> None:
    home, close = instantiate(abi="")
    function = HostFunction("f", (Scalar.U32, Scalar.F64), Scalar.U32, lambda a, b: a + int(b))
    assert bind(function, home)(-1, 0.0) == -1
    close()
