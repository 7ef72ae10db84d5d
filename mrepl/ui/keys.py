"""The keys that do something else here than elsewhere."""

from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, emacs_mode, has_focus, has_selection, is_searching
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from mrepl.line.command_ranges import wants_another_line
from mrepl.ui.completer import close_menu, complete


def key_bindings(*, completes: bool) -> KeyBindings:
    """The bindings.

    Args:
        completes: whether Tab completes.
    """
    bindings = KeyBindings()
    at_prompt = has_focus(DEFAULT_BUFFER) & ~is_searching

    @bindings.add("enter", filter=at_prompt)
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        buffer.exit_selection()
        if buffer.complete_state is not None and buffer.complete_state.current_completion:
            close_menu(buffer)
        elif wants_another_line(buffer.text):
            buffer.newline()
        else:
            buffer.validate_and_handle()

    @bindings.add("escape", "enter", filter=at_prompt & emacs_mode)
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.newline()

    @bindings.add("tab", filter=at_prompt & Condition(lambda: completes))
    def _tab(event: KeyPressEvent) -> None:
        complete(event.current_buffer)

    # At once: where something is selected, as after a skeleton, Ctrl-C would otherwise wait for a
    # second key, because Ctrl-C and `>` indent the selection.
    @bindings.add("c-c", filter=at_prompt & has_selection, eager=True)
    def _abort(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    # Pasted text may hold what looks like a mouse event, which prompt_toolkit's own binding, for
    # mouse support that is off here, answers with a traceback.
    bindings.add(Keys.Vt100MouseEvent)(lambda _event: None)
    return bindings
