"""Which functions under way are this library's."""

from types import FrameType


def is_own(frame: FrameType) -> bool:
    """Whether the function of a frame is part of the runtime."""
    return str(frame.f_globals.get("__name__")).partition(".")[0] == "runtime"
