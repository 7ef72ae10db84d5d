"""What a forked process must make anew.

Of the threads of a process a fork copies only the one that forks: the others are gone in the new
process, and what locks they held stays locked there for ever.
"""

import os
from typing import Protocol
from weakref import WeakSet


class Renewable(Protocol):
    """What has threads or locks."""

    def renew(self) -> None:
        """Do without the threads of the process that this one was forked from."""


class Lock(Protocol):
    """A lock of `threading`."""

    def acquire(self) -> object:
        """Wait until it is free, and hold it."""

    def release(self) -> object:
        """Let go of it."""


_renewed: WeakSet[Renewable] = WeakSet()


def renew_after_fork(renewable: Renewable) -> None:
    """Call `renew` first of all in each process forked from this one, while there is the object."""
    _renewed.add(renewable)


def hold_during_fork(lock: Lock) -> None:
    """Fork only when no other thread holds a lock of a module's own, which never goes away.

    It is for locks that are held for a moment, and in which nobody forks.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
        )


def _renew() -> None:
    for renewable in _renewed:
        renewable.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
