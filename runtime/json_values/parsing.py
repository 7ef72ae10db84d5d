"""Strict JSON, with errors that show the place."""

import json
import re
import sys
from typing import NoReturn

from runtime.errors import ArgumentProblem, ArgumentsError
from runtime.json_values.problems import cut_repr, described
from runtime.json_values.value_types import JsonValue

_SHOWN_BEFORE = 50
_SHOWN_AFTER = 20

_EXPECTED = {
    "Expecting value": "expected a value",
    "Expecting property name enclosed in double quotes": "expected a key in double quotes",
    "Expecting ':' delimiter": "expected ':' after the key",
    "Expecting ',' delimiter": "expected ',' or a closing bracket",
    "Unterminated string starting at": "this string has no closing quote",
    "Invalid control character at": "control characters in strings are written as \\n or \\u001b",
    "Extra data": "expected the end, the value is complete",
    "Illegal trailing comma before end of object": "no ',' may stand before a closing bracket",
    "Illegal trailing comma before end of array": "no ',' may stand before a closing bracket",
}
"""The standard library's messages as advice."""

_STRING_OR_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<word>-?\d+|-?[A-Za-z_]\w*)', re.DOTALL)


class _NotJson(ValueError):
    """Raised by the decoder's hooks for what the standard library would let through."""

    def __init__(self, problem: str, word: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.word = word


def _object_of_unique_keys(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _NotJson(f"the key {cut_repr(key)} stands twice in one object")
            seen.add(key)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _NotJson(f"{name} is no JSON", word=name)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object_of_unique_keys, parse_constant=_refuse_constant
)


def parse_json(text: str) -> JsonValue:
    """Read a JSON text by the letter of RFC 8259: no NaN, no duplicate keys, nothing after it.

    Numbers with a fraction or exponent become floats, `1e999` an infinity (which arguments refuse).

    Raises:
        ArgumentsError: it is no JSON, or nests too deeply, or holds an integer with more digits
            than Python converts, or is no string. Its one problem's path is the line and column,
            and the message shows the line with a caret under the place, where the place is known.
    """
    if not isinstance(text, str):
        raise _error(f"expected a string that is JSON, got {described(text)}")
    try:
        parsed: JsonValue = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        end = len(text.rstrip())
        if end == 0:
            raise _error("expected a value, got nothing", "line 1, column 1") from error
        # What is missing at the end belongs to the last line with anything in it.
        raise _error_at(text, min(error.pos, end), _advice(text, error)) from error
    except _NotJson as error:
        if error.word is None:
            raise _error(error.problem) from error
        raise _error_at(text, _place_of(error.word, text), error.problem) from error
    except RecursionError as error:
        raise _error("nested too deeply") from error
    except ValueError as error:
        limit = sys.get_int_max_str_digits()
        problem = f"an integer of more than {limit} digits"
        raise _error_at(text, _place_of_long_integer(text, limit), problem) from error
    return parsed


def _advice(text: str, error: json.JSONDecodeError) -> str:
    here = text[error.pos : error.pos + 1]
    if not here:
        return f"{_EXPECTED.get(error.msg, error.msg)}, but the text ends here"
    advice = _EXPECTED.get(error.msg, error.msg)
    if error.msg in {"Expecting value", "Expecting property name enclosed in double quotes"}:
        if here == "'":
            return f"{advice}; strings stand in double quotes"
        word = re.compile(r"[^\W\d]\w*").match(text, error.pos)
        if word is not None:
            literal = {"True": "true", "False": "false", "None": "null"}.get(word[0])
            return f"{advice}; write {literal or json.dumps(word[0][:40], ensure_ascii=False)}"
        if here in "]}" and text[: error.pos].rstrip().endswith(","):
            return "no ',' may stand before a closing bracket"
    return advice


def _place_of(constant: str, text: str) -> int:
    """Where a word that begins with the constant stands outside of strings."""
    words = (found for found in _STRING_OR_WORD.finditer(text) if found["word"])
    return next(found.start() for found in words if found["word"].startswith(constant))


def _place_of_long_integer(text: str, digits: int) -> int:
    """Where the first integer of more digits stands outside of strings."""
    words = (found for found in _STRING_OR_WORD.finditer(text) if found["word"])
    return next(found.start() for found in words if len(found["word"].lstrip("-")) > digits)


def _error(problem: str, path: str = "JSON") -> ArgumentsError:
    return ArgumentsError(f"not valid JSON: {problem}", problems=(ArgumentProblem(path, problem),))


def _error_at(text: str, position: int, problem: str) -> ArgumentsError:
    line_start = text.rfind("\n", 0, position) + 1
    line = text.count("\n", 0, position) + 1
    column = position - line_start + 1
    start = max(line_start, position - _SHOWN_BEFORE)
    shown = text[start : position + _SHOWN_AFTER].split("\n", 1)[0]
    printable = "".join(char if char.isprintable() else " " for char in shown)
    place = f"line {line}, column {column}"
    return ArgumentsError(
        f"not valid JSON, {place}: {problem}\n    {printable}\n    {' ' * (position - start)}^",
        problems=(ArgumentProblem(place, problem),),
    )
