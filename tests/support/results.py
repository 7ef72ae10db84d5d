"""Results of calls as callers get them."""

from typing import cast

from runtime.interface.types import InterfaceType, InterfaceValue
from runtime.json_values import JsonValue, PythonValue, prepare_result


def result_to_json(result_type: InterfaceType | None, value: InterfaceValue | None) -> JsonValue:
    """The result of a call as JSON, from its interface value."""
    convert = prepare_result(result_type, json=True)
    return cast("JsonValue", value if convert is None or value is None else convert(value))


def result_to_python(
    result_type: InterfaceType | None, value: InterfaceValue | None
) -> PythonValue:
    """The result of a call for Python, from its interface value."""
    convert = prepare_result(result_type, json=False)
    return value if convert is None or value is None else convert(value)
