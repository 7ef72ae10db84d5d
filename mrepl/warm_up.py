"""Calls before a timed call, so that its time is its own.

A processor whose caches the prompt has filled with other things runs the first call four times as
long as the next. So each timed call in a session follows some calls of a module that does nothing,
which take the same way through the runtime.
"""

from runtime import Engine, Service, calibration_module

_MODULE = "calibration"
_CALLS = 10


class WarmUp:
    """A service of its own, made when it is first wanted."""

    def __init__(self) -> None:
        self._service: Service | None = None

    def run(self, engine: Engine) -> None:
        """Takes some ten microseconds times ten.

        Args:
            engine: what runs the adapters of the timed call.
        """
        if self._service is None:
            self._service = Service(wasm_log="", engine=engine)
            self._service.load(_MODULE, calibration_module())
        elif self._service.engine is not engine:
            self._service.engine = engine
        for _ in range(_CALLS):
            self._service.call_text(_MODULE, "echo", '["warm"]')

    def close(self) -> None:
        """Closes the service; without one it does nothing."""
        if self._service is not None:
            self._service.close()
            self._service = None
