"""Reading a line at the prompt, and the Ctrl-C that comes just after Enter.

While a line is edited Ctrl-C is a key, while a command runs it is a signal. In the milliseconds
between the two the terminal still gives it as a key, which would wait for the next prompt, or the
signal would come to a prompt that has ended: the command would run on. Here it is the line's that
was entered, and what was typed before it is dropped, as terminals do.
"""

import signal
from collections.abc import Callable
from types import FrameType

from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app_or_none
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import clear_typeahead, get_typeahead, store_typeahead
from prompt_toolkit.keys import Keys

from mrepl.printing import Printout, write


def read_line(prompt: PromptSession[str], message: str, begin: Callable[[], None]) -> str:
    """Shows the prompt and reads a line.

    Args:
        prompt: the prompt; only the main thread may use it.
        message: what stands before the line.
        begin: called when the prompt has begun; not in terminals that can only print.

    Returns:
        What was entered.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed, before Enter or after it.
        EOFError: Ctrl-D was pressed at an empty line, or the terminal is gone.
    """
    interrupted = False

    def begin_anew() -> None:
        nonlocal interrupted
        interrupted = False  # what came before there was a line is nobody's
        begin()

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal interrupted
        interrupted = True
        app = get_app_or_none()
        if app is not None and app.loop is not None and not app.is_done:
            app.loop.call_soon_threadsafe(app.key_processor.send_sigint)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, interrupt)
    try:
        # prompt_toolkit's own handler drops the signals that come while the prompt ends.
        text = prompt.prompt(message, pre_run=begin_anew, handle_sigint=False)
    finally:
        signal.signal(signal.SIGINT, before)
    source = prompt.app.input
    if interrupted:
        clear_typeahead(source)
    if interrupted or _interrupted_by_key(source):
        write(Printout(stdout="^C\n"))
        raise KeyboardInterrupt
    return text


def _interrupted_by_key(source: Input) -> bool:
    """Whether Ctrl-C is among the keys that came after Enter; those after it stay to be read."""
    keys = get_typeahead(source)
    while more := source.read_keys():
        keys += more
    end = max((place for place, key in enumerate(keys, 1) if key.key == Keys.ControlC), default=0)
    store_typeahead(source, keys[end:])
    return end > 0
