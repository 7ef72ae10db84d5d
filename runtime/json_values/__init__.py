"""Arguments and results of calls as JSON and as Python values (spec marine-runtime.md, "Calls").

| interface type     | accepted                                   | result in JSON, in Python    |
| ------------------ | ------------------------------------------ | ---------------------------- |
| bool               | true, false                                | the same                     |
| integers           | an integer in range, no bool               | the same                     |
| f32, f64           | a float or integer; f32 is rounded; NaN    | the same; in JSON "NaN",     |
|                    | and infinities only from Python            | "Infinity" or "-Infinity"    |
| string             | a string without lone surrogates           | the same                     |
| byte array         | an array of 0 to 255; from Python also     | an array of numbers; `bytes` |
|                    | bytes, bytearray and memoryview            |                              |
| array              | an array; from Python also a tuple         | an array                     |
| record             | an object, or an array of its fields; from | an object, fields in order;  |
|                    | Python also a dataclass that has them      | in Python also a dataclass   |
| any scalar         | also an array that holds just that scalar  |                              |

Values may nest about 300 deep with Python's ordinary recursion limit of 1,000; how deep exactly
depends on that limit and on the caller's own depth. Deeper ones are an `ArgumentsError` as
arguments and a `CallError` as results.
"""

from runtime.json_values.arguments import arguments_to_values
from runtime.json_values.parsing import parse_json
from runtime.json_values.plain import NOT_PLAIN, prepare_arguments
from runtime.json_values.plain_parts import NotPlain
from runtime.json_values.problems import described
from runtime.json_values.quick import NotQuick, quick_json
from runtime.json_values.results import prepare_result
from runtime.json_values.text import json_text
from runtime.json_values.value_types import JsonValue, PythonResult, PythonValue

__all__ = [
    "NOT_PLAIN",
    "JsonValue",
    "NotPlain",
    "NotQuick",
    "PythonResult",
    "PythonValue",
    "arguments_to_values",
    "described",
    "json_text",
    "parse_json",
    "prepare_arguments",
    "prepare_result",
    "quick_json",
]
