"""Calls of Python functions with interface values, for interface values."""

from collections.abc import Callable

from runtime.host.declaration import Declaration
from runtime.host.function import WrongResult
from runtime.interface.types import Field, InterfaceType, InterfaceValue, Signature
from runtime.json_values import NOT_PLAIN, PythonValue, prepare_arguments
from runtime.json_values.checking import Checking
from runtime.json_values.problems import Problems, described


def python_implementation(
    function: Callable[..., object], declaration: Declaration
) -> Callable[..., InterfaceValue | None]:
    """The implementation of a host function, which calls a Python function.

    Args:
        function: the Python function.
        declaration: its types; arguments without a declared type are passed as they are.

    Returns:
        A function of interface values that gives one, or None where there is no result. It raises
        WrongResult where the Python function gives another result than it declares.
    """
    to_value = _result_converter(declaration)
    converters = [
        (at, each.to_python)
        for at, each in enumerate(declaration.parameters)
        if each.to_python is not None
    ]
    if not converters:
        return lambda *values: to_value(function(*values))

    def call(*values: InterfaceValue) -> InterfaceValue | None:
        arguments: list[object] = list(values)
        for at, to_python in converters:
            arguments[at] = to_python(values[at])
        return to_value(function(*arguments))

    return call


def _result_converter(declaration: Declaration) -> Callable[[object], InterfaceValue | None]:
    if declaration.result is not None:
        return _value_converter(declaration.result)
    return _nothing if declaration.has_result_type else _nothing_was_declared


def _nothing(_value: object) -> None:
    """As Python's callers do, leave what is given where nothing is wanted."""


def _nothing_was_declared(value: object) -> None:
    if value is not None:
        raise WrongResult(
            f"which declares no result but gives {described(value)}: annotate it, with None for a "
            "result that modules do not get"
        )


def _value_converter(result: InterfaceType) -> Callable[[object], InterfaceValue]:
    accept = prepare_arguments(Signature((Field("result", result),), None))

    def convert(value: PythonValue) -> InterfaceValue:
        try:
            return accept((value,))[0]
        except NOT_PLAIN:
            return _checked(result, value)

    return convert  # type: ignore[return-value]  # any object may come, and is refused there


def _checked(result: InterfaceType, value: PythonValue) -> InterfaceValue:
    problems = Problems()
    try:
        converted = Checking(problems, from_json=False).value(result, value, "result")
    except RecursionError as error:
        raise WrongResult("whose result is nested too deeply for the stack of Python") from error
    if problems.count:
        # That the quick way gave up says nothing to who reads the traceback.
        raise WrongResult(f"whose result is wrong: {_listed(problems)}") from None
    return converted


def _listed(problems: Problems) -> str:
    if problems.count == 1:
        return str(problems.kept[0])
    return "\n  ".join(["", *problems.lines()])
