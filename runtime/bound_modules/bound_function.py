"""A public function of a loaded module as a Python function."""

from collections.abc import Callable
from functools import partial
from inspect import Parameter
from typing import Any, TypeAlias, cast

from runtime.bound_modules.call_options import CallOptions
from runtime.bound_modules.named_arguments import in_order
from runtime.calls import Calls
from runtime.interface.types import InterfaceValue, Signature, signature_text
from runtime.json_values import NOT_PLAIN, PythonValue, prepare_result
from runtime.linked_module import LinkedModule, PublicFunction
from runtime.prepared_call import prepare_call
from runtime.python_names import python_names
from runtime.python_types.annotations import RecordClass, python_type
from runtime.python_types.record_signature import RecordSignature

BoundFunction: TypeAlias = Callable[..., Any]
"""What it takes and gives is known once its module is loaded; stubs tell it to type checkers."""

_RAISES = """

Raises:
    CallError: the call gave no result; the service answers the next one.
    MemoryLimitExceeded: it failed after growths past the service's memory limit.
"""


def bound_function(
    home: LinkedModule,
    function: PublicFunction,
    *,
    name: str,
    calls: Calls,
    options: CallOptions,
    record_class: RecordClass,
) -> BoundFunction:
    """The Python function that calls a public function.

    Args:
        home: its module.
        function: itself.
        name: its name in Python.
        calls: makes the calls.
        options: of all its calls.
        record_class: gives the classes of records in results.

    Returns:
        A function that takes its arguments by position or name. It shows the Python types of the
        interface to `inspect.signature` and `help`; records are accepted as dicts too, byte arrays
        in any form that `Service.call` takes.

    Raises:
        CallError: there can be no class for a record.
    """
    signature = function.signature
    names = python_names([parameter.name for parameter in signature.parameters])
    prepared = prepare_call(home, function)
    convert = prepare_result(signature.result, json=False, record_class=record_class)
    to_python = cast("Callable[[InterfaceValue | None], PythonValue] | None", convert)
    ordered = partial(in_order, signature, names, module=home.name, function=function.name)
    accept, run = prepared.accept, calls.run
    call_parameters, timeout = options.call_parameters, options.timeout

    # Were the parameters written out, a wrong number of arguments would be Python's own TypeError.
    def call(*arguments: PythonValue, **named: PythonValue) -> PythonValue:
        if named:
            arguments = ordered(arguments, named)
        try:
            values = accept(arguments)
        except NOT_PLAIN:
            values = prepared.checked(arguments, from_json=False, called=name)
        result = run(prepared, values, call_parameters, timeout)
        return result if to_python is None else to_python(result)

    call.__name__ = name
    call.__qualname__ = f"{python_names([home.name])[0]}.{name}"
    call.__doc__ = f"{signature_text(function.name, signature)}{_RAISES}"
    shown = _python_signature(signature, names, record_class)
    call.__annotations__ = {
        **{each.name: each.annotation for each in shown.parameters.values()},
        "return": shown.return_annotation,
    }
    vars(call)["__signature__"] = shown
    return call


def _python_signature(
    signature: Signature, names: tuple[str, ...], record_class: RecordClass
) -> RecordSignature:
    """The signature with Python types."""
    parameters = [
        Parameter(
            name,
            Parameter.POSITIONAL_OR_KEYWORD,
            annotation=python_type(parameter.type, record_class),
        )
        for name, parameter in zip(names, signature.parameters, strict=True)
    ]
    result = None if signature.result is None else python_type(signature.result, record_class)
    return RecordSignature(parameters, return_annotation=result)
