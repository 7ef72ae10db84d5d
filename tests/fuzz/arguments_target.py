"""Any text as the arguments of any function: parsed, checked, and written as JSON again.

An input is a byte that tells the length of the signature, the signature (`type_codes`), and text.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress

from runtime.errors import ArgumentsError
from runtime.interface.types import ArrayType, Field, InterfaceType, RecordType, Scalar
from runtime.json_values import (
    NOT_PLAIN,
    JsonValue,
    NotQuick,
    arguments_to_values,
    json_text,
    parse_json,
    prepare_arguments,
    quick_json,
)
from tests.fuzz.target import Target
from tests.fuzz.type_codes import codes_of, signature_of
from tests.support.results import result_to_json

_LONG_INTEGER = re.compile(r"\d{19}")
"""What quick reading may give as a float."""

_RECORD = RecordType("R", (Field("f0", Scalar.U8), Field("f1", Scalar.STRING)))

_SCALARS: tuple[JsonValue, ...] = (1, -1, 1.5, True, "a", [1, 255])

_EXAMPLES: tuple[tuple[tuple[InterfaceType, ...], JsonValue], ...] = (
    ((), []),
    ((Scalar.S64, Scalar.U64), [-(2**63), 2**64 - 1]),
    ((Scalar.F32, Scalar.F64), {"f0": 1e-45, "f1": 1.7976931348623157e308}),
    ((_RECORD,), [{"f0": 7, "f1": "\u202e\x1b"}]),
    ((ArrayType(_RECORD), Scalar.BOOL), [[[1, "a"], {"f1": "b", "f0": 2}], False]),
    ((ArrayType(ArrayType(Scalar.U8)), ArrayType(Scalar.STRING)), [[[1], [2, 3]], ["x", ""]]),
)

_WORDS = (
    *("null", "true", "false", "NaN", "Infinity", "-Infinity", "1e999", "-0.0", "0.1", "\\ud800"),
    *("\\u003a", "\\u0000", '"f0":', '"f1":', "18446744073709551616", "-9223372036854775809"),
    *("[[", "]]", "{}", "[]", "1E+2", "256", "4294967296", "3.5e38", "\\ud83d\\ude00"),
)


def check(data: bytes) -> None:
    """Both ways to read agree, both ways to check agree, and values come back as they were."""
    length = data[0] if data else 0
    signature = signature_of(data[1 : 1 + length])
    text = data[1 + length :].decode("utf-8", "surrogateescape")
    try:
        arguments = parse_json(text)
    except ArgumentsError as error:
        _check_lines(error)
        _check_not_quick(text)
        return
    _check_same_as_quick(text, arguments)

    prepared = None
    with suppress(*NOT_PLAIN):
        prepared = prepare_arguments(signature)(arguments)
    try:
        values = arguments_to_values(signature, arguments, module="m", function="f", from_json=True)
    except ArgumentsError as error:
        assert error.problems
        assert prepared is None, f"plain although refused: {prepared!r}"
        _check_lines(error)
        return
    if prepared is not None:
        assert repr(prepared) == repr(values)

    written = json_text(
        [
            result_to_json(parameter.type, value)
            for parameter, value in zip(signature.parameters, values, strict=True)
        ]
    )
    again = arguments_to_values(
        signature, parse_json(written), module="m", function="f", from_json=True
    )
    assert repr(again) == repr(values)


def _check_lines(error: ArgumentsError) -> None:
    assert all(line.isprintable() for line in error.message.split("\n")), ascii(error.message)


def _check_not_quick(text: str) -> None:
    try:
        value = quick_json(text)
    except NotQuick:
        return
    raise AssertionError(f"read quickly although refused: {value!r}")


def _check_same_as_quick(text: str, arguments: JsonValue) -> None:
    try:
        quick = quick_json(text)
    except NotQuick:
        return
    if not _LONG_INTEGER.search(text):
        assert repr(quick) == repr(arguments)


def seeds() -> Iterator[bytes]:
    """Arguments of each type, ordinary and not."""
    scalars = [((scalar,), [value]) for scalar in Scalar for value in _SCALARS]
    for types, arguments in (*_EXAMPLES, *scalars):
        codes = b"".join(map(codes_of, types))
        yield bytes([len(codes)]) + codes + json.dumps(arguments, ensure_ascii=False).encode()


TARGET = Target(check, seeds, dictionary=tuple(word.encode() for word in _WORDS), longest=2048)
