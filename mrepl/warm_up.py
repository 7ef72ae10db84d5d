"""Calls before a timed call, so that its time is its own.

A processor whose caches the prompt has filled with other things runs the first call four times as
long as the next. So each timed call in a session follows some calls of a module that does nothing,
which take the same way through the runtime.
"""

from mrepl.json_text import compact_json
from runtime import Service, calibration_module, parse_json

_MODULE = "calibration"
_CALLS = 10


class WarmUp:
    """A service of its own, made when it is first wanted."""

    def __init__(self) -> None:
        self._service: Service | None = None

    def run(self) -> None:
        """Takes some ten microseconds times ten."""
        if self._service is None:
            self._service = Service(wasm_log="")
            self._service.load(_MODULE, calibration_module())
        for _ in range(_CALLS):
            compact_json(self._service.call_json(_MODULE, "echo", parse_json('["warm"]')))

    def close(self) -> None:
        """Closes the service; without one it does nothing."""
        if self._service is not None:
            self._service.close()
            self._service = None
