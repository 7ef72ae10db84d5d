"""Markdown for a terminal of any width."""

import re
import textwrap

_LIST_ITEM = re.compile(r"- |\d+\. ")
_FENCE = "```"


def reflowed(markdown: str, width: int) -> str:
    """The text with its paragraphs and list items broken at words for a width, in columns.

    Headings, tables and code stay as they are.
    """
    lines: list[str] = []
    paragraph: list[str] = []

    def end_paragraph() -> None:
        if paragraph:
            item = _LIST_ITEM.match(paragraph[0])
            indent = "" if item is None else " " * item.end()
            lines.append(
                textwrap.fill(
                    " ".join(paragraph),
                    width,
                    subsequent_indent=indent,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
            paragraph.clear()

    in_code = False
    for line in markdown.splitlines():
        is_fence = line.startswith(_FENCE)
        if in_code or is_fence or not line or line.startswith(("#", "|")):
            end_paragraph()
            lines.append(line)
            in_code ^= is_fence
        else:
            if _LIST_ITEM.match(line):
                end_paragraph()
            paragraph.append(line.strip())
    end_paragraph()
    return "\n".join([*lines, ""])
