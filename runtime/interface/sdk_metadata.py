"""What the Rust SDK's macro noted about a module: one JSON document an item (spec sdk-metadata.md).

A document is a record, an exported function or an extern module with its imported functions. How a
value is passed in Rust (by value or by reference) changes nothing for interface types, so it is
checked and dropped.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias, TypeVar

from runtime.errors import InterfaceError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import Scalar

SECTION_PREFIXES = ("__m_generated_section__", "__fce_generated_section__")
"""The custom sections that hold these documents have names with these beginnings."""


@frozen_dataclass
class SdkVector:
    """A `Vec` of anything but u8; a `Vec<u8>` is `Scalar.BYTE_ARRAY`."""

    element: "SdkType"


@frozen_dataclass
class SdkRecordName:
    """A record referred to by its name."""

    name: str


SdkType: TypeAlias = Scalar | SdkVector | SdkRecordName


@frozen_dataclass
class SdkField:
    """A named part: a record's field or a function's argument."""

    name: str
    type: SdkType


@frozen_dataclass
class SdkRecord:
    """A record; one without fields (a Rust unit struct) has no place in interface types."""

    name: str
    fields: tuple[SdkField, ...]


@frozen_dataclass
class SdkFunction:
    """A function that the module exports."""

    name: str
    arguments: tuple[SdkField, ...]
    result: SdkType | None


@frozen_dataclass
class SdkExternModule:
    """Functions that the module imports; each has the name that the other module exports it by."""

    namespace: str
    imports: tuple[SdkFunction, ...]


SdkItem: TypeAlias = SdkRecord | SdkFunction | SdkExternModule

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

_T = TypeVar("_T")

_SCALARS = {
    "Boolean": Scalar.BOOL,
    "I8": Scalar.S8,
    "I16": Scalar.S16,
    "I32": Scalar.S32,
    "I64": Scalar.S64,
    "U8": Scalar.U8,
    "U16": Scalar.U16,
    "U32": Scalar.U32,
    "U64": Scalar.U64,
    "F32": Scalar.F32,
    "F64": Scalar.F64,
    "Utf8Str": Scalar.STRING,
    "Utf8String": Scalar.STRING,
}

_PASSING_STYLES = ("ByValue", "ByRef", "ByMutRef")


def parse_sdk_items(documents: Iterable[bytes]) -> tuple[SdkItem, ...]:
    """Reads the payloads of a module's metadata sections.

    Args:
        documents: UTF-8 JSON, one item each, in the order of the sections in the file.

    Raises:
        InterfaceError: a document is no such item; the message says which, where and why.
    """
    return tuple(
        _parse_document(document, f"SDK metadata, document {number}")
        for number, document in enumerate(documents, start=1)
    )


def _parse_document(document: bytes, place: str) -> SdkItem:
    try:
        item: Json = json.loads(document.decode())
        return _item(item, place)
    except UnicodeDecodeError as error:
        message = f"{place}: it is not UTF-8 text: {error.reason} at byte {error.start}"
        raise InterfaceError(message) from error
    except ValueError as error:
        raise InterfaceError(f"{place}: it is not JSON: {error}") from error
    except RecursionError as error:
        raise InterfaceError(f"{place}: it is nested too deeply") from error


def _item(value: Json, place: str) -> SdkItem:
    item = _object(value, place)
    kind = _string(item, "ast_type", place)
    match kind:
        case "Record":
            return _record(item, place)
        case "Function":
            return _function(_member(item, "signature", place), place)
        case "ExternMod":
            return _extern_module(item, place)
    raise InterfaceError(f"{place}: `ast_type` is {kind!r}, expected Record, Function or ExternMod")


def _record(item: Mapping[str, Json], place: str) -> SdkRecord:
    name = _string(item, "name", place)
    place = f"{place}, record {name}"
    fields = _member(item, "fields", place)
    if fields == "Unit":
        return SdkRecord(name, ())
    kind, listed = _variant(fields, f"{place}, `fields`")
    if kind not in {"Named", "Unnamed"}:
        raise InterfaceError(
            f"{place}: `fields` are {kind!r}, expected Named, Unnamed or the text Unit"
        )
    parsed = _each(listed, "field", place, _field)
    if not parsed:
        raise InterfaceError(f"{place}: it has no fields, expected at least one")
    return SdkRecord(name, parsed)


def _function(value: Json, place: str) -> SdkFunction:
    signature = _object(value, f"{place}, `signature`")
    name = _string(signature, "name", f"{place}, `signature`")
    place = f"{place}, function {name}"
    arguments = _each(_member(signature, "arguments", place), "argument", place, _field)
    results = _each(_member(signature, "output_types", place), "result", place, _type)
    if len(results) > 1:
        raise InterfaceError(f"{place}: it has {len(results)} results, expected at most one")
    return SdkFunction(name, arguments, results[0] if results else None)


def _extern_module(item: Mapping[str, Json], place: str) -> SdkExternModule:
    namespace = _string(item, "namespace", place)
    place = f"{place}, extern module {namespace}"
    imports = _each(_member(item, "imports", place), "import", place, _import)
    return SdkExternModule(namespace, imports)


def _import(value: Json, place: str) -> SdkFunction:
    item = _object(value, place)
    function = _function(_member(item, "signature", place), place)
    if item.get("link_name") is None:
        return function
    return SdkFunction(_string(item, "link_name", place), function.arguments, function.result)


def _field(value: Json, place: str) -> SdkField:
    field = _object(value, place)
    # A field of a tuple struct has no name.
    name = "" if field.get("name") is None else _string(field, "name", place)
    return SdkField(name, _type(_member(field, "ty", place), f"{place} {name}".rstrip()))


def _type(value: Json, place: str) -> SdkType:
    # A loop, for vectors can be nested more deeply than Python nests calls.
    vectors = 0
    kind, detail = _variant(value, f"{place}, the type")
    while kind == "Vector":
        element = _styled(kind, detail, place)
        if vectors == 0:
            place = f"{place}, its element"
        vectors += 1
        kind, detail = _variant(element, f"{place}, the type")
    innermost: SdkType
    if kind in _SCALARS:
        _check_passing_style(detail, place)
        innermost = _SCALARS[kind]
    elif kind == "Record":
        innermost = SdkRecordName(_text(_styled(kind, detail, place), "the record's name", place))
    else:
        known = ", ".join((*_SCALARS, "Vector", "Record"))
        raise InterfaceError(f"{place}: unknown type {kind!r}, expected one of {known}")
    if vectors and innermost is Scalar.U8:
        innermost = Scalar.BYTE_ARRAY
        vectors -= 1
    for _ in range(vectors):
        innermost = SdkVector(innermost)
    return innermost


def _styled(kind: str, detail: Json, place: str) -> Json:
    """What a vector is made of, or a record's name, from beside the passing style."""
    if not isinstance(detail, list) or len(detail) != 2:
        raise InterfaceError(
            f"{place}: {kind} of {_shown(detail)}, expected a list of two: "
            f"{'the element type' if kind == 'Vector' else 'the name'} and the passing style"
        )
    inner, style = detail
    _check_passing_style(style, place)
    return inner


def _check_passing_style(value: Json, place: str) -> None:
    if value not in _PASSING_STYLES:
        raise InterfaceError(
            f"{place}: passing style {_shown(value)}, expected {', '.join(_PASSING_STYLES)}"
        )


def _each(value: Json, noun: str, place: str, parse: Callable[[Json, str], _T]) -> tuple[_T, ...]:
    if not isinstance(value, list):
        raise InterfaceError(f"{place}: {noun}s are {_shown(value)}, expected a list")
    return tuple(
        parse(element, f"{place}, {noun} {number}") for number, element in enumerate(value, start=1)
    )


def _object(value: Json, place: str) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise InterfaceError(f"{place}: found {_shown(value)}, expected an object")
    return value


def _variant(value: Json, place: str) -> tuple[str, Json]:
    """An enum's value as the SDK writes it: an object of one entry, `{"Kind": detail}`."""
    variant = _object(value, place)
    if len(variant) != 1:
        raise InterfaceError(f"{place}: found {_shown(value)}, expected an object of one entry")
    return next(iter(variant.items()))


def _member(item: Mapping[str, Json], key: str, place: str) -> Json:
    if key not in item:
        raise InterfaceError(f"{place}: `{key}` is missing")
    return item[key]


def _string(item: Mapping[str, Json], key: str, place: str) -> str:
    return _text(_member(item, key, place), f"`{key}`", place)


def _text(value: Json, what: str, place: str) -> str:
    if not isinstance(value, str):
        raise InterfaceError(f"{place}: {what} is {_shown(value)}, expected a text")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InterfaceError(
            f"{place}: {what} is {_shown(value)}, expected text without lone surrogates"
        )
    return value


def _shown(value: Json) -> str:
    """A wrong value as messages show it: its JSON, cut to a readable length."""
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
