"""Which modules and functions `interface` shows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from mrepl.name_patterns import is_pattern, matching
from mrepl.text.escaping import escape_line
from mrepl.usage import UsageError
from runtime import (
    FunctionInterface,
    ModuleInterface,
    NoSuchFunction,
    NoSuchModule,
    Service,
    suggestion,
    type_text,
)
from runtime.interface.types import records_of


def chosen_interface(
    service: Service, module: str | None, function: str | None, *, type_name: str | None
) -> tuple[ModuleInterface, ...]:
    """The interfaces of a service's modules, with what was chosen of them.

    Args:
        service: whose modules.
        module: a name, or a pattern of names; None for all.
        function: a name, or a pattern of names; None for all.
        type_name: only functions that take or give this type, such as `Result` or `[]u8`, be it
            in a record or an array; None for all.

    Returns:
        The modules in load order, without those that nothing is left of.

    Raises:
        NoSuchModule: there is none that was meant.
        NoSuchFunction: they have none that was meant.
        UsageError: no function has the type.
    """
    modules = _chosen_modules(service, module, function)
    return modules if type_name is None else _with_type(modules, type_name)


def _chosen_modules(
    service: Service, module: str | None, function: str | None
) -> tuple[ModuleInterface, ...]:
    if module is None or module == "*":
        modules = service.interface()
    elif is_pattern(module):
        modules = _matching_modules(service.interface(), module)
    elif function is None or is_pattern(function):
        modules = service.interface(module)
    else:
        return service.interface(module, function)
    return modules if function is None else _with_functions(modules, function)


def _matching_modules(
    modules: tuple[ModuleInterface, ...], pattern: str
) -> tuple[ModuleInterface, ...]:
    names = matching(pattern, [module.name for module in modules])
    if not names:
        loaded = ", ".join(module.name for module in modules) or "none"
        raise NoSuchModule(f"no module matches {pattern!r} (loaded: {loaded})")
    return tuple(module for module in modules if module.name in names)


def _with_functions(
    modules: tuple[ModuleInterface, ...], pattern: str
) -> tuple[ModuleInterface, ...]:
    known = list(dict.fromkeys(each.name for module in modules for each in module.functions))
    names = matching(pattern, known)
    if not names:
        near = "" if is_pattern(pattern) else suggestion(pattern, known)
        there_are = ", ".join(known) or "none"
        raise NoSuchFunction(
            f"no public function matches {pattern!r}{near} (there are: {there_are})"
        )
    return _only(modules, lambda function: function.name in names)


def _with_type(modules: tuple[ModuleInterface, ...], name: str) -> tuple[ModuleInterface, ...]:
    chosen = _only(modules, lambda function: name in type_names(function))
    if not chosen:
        functions = (function for module in modules for function in module.functions)
        known = sorted({known for function in functions for known in type_names(function)})
        raise UsageError(
            f"no function takes or gives the type '{escape_line(name)}'{suggestion(name, known)} "
            f"(the types: {', '.join(map(escape_line, known)) or 'none'})"
        )
    return chosen


def _only(
    modules: Iterable[ModuleInterface], is_chosen: Callable[[FunctionInterface], bool]
) -> tuple[ModuleInterface, ...]:
    """The modules with only the chosen functions, and the records that these need."""
    left = []
    for module in modules:
        functions = tuple(filter(is_chosen, module.functions))
        if functions:
            records = records_of(function.signature for function in functions)
            left.append(replace(module, functions=functions, records=records))
    return tuple(left)


def type_names(function: FunctionInterface) -> set[str]:
    """The names of all types in a function's signature, the elements' and the fields' too."""
    signature = function.signature
    types = [parameter.type for parameter in signature.parameters]
    if signature.result is not None:
        types.append(signature.result)
    for record in records_of([signature]):
        types.append(record)
        types += (field.type for field in record.fields)
    return {name for each in types for name in _with_elements(type_text(each))}


def _with_elements(name: str) -> Iterator[str]:
    """The type `[][]u8`, and `[]u8`, and `u8`."""
    yield name
    while name.startswith("[]"):
        name = name.removeprefix("[]")
        yield name
