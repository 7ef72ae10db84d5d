"""What any call costs: the time of one that does nothing, measured on the machine as it is now."""

import statistics
from collections.abc import Callable

from mrepl.bench.sampling import Plan, measure
from mrepl.bench.timed_call import TimedCall, operation_of
from runtime import Engine, Service, calibration_module

_MODULE = "calibration"
_PLAN = Plan(samples=50, warm_up=10_000)  # a tenth of a second


def empty_call_time(engine: Engine, is_stopped: Callable[[], bool]) -> float:
    """The median time of a call without arguments and result.

    Args:
        engine: what runs the adapters.
        is_stopped: whether somebody wants it to end.

    Returns:
        Nanoseconds.

    Raises:
        Interrupted: somebody ended it before there was anything to say.
    """
    call = TimedCall(_MODULE, "nothing", "[]", None, engine)
    with Service(wasm_log="", engine=engine) as service:
        service.load(_MODULE, calibration_module())
        measured = measure([operation_of(service, call)], _PLAN, is_stopped=is_stopped)
    return statistics.median(measured.samples[0].times)
