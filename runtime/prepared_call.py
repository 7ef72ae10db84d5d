"""A public function with all that calls of it need, prepared once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, cast

from runtime.errors import ArgumentsError
from runtime.interface.types import InterfaceValue
from runtime.json_values import (
    NOT_PLAIN,
    JsonValue,
    NotQuick,
    PythonResult,
    PythonValue,
    arguments_to_values,
    json_text,
    parse_json,
    prepare_arguments,
    prepare_result,
)
from runtime.linked_module import LinkedModule, PublicFunction, Run

_ToPython: TypeAlias = Callable[[InterfaceValue | None], PythonResult]
_ToJson: TypeAlias = Callable[[InterfaceValue | None], JsonValue]

NOT_QUICK = (NotQuick, *NOT_PLAIN)
"""What reading and accepting a JSON text raises where more must be looked at."""


@dataclass(eq=False, slots=True, weakref_slot=True)
class PreparedCall:
    """How a public function is called.

    Attributes:
        home: its module.
        function: itself.
        accept: gives the interface values of arguments that are plainly right.
        to_python: makes the result a Python value.
        to_json: makes the result a JSON value.
        run: runs the function; None where the engine of the moment must be asked.
    """

    home: LinkedModule
    function: PublicFunction
    accept: Callable[[PythonValue], tuple[InterfaceValue, ...]]
    to_python: _ToPython
    to_json: _ToJson
    run: Run | None = None

    def values(self, arguments: PythonValue, *, from_json: bool) -> tuple[InterfaceValue, ...]:
        """The interface values of arguments.

        Raises:
            ArgumentsError: something does not fit.
        """
        try:
            return self.accept(arguments)
        except NOT_PLAIN:
            return self.checked(arguments, from_json=from_json)

    def checked(
        self, arguments: PythonValue, *, from_json: bool, called: str = ""
    ) -> tuple[InterfaceValue, ...]:
        """The interface values of arguments that are not plainly right.

        Args:
            arguments: as `arguments_to_values` takes them.
            from_json: as there.
            called: as there.

        Raises:
            ArgumentsError: something does not fit.
        """
        return arguments_to_values(
            self.function.signature,
            arguments,
            module=self.home.name,
            function=self.function.name,
            from_json=from_json,
            called=called,
        )

    def result_text(self, result: InterfaceValue | None) -> str:
        """The result as JSON text, without white space.

        Raises:
            CallError: it nests too deeply for Python's stack.
        """
        return json_text(self.to_json(result))


def prepare_call(home: LinkedModule, function: PublicFunction) -> PreparedCall:
    """Prepare the calls of a public function."""
    signature = function.signature
    return PreparedCall(
        home,
        function,
        prepare_arguments(signature),
        cast("_ToPython", prepare_result(signature.result, json=False) or _as_it_is),
        cast("_ToJson", prepare_result(signature.result, json=True) or _as_it_is),
    )


def _as_it_is(result: InterfaceValue | None) -> InterfaceValue | None:
    """Stands for the conversion of results that are JSON or Python values already."""
    return result


def parse_call_parameters(text: str) -> JsonValue:
    """Call parameters that are a JSON text.

    Raises:
        ArgumentsError: it is no JSON.
    """
    try:
        return parse_json(text)
    except ArgumentsError as error:
        raise ArgumentsError(f"call parameters: {error}", problems=error.problems) from error
