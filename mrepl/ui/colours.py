"""Marked text in the sixteen colours of a terminal, which follow its own dark or light theme."""

from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.segment import Segments
from rich.text import Text
from rich.theme import Theme

from mrepl.text.marked_text import Mark, MarkedText, Span

_CONSOLE = Console(
    force_terminal=True,
    color_system="standard",
    no_color=False,  # whoever asks for colours has looked at NO_COLOR
    theme=Theme(
        {
            "name": "bold",
            "faint": "dim",
            "error": "red",
            "code.keyword": "yellow",
            "wasm.comment": "dim",
            "wasm.string": "green",
            "value.key": "blue",
            "value.string": "green",
            "value.number": "cyan",
            "value.constant": "magenta",
        },
        inherit=False,
    ),
)

_MOST_COLOURED = 50_000  # characters; colouring more would only delay a flood of output


class _ValueHighlighter(RegexHighlighter):
    """JSON and debug notation, which rich's own highlighter does not know in full."""

    base_style = "value."
    highlights = (
        r"""(?sx)
            (?P<key>"(?:[^"\\]++|\\.)*+"(?=:))
          | (?P<string>"(?:[^"\\]++|\\.)*+")
          | (?P<number>-?\d[\w.+-]*+)
          | (?P<constant>\b(?:true|false|null|Null)\b)""",
    )


class _CodeHighlighter(RegexHighlighter):
    """Signatures and types."""

    base_style = "code."
    highlights = (r"\b(?P<keyword>fn|data)\b",)


class _WasmHighlighter(RegexHighlighter):
    """WebAssembly text, whose comments stand back behind the code."""

    base_style = "wasm."
    highlights = (
        r"""(?sx)
            (?P<string>"(?:[^"\\\n]++|\\.)*+")
          | (?P<comment>;;[^\n]*+ | \(;.*?;\))""",
    )


_HIGHLIGHTERS = {
    Mark.VALUE: _ValueHighlighter(),
    Mark.CODE: _CodeHighlighter(),
    Mark.WASM: _WasmHighlighter(),
}
_STYLES = {Mark.NAME: "name", Mark.FAINT: "faint", Mark.ERROR: "error"}


def coloured_text(text: MarkedText) -> str:
    """The text with the escape sequences that colour it; nothing else in it changes."""
    return "".join(map(_coloured, text))


def _coloured(span: Span) -> str:
    if span.mark is Mark.PLAIN or len(span.text) > _MOST_COLOURED:
        return span.text
    text = Text(span.text)
    if span.mark in _HIGHLIGHTERS:
        _HIGHLIGHTERS[span.mark].highlight(text)
    else:
        text.stylize(_STYLES[span.mark], end=len(span.text.rstrip("\n")))
    with _CONSOLE.capture() as capture:
        # Printing the text itself would turn its tabs into spaces.
        _CONSOLE.print(Segments(text.render(_CONSOLE)), end="", soft_wrap=True)
    return capture.get()
