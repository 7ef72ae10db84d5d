"""Tab: completions for prompt_toolkit, and the key itself."""

from collections.abc import Iterable

from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import emacs_mode

from mrepl.commands import COMMANDS
from mrepl.completion import completion as found
from mrepl.completion.completions import completions
from mrepl.completion.next_value import next_value
from mrepl.line.command_ranges import command_before, command_ranges
from mrepl.ui.line_view import LineView

_LONGEST_SHOWN = 60  # characters of an entry in the menu


class PlacedCompletion(Completion):
    """A completion that knows where the cursor is to stand afterwards.

    Attributes:
        back: how many characters before its end.
        selected: how many characters before that are selected, to be typed over.
    """

    def __init__(self, completion: found.Completion, before: str) -> None:
        super().__init__(
            completion.text,
            start_position=completion.start - len(before),
            display=_cut(completion.shown),
            display_meta=_cut(completion.about),
        )
        self.back = completion.back
        self.selected = completion.selected


class LineCompleter(Completer):
    """What the live service offers at the cursor."""

    def __init__(self, view: LineView) -> None:
        self._view = view

    def get_completions(
        self, document: Document, _complete_event: CompleteEvent
    ) -> Iterable[PlacedCompletion]:
        """The completions at the document's cursor."""
        before = command_before(document.text_before_cursor)
        if before is None:
            return
        for completion in completions(before, document.text_after_cursor, self._view.offer):
            yield PlacedCompletion(completion, before)


def complete(buffer: Buffer) -> None:
    """What Tab does: completes, or opens the menu, or goes on to its next entry.

    A single completion is taken. So is a skeleton, the first one, while the menu shows the others.
    Inside JSON that has nothing to complete it goes to the next value.
    """
    buffer.exit_selection()
    if buffer.complete_state is not None:
        buffer.complete_next()
        _place_cursor(buffer)
        return
    offered = list(buffer.completer.get_completions(buffer.document, CompleteEvent()))
    begins_with_skeleton = _ends_inside(offered[0]) if offered else False
    if len(offered) == 1 or begins_with_skeleton:
        buffer.complete_state = CompletionState(buffer.document, offered)
        buffer.complete_next()
        _place_cursor(buffer)
        if len(offered) == 1:
            close_menu(buffer)
    elif offered:
        buffer.start_completion(insert_common_part=True)
    else:
        _go_to_next_value(buffer)


def close_menu(buffer: Buffer) -> None:
    """Closes the menu; the text stays as its chosen entry made it."""
    buffer.complete_state = None


def _ends_inside(completion: Completion) -> bool:
    return isinstance(completion, PlacedCompletion) and completion.back > 0


def _place_cursor(buffer: Buffer) -> None:
    state = buffer.complete_state
    chosen = None if state is None else state.current_completion
    if isinstance(chosen, PlacedCompletion) and chosen.back:
        end = buffer.cursor_position - chosen.back
        _select(buffer, end - chosen.selected, end)
        buffer.complete_state = state  # moving the cursor has closed the menu


def _go_to_next_value(buffer: Buffer) -> None:
    text, cursor = buffer.text, buffer.cursor_position
    for start, end in command_ranges(text):
        if start <= cursor < end:
            place = next_value(text[start:end], cursor - start, COMMANDS)
            if place is not None:
                _select(buffer, start + place[0], start + place[1])


def _select(buffer: Buffer, start: int, end: int) -> None:
    """Puts the cursor at the end of a range that what is typed takes the place of."""
    buffer.cursor_position = start
    if end > start and emacs_mode():  # in vi, it would be the visual mode
        buffer.start_selection()
        if buffer.selection_state is not None:
            buffer.selection_state.enter_shift_mode()
    buffer.cursor_position = end


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
