"""What lifting and lowering need of the module whose memory they read and write."""

from typing import Protocol

from runtime.adapters.lower import Allocate
from runtime.engine.linear_memory import LinearMemory
from runtime.engine.raw import RawCall
from runtime.interface.validated import CoreSignature


class Home(Protocol):
    """A module that values are lifted from and lowered into.

    It need not be instantiated before its memory or an export of it is first asked for.
    """

    @property
    def name(self) -> str:
        """The module's name."""

    @property
    def memory(self) -> LinearMemory:
        """The module's memory 0."""

    @property
    def allocate(self) -> Allocate:
        """The module's `allocate`, whatever number of parameters it has."""

    def raw_export(self, name: str, signature: CoreSignature) -> RawCall:
        """The call of an exported Wasm function."""

    def require_running(self) -> None:
        """Make sure that the call under way is not to end.

        Raises:
            Interrupted: it is.
        """
