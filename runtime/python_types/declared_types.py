"""The interface types that Python annotations declare.

| annotation                          | interface type           | value                     |
| ----------------------------------- | ------------------------ | ------------------------- |
| `bool`, `str`                       | bool, string             | the same                  |
| `int`, `float`                      | s64, f64                 | the same                  |
| `S8` … `U64`, `F32`, `F64`          | the number of that width | an `int` or `float`       |
| `bytes`                             | byte array               | `bytes`                   |
| `list[T]`, `Sequence[T]`            | array                    | a `list`                  |
| `tuple[T, ...]`                     | array                    | a `tuple`                 |
| a dataclass                         | record of the same name  | an instance of that class |
| an interface type, such as a record | itself                   | as calls give it: a dict  |

Dataclasses may hold each other, and lists of themselves.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, is_dataclass
from dataclasses import fields as dataclass_fields
from inspect import signature
from types import UnionType
from typing import Annotated, TypeAlias, Union, cast, get_args, get_origin, get_type_hints

from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import (
    ArrayType,
    Field,
    InterfaceType,
    InterfaceValue,
    RecordType,
    Scalar,
)
from runtime.json_values import prepare_result
from runtime.python_types.annotations import SCALAR_TYPES, annotation_text

ALLOWED = (
    "bool, int (s64), float (f64), str, bytes, a width such as U8 or F32, list[…] or a dataclass"
)
"""What an annotation may be, for messages."""

_Converter: TypeAlias = Callable[[InterfaceValue], object]


class UndeclarableType(Exception):
    """Raised where an annotation is no interface type; the message says what is wrong with it."""


@frozen_dataclass
class DeclaredType:
    """What an annotation declares.

    Attributes:
        interface: the interface type.
        to_python: makes what was annotated of an interface value; None where the value is that.
    """

    interface: InterfaceType
    to_python: _Converter | None = None


def declared_type(annotation: object) -> DeclaredType:
    """The type that an annotation declares, without strings for what is not defined yet.

    Raises:
        UndeclarableType: it is no interface type.
    """
    declaring = _Declaring()
    declared = declaring.type_of(annotation)
    for cls, record in declaring.records.items():
        if _holds_itself(record.interface):
            raise UndeclarableType(
                f"{cls.__qualname__} holds itself, without end: expected list[{cls.__qualname__}]"
            )
    return declared


def annotations_of(annotated: Callable[..., object]) -> dict[str, object]:
    """The annotations of a function or class by name, strings among them evaluated.

    Raises:
        UndeclarableType: one cannot be evaluated.
    """
    try:
        return get_type_hints(annotated, include_extras=True)
    except NameError as error:
        raise UndeclarableType(
            f"{error.name!r} in an annotation is not defined: expected what is defined before, at "
            "the top level of the module"
        ) from error
    except (TypeError, AttributeError, SyntaxError) as error:
        raise UndeclarableType(f"an annotation cannot be evaluated: {error}") from error


_PLAIN: dict[type, Scalar] = {
    bool: Scalar.BOOL,
    int: Scalar.S64,
    float: Scalar.F64,
    str: Scalar.STRING,
    bytes: Scalar.BYTE_ARRAY,
}


@dataclass(slots=True)
class _Record:
    """The record that a dataclass declares, to be referred to before all of it is known.

    Attributes:
        interface: the record.
        make: makes an instance; None until all is known.
    """

    interface: RecordType
    make: _Converter | None = None

    def to_python(self, value: InterfaceValue) -> object:
        """An instance of the dataclass."""
        return cast("_Converter", self.make)(value)


@dataclass(slots=True)
class _Declaring:
    """The reading of one annotation.

    Attributes:
        records: of the dataclasses that were met.
    """

    records: dict[type, _Record] = field(default_factory=dict)

    def type_of(self, annotation: object) -> DeclaredType:
        """What an annotation, or a part of one, declares."""
        if isinstance(annotation, Scalar | ArrayType | RecordType):
            convert = prepare_result(annotation, json=False)
            return DeclaredType(annotation, cast("_Converter | None", convert))
        if isinstance(annotation, type) and annotation in _PLAIN:
            return DeclaredType(_PLAIN[annotation])
        origin = get_origin(annotation)
        if origin is Annotated:
            return self._annotated(annotation)
        if origin in (list, tuple, Sequence) and get_args(annotation):
            return self._array(annotation)
        if isinstance(annotation, type) and is_dataclass(annotation) and origin is None:
            return self._record(annotation)
        raise UndeclarableType(
            f"{annotation_text(annotation)} is no interface type: expected {_expected(annotation)}"
        )

    def _annotated(self, annotation: object) -> DeclaredType:
        base, *notes = get_args(annotation)
        scalars = [note for note in notes if isinstance(note, Scalar)]
        if not scalars:
            return self.type_of(base)
        if len(scalars) > 1 or base is not SCALAR_TYPES[scalars[0]]:
            widths = " and ".join(scalar.value for scalar in scalars)
            raise UndeclarableType(
                f"{annotation_text(base)} cannot be annotated with {widths}: expected one width, "
                "of int or float"
            )
        return DeclaredType(scalars[0])

    def _array(self, annotation: object) -> DeclaredType:
        is_tuple = get_origin(annotation) is tuple
        element_annotation, *others = get_args(annotation)
        if is_tuple and others != [...]:
            raise UndeclarableType(
                f"{annotation_text(annotation)} has a fixed length: expected tuple[…, ...] or a "
                "dataclass"
            )
        element = self.type_of(element_annotation)
        if element.interface is Scalar.U8:
            raise UndeclarableType(
                f"{annotation_text(get_origin(annotation))}[U8] is a byte array: expected bytes"
            )
        convert = element.to_python
        if convert is None and not is_tuple:
            return DeclaredType(ArrayType(element.interface))
        return DeclaredType(
            ArrayType(element.interface), _array_converter(tuple if is_tuple else list, convert)
        )

    def _record(self, cls: type) -> DeclaredType:
        record = self.records.get(cls)
        if record is None:
            record = self.records[cls] = _Record(RecordType(cls.__name__))
            self._fill(record, cls)
        return DeclaredType(record.interface, record.to_python)

    def _fill(self, record: _Record, cls: type) -> None:
        try:
            annotations = annotations_of(cls)
        except UndeclarableType as error:
            raise UndeclarableType(f"{cls.__qualname__}: {error}") from error
        types: list[DeclaredType] = []
        parts = dataclass_fields(cls)
        for part in parts:
            if part.name.startswith("_"):
                raise UndeclarableType(
                    f"field {part.name!r} of {cls.__qualname__}: expected a name without "
                    "underscores before it"
                )
            try:
                types.append(self.type_of(annotations[part.name]))
            except UndeclarableType as error:
                raise UndeclarableType(
                    f"field {part.name!r} of {cls.__qualname__}: {error}"
                ) from error
        record.interface.fields = tuple(
            Field(part.name, each.interface) for part, each in zip(parts, types, strict=True)
        )
        record.make = _maker(
            cls, {part.name: each.to_python for part, each in zip(parts, types, strict=True)}
        )


def _array_converter(
    make: Callable[[Iterable[object]], object], convert: _Converter | None
) -> _Converter:
    def to_python(value: InterfaceValue) -> object:
        elements = cast("list[InterfaceValue]", value)
        return make(elements if convert is None else map(convert, elements))

    return to_python


def _maker(cls: type, converters: dict[str, _Converter | None]) -> _Converter:
    """What makes an instance of a dataclass of the values of its fields.

    Raises:
        UndeclarableType: it cannot be made of them.
    """
    names = list(converters)
    try:
        signature(cls).bind(**dict.fromkeys(names))
    except TypeError as error:
        raise UndeclarableType(
            f"{cls.__qualname__} cannot be made of the values of its fields: {error}"
        ) from error
    changed = [(name, convert) for name, convert in converters.items() if convert is not None]

    def make(value: InterfaceValue) -> object:
        parts = dict(zip(names, cast("tuple[InterfaceValue, ...]", value), strict=True))
        converted = {name: convert(parts[name]) for name, convert in changed}
        return cls(**{**parts, **converted})

    return make


def _holds_itself(record: RecordType) -> bool:
    """Whether a record is part of itself, and not only of an array in it."""
    pending = [record]
    met: set[int] = set()
    while pending:
        for part in pending.pop().fields:
            if part.type is record:
                return True
            if isinstance(part.type, RecordType) and id(part.type) not in met:
                met.add(id(part.type))
                pending.append(part.type)
    return False


def _expected(annotation: object) -> str:
    if annotation in (list, tuple, Sequence):
        return "the type of its elements too, such as list[str]"
    if get_origin(annotation) in (Union, UnionType):
        return f"one type, because no value can be left out: {ALLOWED}"
    return ALLOWED
