"""The types that a Python function declares for modules to call it with."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum

from runtime.errors import ConfigError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.interface.types import InterfaceType
from runtime.json_values.problems import described
from runtime.python_types.declared_types import (
    ALLOWED,
    DeclaredType,
    UndeclarableType,
    annotations_of,
    declared_type,
)


class _ByAnnotations(Enum):
    """The type of `BY_ANNOTATIONS`."""

    BY_ANNOTATIONS = "annotations"


BY_ANNOTATIONS = _ByAnnotations.BY_ANNOTATIONS
"""Stands for types that are not given; None is one that can be given."""

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)

_UNSUITABLE: tuple[tuple[Callable[[object], bool], str], ...] = (
    (
        inspect.iscoroutinefunction,
        "a coroutine function, which modules cannot await: expected an ordinary function",
    ),
    (
        inspect.isasyncgenfunction,
        "an asynchronous generator: expected a function that gives a list",
    ),
    (inspect.isgeneratorfunction, "a generator: expected a function that gives a list"),
)


@frozen_dataclass
class Declaration:
    """A function's types.

    Attributes:
        parameters: of its arguments.
        parameter_names: the names of its first parameters; of all, but for `*args`.
        result: of its result; None where it has none.
        has_result_type: whether something says so, be it None.
    """

    parameters: tuple[DeclaredType, ...]
    parameter_names: tuple[str, ...]
    result: InterfaceType | None
    has_result_type: bool

    def without_parameters(self) -> "Declaration":
        """The same without types of arguments."""
        return replace(self, parameters=(), parameter_names=())


def declaration_of(
    function: Callable[..., object],
    name: str,
    *,
    parameters: Sequence[object] | None,
    result: object,
) -> Declaration:
    """Read a function's types.

    Args:
        function: the function.
        name: its name, for messages.
        parameters: its arguments' types, in place of annotations; None for those.
        result: its result's type, likewise; `BY_ANNOTATIONS` for that.

    Raises:
        ConfigError: a type is none of an interface, or modules cannot call the function.
    """
    for is_unsuitable, why in _UNSUITABLE:
        if is_unsuitable(function) or is_unsuitable(type(function).__call__):
            raise _error(name, f"it is {why}")
    annotations: Mapping[str, object] = {}
    # What is no function has other annotations than those of its call, or none.
    if (parameters is None or result is BY_ANNOTATIONS) and inspect.isroutine(function):
        with _placed(name):
            annotations = annotations_of(function)
    known = _known_parameters(function)
    if parameters is None:
        names = _annotatable(function, name, known)
        types = [_annotated_type(name, each, annotations) for each in names]
    else:
        _check_sequence(name, parameters)
        names = [each.name for each in known or () if each.kind in _POSITIONAL][: len(parameters)]
        check_arity(function, len(parameters), name=name)
        types = [_type(name, f"parameters[{at}]", given) for at, given in enumerate(parameters)]
    if result is BY_ANNOTATIONS:
        result = annotations.get("return", BY_ANNOTATIONS)
    has_result = result is not None and result is not type(None) and result is not BY_ANNOTATIONS
    return Declaration(
        tuple(types),
        tuple(names),
        _type(name, "the result", result).interface if has_result else None,
        result is not BY_ANNOTATIONS,
    )


def _known_parameters(function: Callable[..., object]) -> list[inspect.Parameter] | None:
    """A function's parameters; None where Python does not know them, as of some written in C."""
    try:
        return list(inspect.signature(function).parameters.values())
    except ValueError:
        return None


def _annotatable(
    function: Callable[..., object], name: str, known: list[inspect.Parameter] | None
) -> list[str]:
    """The names of the parameters that are passed by position."""
    if known is None or not inspect.isroutine(function):
        raise _error(
            name,
            f"{described(function)} has no annotations of its parameters: give parameters=(…) and "
            "result=…",
        )
    for each in known:
        if each.kind is inspect.Parameter.VAR_POSITIONAL:
            raise _error(
                name,
                f"parameter '*{each.name}': modules give a fixed number of arguments: expected a "
                "parameter for each, or parameters=(…)",
            )
        if each.kind is inspect.Parameter.KEYWORD_ONLY and each.default is each.empty:
            raise _error(
                name,
                f"parameter {each.name!r} takes no position, but modules give their arguments by "
                "position",
            )
    return [each.name for each in known if each.kind in _POSITIONAL]


def _annotated_type(name: str, parameter: str, annotations: Mapping[str, object]) -> DeclaredType:
    if parameter not in annotations:
        hint = (
            ": where it is a method, decorate the bound one, as in host_function(shop.price_of)"
            if parameter == "self"
            else f": expected {ALLOWED}"
        )
        raise _error(name, f"parameter {parameter!r} has no annotation{hint}")
    return _type(name, f"parameter {parameter!r}", annotations[parameter])


def _check_sequence(name: str, parameters: object) -> None:
    if isinstance(parameters, str) or not isinstance(parameters, Sequence):
        raise _error(
            name,
            "parameters: expected a tuple of types, such as (str, U32), got "
            f"{described(parameters)}",
        )


def check_arity(
    function: Callable[..., object], count: int, *, name: str, what: str = "it"
) -> None:
    """Make sure that a function takes so many arguments, as far as Python knows.

    Args:
        function: the function.
        count: how many it will be given.
        name: the host function's, for messages.
        what: the function, for messages.

    Raises:
        ConfigError: it takes more or less, or it is no function.
    """
    if not callable(function):
        raise _error(name, f"{what} is no function but {described(function)}")
    try:
        inspect.signature(function).bind(*[None] * count)
    except TypeError as error:
        plural = "" if count == 1 else "s"
        raise _error(
            name, f"{what} cannot be called with {count} argument{plural}: {error}"
        ) from error
    except ValueError:
        return  # Python does not know, as of some functions written in C


def _type(name: str, place: str, annotation: object) -> DeclaredType:
    with _placed(name, f"{place}: "):
        return declared_type(annotation)


@contextmanager
def _placed(name: str, place: str = "") -> Iterator[None]:
    try:
        yield
    except UndeclarableType as error:
        raise _error(name, f"{place}{error}") from None  # it says all that the error says


def _error(name: str, problem: str) -> ConfigError:
    return ConfigError(f"host function {name}: {problem}", function=name)
