"""A session in a terminal: a numbered prompt with completion, colours, history and a toolbar."""

import sys

from prompt_toolkit import PromptSession
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.output import ColorDepth

from mrepl.line.command_ranges import command_ranges
from mrepl.printing import Printout, write
from mrepl.process.colours import colours_wanted, is_dumb
from mrepl.settings import Editing
from mrepl.shell import Shell
from mrepl.text.cutting import cut
from mrepl.text.escaping import escape_line, escape_text
from mrepl.ui.completer import LineCompleter
from mrepl.ui.history import history_path, open_history
from mrepl.ui.keys import key_bindings
from mrepl.ui.lexer import LineLexer
from mrepl.ui.line_reading import read_line
from mrepl.ui.line_view import LineView
from mrepl.ui.suggestions import ShortSuggestions
from mrepl.ui.theme import THEME
from mrepl.ui.toolbar import toolbar
from mrepl.ui.watching import watch_files

_MOST_REPEATED = 10  # lines of a command


def run_interactive(shell: Shell, *, watch: bool) -> None:
    """Reads and runs commands until `quit` or Ctrl-D; Ctrl-C at the prompt clears the line.

    Args:
        shell: runs them; it has a service.
        watch: whether modules are reloaded when their files change.
    """
    view = LineView(shell.session)
    prompt = _prompt_session(view)
    number = 1

    def begin() -> None:
        if watch:
            prompt.app.create_background_task(watch_files(shell, view))

    while True:
        try:
            view.renew()
            shell.echo.turn_off()  # after Ctrl-Z and `fg` during a command it is on
            _edit_with(shell.session.settings.editing, prompt)
            text = read_line(prompt, f"{number}> ", begin)
            commands = [text[start:end].strip() for start, end in command_ranges(text)]
            for command in commands:
                if len(commands) > 1:
                    write(Printout(stdout=_as_at_prompt(command, number)))
                number += 1
                if watch:
                    shell.reload_changed()
                if shell.run(command).ends_session:
                    return
                if shell.interrupted:
                    break
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _prompt_session(view: LineView) -> PromptSession[str]:
    has_colours = colours_wanted(sys.stdout)
    if is_dumb():
        return PromptSession(
            history=open_history(history_path(), _notice),
            multiline=True,
            enable_suspend=True,
            key_bindings=key_bindings(completes=False),
        )

    def bottom_toolbar() -> StyleAndTextTuples:
        columns = prompt.output.get_size().columns
        mode = _vi_mode(prompt) if prompt.editing_mode is EditingMode.VI else ""
        return toolbar(prompt.default_buffer.document, view, columns, mode=mode)

    prompt: PromptSession[str] = PromptSession(
        history=open_history(history_path(), _notice),
        # Without colours a suggestion looks like what was typed.
        auto_suggest=ShortSuggestions() if has_colours else None,
        enable_history_search=True,
        search_ignore_case=True,
        multiline=True,  # Enter is bound to what it does here
        prompt_continuation=_continuation,
        key_bindings=key_bindings(completes=True),
        completer=LineCompleter(view),
        complete_while_typing=False,
        lexer=LineLexer(view),
        bottom_toolbar=bottom_toolbar,
        style=THEME,
        include_default_pygments_style=False,
        color_depth=ColorDepth.DEPTH_4_BIT if has_colours else ColorDepth.DEPTH_1_BIT,
        enable_open_in_editor=True,
        enable_suspend=True,
    )
    return prompt


def _edit_with(editing: Editing, prompt: PromptSession[str]) -> None:
    is_vi = editing is Editing.VI
    prompt.editing_mode = EditingMode.VI if is_vi else EditingMode.EMACS
    prompt.cursor = ModalCursorShapeConfig() if is_vi else None  # shows the mode of vi


def _vi_mode(prompt: PromptSession[str]) -> str:
    is_normal = prompt.app.vi_state.input_mode is InputMode.NAVIGATION
    return f"vi: {'normal' if is_normal else 'insert'}"


def _as_at_prompt(command: str, number: int) -> str:
    """One of several commands that were entered at once, as if it had been typed alone."""
    prompt = f"{number}> "
    shown, more = cut(escape_text(command), _MOST_REPEATED)
    shown = shown.replace("\n", f"\n{_continuation(len(prompt), 1, 0)}")
    return f"{prompt}{shown}{'…' if more else ''}\n"


def _continuation(width: int, _line_number: int, wrap_count: int) -> str:
    """What stands before a further line; a line that only was too wide goes on after blanks."""
    return " " * width if wrap_count else f"{'.' * (width - 1)} "


def _notice(message: str) -> None:
    sys.stderr.write(f"{escape_line(message)}\n")
