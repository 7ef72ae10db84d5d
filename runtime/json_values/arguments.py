"""The arguments of a call: from JSON or Python values to interface values."""

import json

from runtime.interface.types import InterfaceValue, Signature
from runtime.json_values.checking import Checking
from runtime.json_values.problems import Problems, arguments_error
from runtime.json_values.value_types import PythonValue

_LONGEST_HINT = 60


def arguments_to_values(
    signature: Signature,
    arguments: PythonValue,
    *,
    module: str,
    function: str,
    from_json: bool,
    called: str = "",
) -> tuple[InterfaceValue, ...]:
    """Convert the arguments of a call (spec marine-runtime.md, "Calls"), in whatever form they are.

    What `prepare_arguments` gives does the same for ordinary arguments, and several times as fast.

    Args:
        signature: the function's; its record types are complete.
        arguments: an array of all arguments in order, an object with one entry an argument, a
            scalar (from Python also bytes) as the one argument, or None for no arguments.
        module: the function's module, for errors.
        function: the function's name, for errors.
        from_json: whether the arguments come from JSON: NaN and infinities are refused then.
        called: the name of the Python function that was called with these arguments, for advice;
            empty where they are a value of their own.

    Returns:
        A value for each parameter, in order.

    Raises:
        ArgumentsError: something does not fit. `problems` has an entry for each thing, with its
            path, up to 1,000 of them; the message lists the first 20.
    """
    problems = Problems()
    checking = Checking(problems, from_json)
    try:
        values = checking.arguments(signature, arguments)
        hint = _bracket_hint(signature, arguments, from_json, called) if problems.count else ""
    except RecursionError as error:
        problems = Problems()
        problems.add("args", "nested too deeply for the stack of Python")
        raise arguments_error(problems, "", signature, module=module, function=function) from error
    if problems.count:
        # That the quick way gave up says nothing to who reads the traceback.
        raise arguments_error(problems, hint, signature, module=module, function=function) from None
    return values


def _bracket_hint(
    signature: Signature, arguments: PythonValue, from_json: bool, called: str
) -> str:
    """Advice for who passed the one argument itself, or its parts, where arguments belong."""
    if len(signature.parameters) != 1 or not isinstance(arguments, list | tuple | dict):
        return ""
    parameter = signature.parameters[0]
    as_one = Problems()
    Checking(as_one, from_json).value(parameter.type, arguments, "args")
    if as_one.count:
        return ""
    short = len(arguments) <= _LONGEST_HINT
    if not short:
        written = ""
    elif called:
        written = f"{called}({list(arguments)!r})"
    elif from_json:
        # `default` serves callers who pass bytes although they say JSON.
        written = json.dumps([arguments], ensure_ascii=False, separators=(",", ":"), default=repr)
    else:
        written = repr([arguments])
    if not short or len(written) > _LONGEST_HINT or not written.isprintable():
        one = "{…}" if isinstance(arguments, dict) else "[…]"
        written = f"{called}({one})" if called else f"[{one}]"
    if arguments:
        it = "it all"
    else:  # maybe nothing was written at all: then no arguments are an empty array
        it = "an empty object" if isinstance(arguments, dict) else "an empty array"
    return f"to pass {it} as the one argument {parameter.name}, write {written}"
