"""How the errors of services show in pytest's reports: without what happened in the runtime."""

from types import FrameType, TracebackType

from runtime import MarineError

_NOT_THE_USERS = ("runtime", "wasmtime")
"""The packages whose frames say nothing to those who test modules."""


def cut_tracebacks(raised: BaseException) -> None:
    """Take the runtime's frames out of a service's error and of what the error came from.

    What it came from stays where it has other frames too: the exception of a host function does,
    one of the runtime's own making does not. Exceptions that are no errors of services, and did not
    lead to one, keep all their frames.

    Args:
        raised: an exception that ended a test; it is changed.
    """
    error, seen = raised, set[int]()
    led_to_error = False
    while id(error) not in seen:
        seen.add(id(error))
        led_to_error = led_to_error or isinstance(error, MarineError)
        if led_to_error:
            error.__traceback__ = _without_runtime(error.__traceback__) or error.__traceback__
        origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if origin is None:
            return
        if led_to_error and _without_runtime(origin.__traceback__) is None:
            error.__cause__, error.__suppress_context__ = None, True
            return
        error = origin


def _without_runtime(traceback: TracebackType | None) -> TracebackType | None:
    kept = []
    while traceback is not None:
        if not _is_the_runtimes(traceback.tb_frame):
            kept.append(traceback)
        traceback = traceback.tb_next
    rest = None
    for each in reversed(kept):
        rest = TracebackType(rest, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return rest


def _is_the_runtimes(frame: FrameType) -> bool:
    module = frame.f_globals.get("__name__")  # the runtime's functions of `exec` have none
    return module is None or str(module).partition(".")[0] in _NOT_THE_USERS
