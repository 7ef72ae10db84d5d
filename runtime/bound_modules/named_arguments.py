"""Arguments that a Python caller names."""

from collections.abc import Mapping, Sequence

from runtime.interface.types import Signature
from runtime.json_values import PythonValue
from runtime.json_values.problems import Problems, arguments_error
from runtime.suggestions import suggestion


def in_order(
    signature: Signature,
    names: Sequence[str],
    positional: tuple[PythonValue, ...],
    named: Mapping[str, PythonValue],
    *,
    module: str,
    function: str,
) -> tuple[PythonValue, ...]:
    """All arguments of a call in the order of the parameters.

    Args:
        signature: the function's.
        names: of its parameters, in Python.
        positional: the arguments without names.
        named: those with names.
        module: its module's name, for errors.
        function: its name, for errors.

    Raises:
        ArgumentsError: an argument is missing, there twice, or unknown.
    """
    problems = Problems()
    count = len(positional) + len(named)
    if len(positional) > len(names):
        plural = "" if len(names) == 1 else "s"
        problems.add("args", f"function requires {len(names)} argument{plural}, {count} provided")
    arguments = dict(zip(names, positional, strict=False))
    for name, value in named.items():
        if name in arguments:
            problems.add(f"args.{name}", "given twice, by position and by name")
        elif name in names:
            arguments[name] = value
        else:
            near = suggestion(name, names) or f"; known are {', '.join(names) or 'none'}"
            problems.add(f"args.{name}", f"unknown argument{near}")
    for name in names:
        if name not in arguments:
            problems.add(f"args.{name}", f"missing argument with name {name}")
    if problems.count:
        raise arguments_error(problems, "", signature, module=module, function=function)
    return tuple(arguments[name] for name in names)
