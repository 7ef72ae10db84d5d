"""JSON values as JSON text."""

import json

from runtime.json_values.imported_orjson import orjson
from runtime.json_values.value_types import JsonValue

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_text(value: JsonValue) -> str:
    """The value as JSON, without white space; only what JSON must escape is escaped.

    Args:
        value: a result of a call, or any other JSON value without NaN and infinities.

    Raises:
        RecursionError: the value nests too deeply for Python's stack.
    """
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # integers above 64 bits, lone surrogates, deep nesting
        return _encode(value)
