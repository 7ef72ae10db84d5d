"""Host functions made of Python functions: the types come from their annotations, or are given."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Generic, ParamSpec, TypeVar, overload

from runtime.errors import ConfigError, MarineError
from runtime.host.declaration import BY_ANNOTATIONS, check_arity, declaration_of
from runtime.host.function import HOST_NAMESPACES, HostFunction
from runtime.host.python_calls import python_implementation
from runtime.interface.types import type_text
from runtime.json_values.problems import described
from runtime.suggestions import suggestion

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, repr=False)
class PythonHostFunction(HostFunction, Generic[P, R]):
    """A host function made of a Python function; when it is called itself, it is that function.

    Attributes:
        function: the Python function.
        parameter_names: the names of its parameters, as far as they are known.
    """

    function: Callable[P, R] = field(kw_only=True)
    parameter_names: tuple[str, ...] = field(kw_only=True)

    def __post_init__(self) -> None:
        names = ("__module__", "__qualname__", "__name__", "__doc__")
        known = {
            name: getattr(self.function, name) for name in names if hasattr(self.function, name)
        }
        vars(self).update(known, __wrapped__=self.function)  # for `help` and `inspect`

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the Python function itself: no type is checked or converted."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        types = ", ".join(map(type_text, self.parameters))
        result = "" if self.result is None else f" -> {type_text(self.result)}"
        return f"<host function {self.name}({types}){result}>"

    def __reduce__(self) -> str:
        """It is pickled as functions are: by its name at the top level of its module."""
        return str(vars(self).get("__qualname__", self.name))


@overload
def host_function(function: Callable[P, R], /) -> PythonHostFunction[P, R]: ...


@overload
def host_function(
    *,
    name: str | None = None,
    parameters: Sequence[object] | None = None,
    result: object = BY_ANNOTATIONS,
    namespaces: Sequence[str] = HOST_NAMESPACES,
    on_lift_error: Callable[[MarineError], object] | None = None,
) -> Callable[[Callable[P, R]], PythonHostFunction[P, R]]: ...


def host_function(
    function: Callable[P, R] | None = None,
    /,
    *,
    name: str | None = None,
    parameters: Sequence[object] | None = None,
    result: object = BY_ANNOTATIONS,
    namespaces: Sequence[str] = HOST_NAMESPACES,
    on_lift_error: Callable[[MarineError], object] | None = None,
) -> PythonHostFunction[P, R] | Callable[[Callable[P, R]], PythonHostFunction[P, R]]:
    """Make a Python function one that modules import, for `host_functions=` of a `Service`.

    Used as `@host_function`, or with options as `@host_function(name="now")`. What it makes can
    still be called as the function it was.

    Modules call it with Python values of the types that its annotations declare: `str`, `bool`,
    `bytes`, `int` (s64) and `float` (f64), `list[T]`, `Sequence[T]`, `tuple[T, ...]`, dataclasses
    as records of their names, and numbers of other widths as `runtime.U32`. Without an annotation
    of its result, or with None, it has no result. A result is converted as arguments of calls are.

    What it raises ends the module's call: the caller gets a HostFunctionError with its name and
    with the exception as the `__cause__`. It may use other services, but not the one that calls
    it, which raises a CallError; and it must not wait for a thread that uses that one, for they
    would wait for each other without end.

    Args:
        function: the function; no coroutine function and no generator.
        name: by which modules import it; by default the function's.
        parameters: the types of the arguments, in place of annotations: annotations themselves,
            such as `list[U32]`, or interface types, whose records arrive as dicts.
        result: the type of the result, likewise; None for no result.
        namespaces: the import namespaces that offer it: some of `host` and
            `__marine_host_api_v1` to `__marine_host_api_v3`. By default all.
        on_lift_error: is called in place of the function where an argument cannot be lifted from
            the module's memory, with the error, and gives the result. Without it such an error
            ends the module's call.

    Raises:
        ConfigError: the function cannot be a host function, as said there.
    """
    if function is None:
        return lambda decorated: _made(
            decorated, name, parameters, result, namespaces, on_lift_error
        )
    return _made(function, name, parameters, result, namespaces, on_lift_error)


def _made(
    function: Callable[P, R],
    name: str | None,
    parameters: Sequence[object] | None,
    result: object,
    namespaces: Sequence[str],
    on_lift_error: Callable[[MarineError], object] | None,
) -> PythonHostFunction[P, R]:
    if isinstance(function, HostFunction):
        raise ConfigError(f"{function.name} is a host function already", function=function.name)
    if not callable(function):
        raise ConfigError(
            f"a host function is made of a Python function, not of {described(function)}"
        )
    name = _checked_name(function, name)
    namespaces = _checked_namespaces(name, namespaces)
    declaration = declaration_of(function, name, parameters=parameters, result=result)
    if on_lift_error is not None:
        check_arity(on_lift_error, 1, name=name, what="on_lift_error")
    return PythonHostFunction(
        name=name,
        parameters=tuple(each.interface for each in declaration.parameters),
        result=declaration.result,
        implementation=python_implementation(function, declaration),
        on_lift_error=None
        if on_lift_error is None
        else python_implementation(on_lift_error, declaration.without_parameters()),
        namespaces=namespaces,
        function=function,
        parameter_names=declaration.parameter_names,
    )


def _checked_name(function: object, name: object) -> str:
    if name is None:
        name = getattr(function, "__name__", None)
        if name is None or name == "<lambda>":
            nameless = "a lambda" if name else described(function)
            raise ConfigError(
                f'a host function needs a name, and {nameless} has none: host_function(name="…")'
            )
    if not isinstance(name, str) or not name:
        raise ConfigError(
            f"the name of a host function: expected a non-empty string, got {described(name)}"
        )
    return name


def _checked_namespaces(name: str, namespaces: Sequence[str]) -> tuple[str, ...]:
    known = ", ".join(HOST_NAMESPACES)
    if isinstance(namespaces, str) or not isinstance(namespaces, Collection) or not namespaces:
        raise ConfigError(
            f"host function {name}: namespaces: expected a tuple, such as ('host',), of some of "
            f"{known}, got {namespaces!r}",
            function=name,
        )
    for namespace in namespaces:
        if namespace not in HOST_NAMESPACES:
            near = suggestion(namespace, HOST_NAMESPACES) if isinstance(namespace, str) else ""
            raise ConfigError(
                f"host function {name}: no namespace {namespace!r} is the host's{near} (there are: "
                f"{known})",
                function=name,
            )
    return tuple(dict.fromkeys(namespaces))
