"""The host functions that the user of a service offers to its modules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from runtime.host.function import HostFunction

HostFunctions: TypeAlias = Sequence[HostFunction] | Mapping[str, Sequence[HostFunction]]
"""For all modules, or for each of the modules named."""


@dataclass(frozen=True, slots=True)
class RegisteredFunctions:
    """The host functions of one service's user."""

    functions: HostFunctions = ()

    def of_module(self, name: str) -> tuple[HostFunction, ...]:
        """Those that a module may import."""
        if isinstance(self.functions, Mapping):
            return tuple(self.functions.get(name, ()))
        return tuple(self.functions)
