"""The names of adapters."""

from collections.abc import Iterable

from runtime.linked_module import LinkedModule


def adapter_names(modules: Iterable[LinkedModule]) -> tuple[str, ...]:
    """The names of the modules' adapters, export adapters first in each module."""
    return tuple(
        adapter.name
        for module in modules
        for adapter in (
            *(function.adapter for function in module.functions.values()),
            *(bound.interpreted for bound in module.imports),
        )
    )
