"""Whether somebody observes a service's calls: what adapters do, what the host is asked for."""

from dataclasses import dataclass
from typing import Protocol

from runtime.adapters.interpreter import AdapterObserver
from runtime.host.binding import HostObserver


class Observer(AdapterObserver, HostObserver, Protocol):
    """Sees all that happens in a call; a trace is made by one."""


@dataclass(slots=True)
class Observation:
    """The state of one service.

    Attributes:
        observer: who observes the call that runs; None nearly always.
    """

    observer: Observer | None = None
