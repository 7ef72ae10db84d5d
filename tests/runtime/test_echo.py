"""Random values of every type come back unchanged from the fixture `arrays`.

Its facade passes every value on to a second module and back, so each is lifted and lowered four
times; the values go in and come out as JSON and as Python values.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import FunctionInterface, Service, parse_json
from tests.support.paths import FIXTURES
from tests.support.results import result_to_json, result_to_python
from tests.support.values import values_of


@pytest.fixture(scope="module")
def arrays() -> Iterator[Service]:
    with Service.from_config(FIXTURES / "arrays" / "Config.toml") as service:
        yield service


def echoes() -> list[FunctionInterface]:
    """The functions of the facade that give back their one argument."""
    with Service.from_config(FIXTURES / "arrays" / "Config.toml") as service:
        facade = service.interface()[-1]
    return [function for function in facade.functions if function.name.startswith("echo_")]


ECHOES = echoes()


def test_there_is_an_echo_of_every_scalar_alone_in_arrays_and_in_nested_arrays() -> None:
    integers = [f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64)]
    scalars = ["bool", *integers, "f32", "f64", "string"]
    names = {function.name for function in ECHOES}
    for kind in ("echo_", "echo_array_", "echo_nested_"):
        assert {kind + scalar for scalar in scalars} <= names
    assert {"echo_record", "echo_array_record", "echo_nested_leaf", "echo_deep_u8"} <= names


@pytest.mark.parametrize("echo", ECHOES, ids=lambda echo: echo.name)
def test_a_value_crosses_two_modules_and_comes_back(
    arrays: Service, echo: FunctionInterface
) -> None:
    result_type = echo.signature.result
    assert result_type is not None

    @given(st.data())
    def check(data: st.DataObject) -> None:
        in_json = result_to_json(result_type, data.draw(values_of(result_type, infinities=False)))
        in_python = result_to_python(result_type, data.draw(values_of(result_type)))
        assert arrays.call_json("arrays", echo.name, [in_json]) == in_json
        assert arrays.call("arrays", echo.name, {"value": in_python}) == in_python

    check()


@pytest.mark.parametrize("empty", ["echo_array_u8", "echo_array_string", "echo_array_record"])
def test_empty_arrays_stay_empty(arrays: Service, empty: str) -> None:
    assert arrays.call_json("arrays", empty, [[]]) == []


def test_many_arguments_become_one_record(arrays: Service) -> None:
    arguments = parse_json(
        '{"number": 4294967295, "numbers": [0, 18446744073709551615], "names": ["", "ż"],'
        ' "bytes": [0, 255], "grid": [[], [-32768, 32767]],'
        ' "leaf": {"flag": true, "label": "l", "small": -128},'
        ' "leaves": [{"flag": false, "label": "", "small": 127}]}'
    )
    assert arrays.call_json("arrays", "assemble", arguments) == arguments


def test_a_function_may_take_and_give_nothing(arrays: Service) -> None:
    assert arrays.call_json("arrays", "nothing", []) is None
