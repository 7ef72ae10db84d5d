"""Parts of a trace: the subtrees of one adapter, and how much there is of something."""

from collections.abc import Iterable

from runtime import AdapterEvent, Event


def runs_of(root: AdapterEvent, adapter: str) -> tuple[AdapterEvent, ...]:
    """The outermost runs of an adapter, in order.

    Args:
        root: where to look.
        adapter: its name, as `AdapterEvent.name`.
    """
    found = []
    pending: list[Event] = [root]
    while pending:
        event = pending.pop()
        if isinstance(event, AdapterEvent) and event.name == adapter:
            found.append(event)
        else:
            pending += reversed(event.children)
    return tuple(found)


def event_count(events: Iterable[Event]) -> int:
    """How many events these are with all below them, those not kept included."""
    pending = list(events)
    count = 0
    while pending:
        event = pending.pop()
        count += 1 + event.omitted
        pending += event.children
    return count
