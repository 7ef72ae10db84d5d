"""The host functions that the user of a service offers to its modules."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from runtime.errors import ConfigError
from runtime.frozen_dataclass import frozen_dataclass
from runtime.host.function import HostFunction
from runtime.json_values.problems import described
from runtime.suggestions import suggestion

EVERY_MODULE = "*"
"""Stands for all modules where host functions are given by module."""

HostFunctions: TypeAlias = Sequence[HostFunction] | Mapping[str, Sequence[HostFunction]]
"""A sequence is for all modules, a mapping has one for each module's name, and `*` for all."""


@frozen_dataclass
class RegisteredFunctions:
    """The host functions of one service's user.

    Attributes:
        for_all: what every module may import.
        by_module: what single modules may import besides.
    """

    for_all: tuple[HostFunction, ...] = ()
    by_module: Mapping[str, tuple[HostFunction, ...]] = field(default_factory=dict)

    def of_module(self, name: str) -> tuple[HostFunction, ...]:
        """Those that a module may import: its own last, as they take the place of others."""
        return (*self.for_all, *self.by_module.get(name, ()))

    def warnings_of_unknown(self, modules: Collection[str]) -> tuple[str, ...]:
        """One message for each name that is none of a service's modules.

        Where there are no modules yet, nothing is known of what will be loaded.
        """
        if not modules:
            return ()
        return tuple(
            f"host functions: no module {name!r} is in the config{suggestion(name, modules)}"
            for name in self.by_module
            if name not in modules
        )


def registered_functions(functions: HostFunctions) -> RegisteredFunctions:
    """Check the host functions of a service's user.

    Raises:
        ConfigError: something there is no host function, or two have the same name and namespace.
    """
    if not isinstance(functions, Mapping):
        for_all = _checked(functions, "host_functions")
        _check_names(for_all)
        return RegisteredFunctions(for_all)
    by_module: dict[str, tuple[HostFunction, ...]] = {}
    for module, given in functions.items():
        if not isinstance(module, str):
            raise ConfigError(f"host_functions: expected names of modules, got {described(module)}")
        by_module[module] = _checked(given, f"host_functions[{module!r}]")
    for_all = by_module.pop(EVERY_MODULE, ())
    _check_names(for_all)
    for module, own in by_module.items():
        _check_names(own, module)
    return RegisteredFunctions(for_all, by_module)


def _checked(functions: object, place: str) -> tuple[HostFunction, ...]:
    if isinstance(functions, HostFunction | str | bytes) or not isinstance(functions, Iterable):
        raise ConfigError(
            f"{place}: expected a sequence of host functions, got {_shown_function(functions)}"
        )
    found = []
    for at, function in enumerate(functions):
        if not isinstance(function, HostFunction):
            hint = ": decorate it with @host_function" if callable(function) else ""
            raise ConfigError(
                f"{place}[{at}]: expected a host function, got {_shown_function(function)}{hint}"
            )
        found.append(function)
    return tuple(found)


def _shown_function(value: object) -> str:
    if isinstance(value, HostFunction):
        return f"the host function {value.name}"
    if callable(value) and hasattr(value, "__qualname__"):
        return f"the function {value.__qualname__}"
    return described(value)


def _check_names(functions: Iterable[HostFunction], module: str | None = None) -> None:
    """Make sure that no two have the same name and namespace."""
    taken: set[tuple[str, str]] = set()
    for function in functions:
        for namespace in function.namespaces:
            if (namespace, function.name) in taken:
                whose = "" if module is None else f" of module {module!r}"
                raise ConfigError(
                    f"host_functions: two functions{whose} are named {function.name} in the "
                    f"namespace {namespace}: expected one, or host_function(name=…) for the other",
                    function=function.name,
                    module=module,
                )
            taken.add((namespace, function.name))
