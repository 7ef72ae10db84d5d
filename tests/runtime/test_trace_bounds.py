"""A recorder keeps so much and no more, and counts what it does not keep."""

from collections.abc import Callable

from runtime.interface.types import InterfaceValue
from runtime.interface.validated import CoreSignature
from runtime.tracing.recorder import Recorder
from runtime.tracing.tree import Activity, Event, WasmEvent


def record(
    recorder: Recorder, name: str, body: Callable[[], None] = lambda: None, error: str | None = None
) -> None:
    """An event of this name that leads to what the body records."""
    opened = recorder.begin(recorder.time_of("m", Activity.WASM))
    body()
    if error is not None:
        recorder.fail(opened, ValueError(error))
    recorder.end(opened)
    if opened.is_kept:
        recorder.keep(
            WasmEvent(
                module="m",
                function=name,
                signature=CoreSignature((), ()),
                arguments=(),
                result=None,
                elapsed_ns=opened.elapsed_ns,
                error=opened.error,
                children=tuple(opened.children),
                omitted=opened.omitted,
            )
        )
    recorder.resume()


def shown(event: Event) -> object:
    assert isinstance(event, WasmEvent)
    return (event.function, event.omitted, *map(shown, event.children))


def test_the_first_events_are_kept_and_the_others_counted_where_they_belong() -> None:
    recorder = Recorder(most_events=3)

    def inner() -> None:
        record(recorder, "a")
        record(recorder, "b", lambda: record(recorder, "c"))
        record(recorder, "d", lambda: record(recorder, "e"))

    record(recorder, "root", inner)
    assert [shown(event) for event in recorder.events] == [
        ("root", 2, ("a", 0), ("b", 1)),
    ]


def test_what_fails_is_kept_however_many_events_there_were() -> None:
    recorder = Recorder(most_events=1)

    def inner() -> None:
        record(recorder, "a")
        record(recorder, "b", lambda: record(recorder, "c", error="no"), error="no")

    record(recorder, "root", inner, error="no")
    assert [shown(event) for event in recorder.events] == [("root", 1, ("b", 0, ("c", 0)))]


def test_large_values_use_up_the_room_too() -> None:
    values: tuple[InterfaceValue, ...] = ("x" * 600, [b"y" * 300, b"z" * 300], ("a", 1, [1.5] * 60))
    for value in values:
        recorder = Recorder(most_bytes=1000)

        def inner(recorder: Recorder = recorder, value: InterfaceValue = value) -> None:
            recorder.weigh(value)
            record(recorder, "kept")
            recorder.weigh(value)
            recorder.weigh(value)
            record(recorder, "omitted")

        record(recorder, "root", inner)
        assert [shown(event) for event in recorder.events] == [("root", 1, ("kept", 0))]


def spend_time() -> None:
    sum(range(1000))


def test_times_of_events_that_are_not_kept_count_too() -> None:
    recorder = Recorder(most_events=1)

    def inner() -> None:
        for _ in range(100):
            record(recorder, "a", spend_time)

    record(recorder, "root", inner)
    (root,) = recorder.events
    assert recorder.times == {("m", Activity.WASM): root.elapsed_ns}
    assert root.elapsed_ns > 0
