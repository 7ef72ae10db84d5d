"""A trace as a tree of lines.

Each instruction has a line, with what it called and the operand stack after it; what the call led
to stands below. A line ends with the time.
"""

from dataclasses import dataclass

from mrepl.text.display_width import clipped, display_width, from_the_end
from mrepl.text.escaping import escape_line
from mrepl.text.marked_text import Mark, MarkedText, Span
from mrepl.text.measured_times import measured_text
from mrepl.trace.selection import event_count
from mrepl.trace.value_text import row_text
from runtime import AdapterEvent, Event, HostEvent, InstructionEvent, WasmEvent
from runtime.interface.instructions import Op
from runtime.interface.types import InterfaceValue

_BRANCH, _LAST = "├ ", "└ "
_BAR, _GAP = "│ ", "  "
_TIME_WIDTH = 9
_WIDEST_INSTRUCTION = 24  # columns that arrows of one adapter are aligned to
_LEAST_FREE = 8  # columns for values, however deep the tree is
_MOST_CALLS = 20
"""Calls that one thing led to; of more, such as the `allocate`s of a long array, the first
`_FIRST_CALLS` and the last are shown, where a failure is."""

_FIRST_CALLS = 10

_Call = AdapterEvent | WasmEvent | HostEvent


@dataclass(frozen=True, slots=True)
class Layout:
    """How a tree is laid out.

    Attributes:
        width: columns, at least 40.
        depth: how many levels of calls are shown; None for all.
        times: whether lines end with their times.
    """

    width: int
    depth: int | None = None
    times: bool = True


def tree_text(root: AdapterEvent, layout: Layout) -> MarkedText:
    """The tree of an adapter's run, in lines."""
    tree = _Tree(layout)
    tree.add_line("", [], root, _outcome(root), root.elapsed_ns)
    tree.add_content(root, "", 1)
    return tuple(tree.spans)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a line ends with.

    Attributes:
        values: the operand stack after an instruction, or a result; None where nothing is shown.
        more: how many values are below them on the stack.
        error: what went wrong, where it did.
        failed: whether it did, here or below.
    """

    values: tuple[InterfaceValue, ...] | None = None
    more: int = 0
    error: str = ""
    failed: bool = False


class _Tree:
    def __init__(self, layout: Layout) -> None:
        self.spans: list[Span] = []
        self._layout = layout

    def add_content(self, event: Event, prefix: str, level: int) -> None:
        """What an adapter, a raw call or a host function led to, or how much it was."""
        children = event.children
        if not children and not event.omitted:
            return
        if self._layout.depth is not None and level > self._layout.depth:
            self._add_note(
                prefix + _LAST,
                f"… {_steps(event_count(children) + event.omitted)}",
                sum(child.elapsed_ns for child in children),
            )
            return
        self._add_children(event, prefix, level)

    def _add_children(self, event: Event, prefix: str, level: int) -> None:
        children = event.children
        width = _instruction_width(children)
        folded: tuple[Event, ...] = ()
        if len(children) > _MOST_CALLS and not isinstance(children[0], InstructionEvent):
            folded = children[_FIRST_CALLS:-1]
        for number, child in enumerate(children):
            if folded and number == _FIRST_CALLS:
                time = sum(each.elapsed_ns for each in folded)
                self._add_note(prefix + _BRANCH, f"… {_steps(event_count(folded))}", time)
            if not _FIRST_CALLS <= number < _FIRST_CALLS + len(folded):
                is_last = number == len(children) - 1 and not event.omitted
                self._add(child, prefix, is_last=is_last, instruction_width=width, level=level)
        if event.omitted:
            self._add_note(prefix + _LAST, f"… {_steps(event.omitted)} more, not recorded", None)

    def _add(
        self, event: Event, prefix: str, *, is_last: bool, instruction_width: int, level: int
    ) -> None:
        own = prefix + (_LAST if is_last else _BRANCH)
        below = prefix + (_GAP if is_last else _BAR)
        if not isinstance(event, InstructionEvent):
            self.add_line(own, [], event, _outcome(event), event.elapsed_ns)
            self.add_content(event, below, level + 1)
            return
        text = event.instruction.text
        call = _called(event)
        if call is None:
            text += " " * (instruction_width - display_width(text))
        head = [Span(f"{event.number:>2} ", Mark.FAINT), Span(escape_line(text))]
        if call is not None:
            head.append(Span(" "))
        outcome = _outcome(event if call is None or call.error is None else call)
        self.add_line(own, head, call, outcome, event.elapsed_ns)
        if call is not None:
            self.add_content(call, below, level + 1)
        else:
            self._add_children(event, below, level)  # the `allocate`s of arrays and records

    def add_line(
        self,
        prefix: str,
        head: list[Span],
        call: _Call | None,
        outcome: _Outcome,
        elapsed_ns: int,
    ) -> None:
        prefix = self._narrowed(prefix)
        spans = [Span(prefix, Mark.FAINT), *head, *([] if call is None else _call_head(call))]
        room = self._room - sum(display_width(span.text) for span in spans)
        arrow = _arrow(outcome)
        free = max(room - len(arrow) - (0 if call is None else 2), _LEAST_FREE)
        given = "" if call is None else _arguments_text(call, free)
        tail = _tail_text(outcome, max(free - display_width(given), free // 3))
        if call is not None:
            given = _arguments_text(call, max(free - display_width(tail), 1))
            tail = _tail_text(outcome, max(free - display_width(given), 1))
            spans += (Span("("), Span(given, Mark.VALUE), Span(")"))
        if outcome.failed:
            spans.append(Span(arrow + tail, Mark.ERROR))
        else:
            mark = Mark.VALUE if outcome.values else Mark.FAINT
            spans += (Span(arrow, Mark.FAINT), Span(tail, mark))
        self._end_line(spans, elapsed_ns)

    @property
    def _room(self) -> int:
        return self._layout.width - (_TIME_WIDTH if self._layout.times else 0)

    def _narrowed(self, prefix: str) -> str:
        """Very deep in the tree only the innermost guides."""
        most = self._layout.width // 3
        return prefix if len(prefix) <= most else f"…{prefix[-most + 1 :]}"

    def _add_note(self, prefix: str, text: str, elapsed_ns: int | None) -> None:
        self._end_line([Span(f"{self._narrowed(prefix)}{text}", Mark.FAINT)], elapsed_ns)

    def _end_line(self, spans: list[Span], elapsed_ns: int | None) -> None:
        left = self._room
        line: list[Span] = []
        for span in spans:
            text = clipped(span.text, left) if left > 0 else ""
            left -= display_width(text)
            _append(line, Span(text, span.mark))
        if self._layout.times and elapsed_ns is not None:
            time = f"{measured_text(elapsed_ns):>{_TIME_WIDTH}}"
            _append(line, Span(f"{' ' * left}{time}", Mark.FAINT))
        self.spans += (*line, Span("\n"))


def _append(line: list[Span], span: Span) -> None:
    """Lengthen the line; colouring takes its time for every span."""
    if line and line[-1].mark is span.mark:
        line[-1] = Span(line[-1].text + span.text, span.mark)
    elif span.text:
        line.append(span)


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count:,} steps"


def _instruction_width(events: tuple[Event, ...]) -> int:
    widths = [
        display_width(event.instruction.text)
        for event in events
        if isinstance(event, InstructionEvent) and _called(event) is None
    ]
    return min(max(widths, default=0), _WIDEST_INSTRUCTION)


def _called(event: InstructionEvent) -> _Call | None:
    """What a `call-core` called; it stands on the instruction's own line."""
    if event.instruction.op is not Op.CALL_CORE or len(event.children) != 1:
        return None
    (call,) = event.children
    return None if isinstance(call, InstructionEvent) else call


def _call_head(call: _Call) -> list[Span]:
    match call:
        case AdapterEvent():
            kind = "import" if call.is_import else "export"
            return [Span(f"{kind} ", Mark.FAINT), Span(escape_line(call.name), Mark.NAME)]
        case WasmEvent():
            return [Span("wasm ", Mark.FAINT), Span(escape_line(call.function))]
        case HostEvent():
            return [Span("host ", Mark.FAINT), Span(escape_line(call.name), Mark.NAME)]


def _arguments_text(call: _Call, room: int) -> str:
    if call.arguments is None:
        return "?"
    names: list[str] = []
    if isinstance(call, AdapterEvent) and not call.is_import:
        names = [escape_line(field.name) for field in call.signature.parameters]
    return row_text(call.arguments, room, names)


def _outcome(event: Event) -> _Outcome:
    if event.error is not None:
        is_innermost = not any(child.error is not None for child in event.children)
        first_line = event.error.split("\n", 1)[0]
        return _Outcome(failed=True, error=escape_line(first_line) if is_innermost else "")
    match event:
        case InstructionEvent():
            return _Outcome(event.stack, event.stack_size - len(event.stack))
        case AdapterEvent():
            return _Outcome(event.results or None)
        case _:
            return _Outcome(None if event.result is None else (event.result,))


def _arrow(outcome: _Outcome) -> str:
    if outcome.failed:
        return " ✗ " if outcome.error else " ✗"
    return "" if outcome.values is None else " → "


def _tail_text(outcome: _Outcome, room: int) -> str:
    if outcome.failed:
        return clipped(outcome.error, room)
    if outcome.values is None:
        return ""
    if not outcome.values:
        return "empty"
    more = f"… {outcome.more:,} more, " if outcome.more else ""
    return from_the_end(more + row_text(outcome.values, max(room - len(more), 1)), room)
