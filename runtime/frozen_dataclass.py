"""Dataclasses of values that never change, made in a fifth of the standard decorator's time.

`dataclasses.dataclass(frozen=True, slots=True)` writes six methods as text and compiles each, which
takes 0.35 ms a class, and importing the runtime makes a hundred classes. Five of the six can be
shared; only `__init__` is compiled here, so that its signature and its speed are the usual ones.
"""

import sys
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from reprlib import recursive_repr
from types import FunctionType
from typing import NoReturn, Protocol, TypeAlias, TypeVar, dataclass_transform

T = TypeVar("T")

_Method: TypeAlias = Callable[..., object]
_Reader: TypeAlias = Callable[[object], tuple[object, ...]]


class _Frozen(Protocol):
    """An instance of a class made here."""

    def __field_values__(self, value: object, /) -> tuple[object, ...]:
        """The values of the fields of an instance; an attribute of the class."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen_dataclass(cls: type[T]) -> type[T]:
    """As `dataclasses.dataclass(frozen=True, slots=True)`: the same fields, methods and errors.

    `fields`, `replace`, `KW_ONLY`, `match`, pickling and copying work as with any dataclass, and
    methods of the class's own count. There is no `__post_init__`, and of `field`'s arguments there
    are `default`, `default_factory` and `kw_only` only.

    Args:
        cls: a class with annotated fields; its bases have none, or are made by this too.

    Returns:
        The class that takes its place, since slots cannot be added to a class that exists.
    """
    made = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    parts = _fields(made)
    methods: dict[str, _Method] = {
        "__init__": _init(made, parts),
        "__field_values__": _reader(tuple(part.name for part in parts)),
        **_METHODS,
    }
    for name, method in methods.items():
        if cls.__dict__.get(name) is None:  # Python sets `__hash__` to None beside an `__eq__`
            setattr(made, name, method)
    return made


def _fields(cls: type) -> tuple[Field[object], ...]:
    return fields(cls)


def _init(cls: type, parts: tuple[Field[object], ...]) -> _Method:
    """The method that sets the fields."""
    given: dict[str, object] = {"_set_": object.__setattr__, "_MISSING_": MISSING}
    this = "_self_" if any(part.name == "self" for part in parts) else "self"
    positional, by_name, body = [this], ["*"], []
    for part in parts:
        name = value = parameter = part.name
        if part.default is not MISSING:
            given[f"_default_{name}_"] = part.default
            parameter = f"{name}=_default_{name}_"
        elif part.default_factory is not MISSING:
            given[f"_make_{name}_"] = part.default_factory
            parameter = f"{name}=_MISSING_"
            value = f"_make_{name}_() if {name} is _MISSING_ else {name}"
        (by_name if part.kw_only else positional).append(parameter)
        body.append(f"  _set_({this}, {name!r}, {value})\n")
    parameters = ", ".join(positional if by_name == ["*"] else positional + by_name)
    text = (
        f"def outer({', '.join(given)}):\n"
        f" def __init__({parameters}):\n"
        f"{''.join(body) or '  pass'}\n"
        " return __init__"
    )
    made: dict[str, Callable[..., FunctionType]] = {}
    # Whoever reads the annotations looks their names up in the globals: those of the class.
    exec(text, sys.modules[cls.__module__].__dict__, made)
    init = made["outer"](**given)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {part.name: part.type for part in parts} | {"return": None}
    return init


def _reader(names: tuple[str, ...]) -> _Reader:
    """What gives the values of these fields."""
    if len(names) > 1:
        return attrgetter(*names)
    # attrgetter gives a single value itself, and wants at least one name.
    return staticmethod(lambda value: tuple(getattr(value, name) for name in names))


def _equal(left: _Frozen, right: _Frozen) -> bool:
    same_class = left.__class__ is right.__class__
    return (
        left.__field_values__(left) == right.__field_values__(right)
        if same_class
        else NotImplemented
    )


def _hash(value: _Frozen) -> int:
    return hash(value.__field_values__(value))


def _store(value: _Frozen) -> tuple[object, ...]:
    return value.__field_values__(value)


@recursive_repr()
def _repr(value: _Frozen) -> str:
    names = (part.name for part in _fields(type(value)))
    shown = (
        f"{name}={part!r}" for name, part in zip(names, value.__field_values__(value), strict=True)
    )
    return f"{type(value).__qualname__}({', '.join(shown)})"


def _restore(value: object, state: tuple[object, ...]) -> None:
    for part, stored in zip(_fields(type(value)), state, strict=True):
        object.__setattr__(value, part.name, stored)


def _refuse_to_set(_value: object, name: str, _part: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_value: object, name: str) -> NoReturn:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


_METHODS: dict[str, _Method] = {
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _store,
    "__setstate__": _restore,
}
"""What all the classes share."""
