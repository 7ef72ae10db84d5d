"""Where in a module's interface something is ill-formed."""

from runtime.errors import ValidationError
from runtime.frozen_dataclass import frozen_dataclass


@frozen_dataclass
class Place:
    """A part of a module's interface, as an error names it.

    Attributes:
        module: the module's name.
        part: the part in words, such as `record 'Tree', field 'children'`.
        function: the function whose adapter it is, if it is one.
        instruction: the number of the adapter's instruction, from 0, if it is one.
    """

    module: str
    part: str
    function: str | None = None
    instruction: int | None = None

    def error(self, found: str, expected: str) -> ValidationError:
        """The error to raise when `found` stands here instead of `expected`."""
        return ValidationError(
            f"module {self.module!r}: {self.part}: found {found}, expected {expected}",
            module=self.module,
            function=self.function,
            instruction=self.instruction,
        )
