"""Calls that are awaited: they run on a thread of the service's, and the event loop goes on."""

from collections.abc import Sequence
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from runtime.call_thread import CallThread
from runtime.calls import Calls
from runtime.engine.interruption import Interruption
from runtime.errors import Interrupted, ServiceClosed
from runtime.interface.types import InterfaceValue
from runtime.json_values import PythonResult, PythonValue

if TYPE_CHECKING:
    import asyncio  # 40 ms, for nothing where nobody awaits


class AsyncCalls:
    """Makes the awaited calls of one service, in the order in which they were asked for."""

    def __init__(self, calls: Calls, interruption: Interruption) -> None:
        """Args: calls: makes its calls. interruption: stops them."""
        self._calls = calls
        self._interruption = interruption
        self._thread = CallThread()
        self._is_closed = False

    async def call(
        self,
        module: str,
        function: str,
        arguments: PythonValue,
        *,
        call_parameters: PythonValue,
        timeout: float | None,
    ) -> PythonResult:
        """Make a call; see `Service.call_async`."""
        import asyncio  # noqa: PLC0415 - who awaits has paid for it

        loop = asyncio.get_running_loop()
        call = _AwaitedCall(
            module, function, arguments, call_parameters, timeout, loop, loop.create_future()
        )
        self._thread.put(partial(copy_context().run, self._make, call))
        try:
            await call.ended
        finally:
            self._stop(call)
        try:
            if call.error is not None:
                raise call.error
            return call.result
        finally:
            del call  # the error's traceback has this frame, which would have the error

    def finish(self) -> None:
        """Calls that have not begun end with `ServiceClosed`."""
        self._is_closed = True
        self._thread.finish()

    def close(self) -> None:
        """End the thread, when what it runs has ended."""
        self._thread.close()

    def _make(self, call: "_AwaitedCall") -> None:
        if not call.is_unwanted:
            try:
                call.result = self._result(call)
            except BaseException as error:  # noqa: BLE001 - it is raised where the call is awaited
                call.error = error
        # A loop that was closed meanwhile has nobody who waits.
        with suppress(RuntimeError):
            call.loop.call_soon_threadsafe(_wake, call)

    def _result(self, call: "_AwaitedCall") -> PythonResult:
        if self._is_closed:
            raise ServiceClosed("the service was closed before this call's turn came")
        prepared = self._calls.find(call.module, call.function)

        def run(values: Sequence[InterfaceValue]) -> InterfaceValue | None:
            call.number = self._interruption.running_call
            if call.is_unwanted:  # whoever set it may have seen no number yet
                raise Interrupted("interrupted: nobody awaits the call any more")
            return (prepared.run or self._calls.found_run(prepared))(values)

        values = prepared.values(call.arguments, from_json=False)
        result = self._calls.run(
            replace(prepared, run=run), values, call.call_parameters, call.timeout
        )
        return prepared.to_python(result)

    def _stop(self, call: "_AwaitedCall") -> None:
        """Stop a call and no other; nothing happens where it has ended."""
        call.is_unwanted = True
        if call.number is not None:
            self._interruption.request(call.number)


@dataclass(slots=True, eq=False)
class _AwaitedCall:
    """A call and what became of it.

    Attributes:
        ended: done when the call has ended; who waits for it belongs to `loop`.
        is_unwanted: whether nobody waits any more.
        number: the interruption's, once the call runs.
        result: what it gave.
        error: what it raised.
    """

    module: str
    function: str
    arguments: PythonValue
    call_parameters: PythonValue
    timeout: float | None
    loop: "asyncio.AbstractEventLoop"
    ended: "asyncio.Future[None]"
    is_unwanted: bool = False
    number: int | None = None
    result: PythonResult = None
    error: BaseException | None = None


def _wake(call: _AwaitedCall) -> None:
    if not call.ended.done():  # it is cancelled before its task learns of that
        call.ended.set_result(None)
