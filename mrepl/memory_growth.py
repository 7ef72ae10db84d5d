"""How much the modules' memories have grown since the last call began."""

from collections.abc import Iterable, Mapping


class MemoryGrowth:
    """The sizes of a service's memories as they were before the last call, if there was one."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}

    def call_begins(self, sizes: Mapping[str, int]) -> None:
        """Notes the memories' sizes in bytes, by module, before a call."""
        self._before = dict(sizes)

    def forget(self, modules: Iterable[str]) -> None:
        """Modules with new memories, or none any more: nothing has grown."""
        for name in modules:
            self._before.pop(name, None)

    def until(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """How many bytes each memory has grown since then, 0 for one that was not there."""
        return {name: size - self._before.get(name, size) for name, size in sizes.items()}
