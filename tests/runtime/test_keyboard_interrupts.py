"""Ctrl-C takes effect after what it must not interrupt, and only then."""

import signal
import threading

import pytest

from runtime.keyboard_interrupts import keyboard_interrupts_deferred


def test_ctrl_c_is_noticed_at_once_and_raised_when_the_context_is_left() -> None:
    events: list[str] = []

    def deferred() -> None:
        with keyboard_interrupts_deferred(lambda: events.append("noticed")):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            events.append("went on")

    with pytest.raises(KeyboardInterrupt):
        deferred()
    assert events == ["noticed", "noticed", "went on"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_while_the_first_is_noticed_is_not_noticed_again() -> None:
    noticed: list[int] = []

    def notice() -> None:
        noticed.append(1)
        if len(noticed) == 1:
            signal.raise_signal(signal.SIGINT)

    def deferred() -> None:
        with keyboard_interrupts_deferred(notice):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        deferred()
    assert noticed == [1]


def test_other_threads_keep_the_handler_as_it_is() -> None:
    handlers = []

    def note() -> None:
        with keyboard_interrupts_deferred():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=note)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]
