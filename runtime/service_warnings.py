"""What a service's user has probably not meant, told where Python programs expect it."""

import sys
import warnings
from collections.abc import Iterable
from types import FrameType

from runtime.own_frames import is_own


class MarineWarning(UserWarning):
    """What is odd about a service but does no harm; `Service.warnings` has them all."""


def warn_user(messages: Iterable[str]) -> None:
    """Issue warnings that name the line which called the runtime.

    Raises:
        MarineWarning: Python's warning filters make it an error.
    """
    level = 1
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - `inspect` takes time to import
    while frame is not None and is_own(frame):
        frame = frame.f_back
        level += 1
    for message in messages:
        warnings.warn(message, MarineWarning, stacklevel=level)
