"""Ctrl-C around Enter: it is never left for the next prompt, and never lost."""

import signal
from collections.abc import Callable, Iterator

import pytest
from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from mrepl.ui.line_reading import read_line
from tests.support.terminal import CTRL_C, CTRL_D, ENTER


class Prompt:
    """A prompt whose keys come from a pipe.

    Attributes:
        keys: the pipe.
    """

    def __init__(self, keys: PipeInput) -> None:
        self.keys = keys
        self._session: PromptSession[str] = PromptSession()

    def read(self, keys: str = "", begin: Callable[[], None] = lambda: None) -> str:
        """Types the keys and reads a line."""
        self.keys.send_text(keys)
        return read_line(self._session, "> ", begin)

    def once_typed(self, do: Callable[[], object]) -> None:
        """Does something when the line changes for the first time."""

        def changed(_: object) -> None:
            self._session.default_buffer.on_text_changed -= changed
            do()

        self._session.default_buffer.on_text_changed += changed

    def once_entered(self, do: Callable[[], object]) -> None:
        """Does something while the prompt ends, at the first line that is entered."""

        def rendered(_: object) -> None:
            if self._session.app.is_done:
                self._session.app.after_render -= rendered
                do()

        self._session.app.after_render += rendered


@pytest.fixture
def prompt() -> Iterator[Prompt]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield Prompt(keys)


def _ctrl_c_signal() -> None:
    signal.raise_signal(signal.SIGINT)


def test_lines_are_read_one_after_the_other(prompt: Prompt) -> None:
    assert prompt.read(f"first{ENTER}second{ENTER}") == "first"
    assert prompt.read() == "second"
    with pytest.raises(EOFError):
        prompt.read(CTRL_D)


def test_a_key_gives_up_the_line_that_is_edited(prompt: Prompt) -> None:
    with pytest.raises(KeyboardInterrupt):
        prompt.read(f"first{CTRL_C}")
    assert prompt.read(f"second{ENTER}") == "second"


def test_a_signal_gives_up_the_line_that_is_edited(prompt: Prompt) -> None:
    prompt.once_typed(_ctrl_c_signal)
    with pytest.raises(KeyboardInterrupt):
        prompt.read("first")
    assert prompt.read(f"second{ENTER}") == "second"


def test_a_key_that_came_with_enter_takes_the_line_back(
    prompt: Prompt, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        prompt.read(f"first{ENTER}dropped{ENTER}{CTRL_C}second")
    assert capsys.readouterr().out == "^C\n"
    assert prompt.read(ENTER) == "second"


def test_a_key_that_came_while_the_prompt_ended_takes_the_line_back(prompt: Prompt) -> None:
    prompt.once_entered(lambda: prompt.keys.send_text(f"{CTRL_C}second"))
    with pytest.raises(KeyboardInterrupt):
        prompt.read(f"first{ENTER}")
    assert prompt.read(ENTER) == "second"


def test_a_signal_that_came_while_the_prompt_ended_takes_the_line_back(
    prompt: Prompt, capsys: pytest.CaptureFixture[str]
) -> None:
    prompt.once_entered(_ctrl_c_signal)
    with pytest.raises(KeyboardInterrupt):
        prompt.read(f"first{ENTER}dropped{ENTER}")
    assert capsys.readouterr().out == "^C\n"
    assert prompt.read(f"second{ENTER}") == "second"


def test_the_signals_handler_is_as_before_whatever_came(prompt: Prompt) -> None:
    before = signal.getsignal(signal.SIGINT)
    prompt.read(f"first{ENTER}")
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        prompt.read(CTRL_C)
    assert signal.getsignal(signal.SIGINT) is before


def test_where_the_signal_is_ignored_it_stays_so(prompt: Prompt) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        prompt.once_entered(_ctrl_c_signal)
        assert prompt.read(f"first{ENTER}", begin=_ctrl_c_signal) == "first"
    finally:
        signal.signal(signal.SIGINT, before)
