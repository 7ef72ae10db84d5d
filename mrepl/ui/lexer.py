"""The colours of the line that is being typed."""

from collections.abc import Callable, Hashable
from itertools import groupby

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from mrepl.line.checking import is_too_long
from mrepl.line.colouring import stretches
from mrepl.ui.line_view import LineView

_MOST_COLOURED = 3_000
"""Characters; drawing a thousand colours takes longer than a key press should."""


class LineLexer(Lexer):
    """Gives each stretch of the line its style, and what is wrong an underline."""

    def __init__(self, view: LineView) -> None:
        self._view = view

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The styled lines of the document, by their number."""
        lines = self._styled_lines(document.text)
        return lambda number: lines[number] if number < len(lines) else []

    def invalidation_hash(self) -> Hashable:
        """Changes when the same text may get other colours."""
        return id(self._view.offer)

    def _styled_lines(self, text: str) -> list[StyleAndTextTuples]:
        if is_too_long(text):
            return [[("", line)] for line in text.split("\n")]
        styles = [""] * len(text)
        coloured = stretches(text, self._view.offer) if len(text) <= _MOST_COLOURED else ()
        for stretch in coloured:
            name = f"class:line.{stretch.colour.value}"
            styles[stretch.start : stretch.end] = [name] * (stretch.end - stretch.start)
        for problem in self._view.problems(text):
            for position in range(problem.start, problem.end):
                styles[position] += " class:line.problem"
        lines: list[StyleAndTextTuples] = [[]]
        for (style, is_end), run in groupby(zip(styles, text, strict=True), _style_or_end):
            characters = "".join(character for _, character in run)
            if is_end:
                lines += ([] for _ in characters)
            else:
                lines[-1].append((style, characters))
        return lines


def _style_or_end(styled: tuple[str, str]) -> tuple[str, bool]:
    style, character = styled
    return ("", True) if character == "\n" else (style, False)
