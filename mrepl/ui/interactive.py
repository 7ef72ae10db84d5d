"""A session in a terminal: a numbered prompt, history, lines that go on while brackets are open."""

import sys

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys

from mrepl.colours import colours_wanted
from mrepl.command_line import wants_more_lines
from mrepl.commands import COMMANDS
from mrepl.escaping import escape_line
from mrepl.scripts import commands_in
from mrepl.shell import Shell
from mrepl.ui.history import history_path, open_history


def run_interactive(shell: Shell) -> None:
    """Reads and runs commands until `quit` or Ctrl-D; Ctrl-C at the prompt clears the line."""
    prompt: PromptSession[str] = PromptSession(
        history=open_history(history_path(), _notice),
        # Without colours a suggestion looks like what was typed.
        auto_suggest=AutoSuggestFromHistory() if colours_wanted(sys.stdout) else None,
        multiline=Condition(_goes_on),
        prompt_continuation=_continuation,
        key_bindings=_key_bindings(),
    )
    number = 1
    while True:
        try:
            text = prompt.prompt(f"{number}> ")
            for command in commands_in(text.split("\n")):
                number += 1
                if shell.run(command).ends_session:
                    return
                if shell.interrupted:
                    break
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _goes_on() -> bool:
    """Whether Enter starts a new line instead of running the command: its JSON is not finished."""
    return wants_more_lines(get_app().current_buffer.text, COMMANDS)


def _key_bindings() -> KeyBindings:
    bindings = KeyBindings()
    # Pasted text may hold what looks like a mouse event, which prompt_toolkit's own binding, for
    # mouse support that is off here, answers with a traceback.
    bindings.add(Keys.Vt100MouseEvent)(lambda _event: None)
    return bindings


def _continuation(width: int, _line_number: int, _wrap_count: int) -> str:
    return f"{'.' * (width - 1)} "


def _notice(message: str) -> None:
    sys.stderr.write(f"{escape_line(message)}\n")
