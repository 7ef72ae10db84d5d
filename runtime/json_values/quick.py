"""The quick way to read JSON: with orjson, where its result is that of `parse_json`."""

from runtime.json_values.imported_orjson import orjson
from runtime.json_values.value_types import JsonValue

_FEW = 16
"""Arguments of a call, ordinarily."""


class NotQuick(Exception):
    """The text is left to `parse_json`, which reads it or explains what is wrong with it."""


def quick_json(text: str) -> JsonValue:
    """Read a JSON text as `parse_json` does, several times as quickly, or not at all.

    There is one difference: integers below -2**63 and above 2**64 - 1, which no integer type takes,
    become the nearest float. How deep a text may nest depends on Python's stack in both.

    Raises:
        NotQuick: for whatever `parse_json` refuses, and for some of what it reads: infinities
            (`1e999`), lone surrogates, and objects about whose keys there is doubt.
    """
    try:
        value: JsonValue = orjson.loads(text)
        # A TypeError for bytes, which orjson takes; its JSONEncodeError is one too.
        if "{" in text and not _keys_are_unique(text, value):
            raise NotQuick
    except (orjson.JSONDecodeError, TypeError, RecursionError) as error:
        raise NotQuick from error
    return value


def _keys_are_unique(text: str, value: JsonValue) -> bool:
    r"""Whether it is certain that no object has a key twice; orjson keeps the last one.

    Written again, the value has a colon for each key that was kept and those in strings. The text
    has as many, or more where a key was dropped; unless it holds colons as `\u003a`.

    Raises:
        TypeError: the value nests more than 254 deep.
    """
    colons = text.count(":")
    if type(value) is list and len(value) <= _FEW:
        # Each key has a colon: where there are no others, none was dropped.
        for each in value:
            if type(each) is dict:
                colons -= len(each)
        if colons == 0:
            return True
        colons = text.count(":")
    if "\\u003" in text:
        return False
    return colons == orjson.dumps(value).count(b":")
