"""Text from modules inside written Python: it never breaks out of where it stands."""

import textwrap

MOST_COLUMNS = 100
"""Written lines are no longer, unless a single name is."""

INDENT = "    "


def string_literal(text: str) -> str:
    """A literal in double quotes whose value is the text."""
    return f'"{_printable(_without_quotes(text))}"'


def comment(text: str) -> str:
    r"""A comment on one line; control characters are escapes, as `\n`."""
    return f"# {_printable(text)}"


def docstring(*paragraphs: str, indent: int) -> list[str]:
    """The lines of a docstring.

    Args:
        paragraphs: each is broken at white space where it is too long; lines that begin with four
            blanks stay as they are.
        indent: how many levels the docstring lies inside.
    """
    margin = INDENT * indent
    width = MOST_COLUMNS - len(margin)
    lines: list[str] = []
    for paragraph in paragraphs:
        if lines:
            lines.append("")
        lines += _broken(paragraph, width, first=width if lines else width - len('"""'))
    if len(lines) == 1 and len(lines[0]) <= width - len('""""""'):
        return [f'{margin}"""{lines[0]}"""']
    lines[0] = f'"""{lines[0]}'
    lines.append('"""')
    return [f"{margin}{line}" if line else "" for line in lines]


def _broken(paragraph: str, width: int, *, first: int) -> list[str]:
    """The lines of one paragraph; what continues a line of one is indented."""
    if paragraph.startswith(INDENT):
        return [_in_docstring(line) for line in paragraph.split("\n")]
    text = _in_docstring(paragraph)
    if len(text) <= first:
        return [text]
    return textwrap.wrap(
        text,
        min(width, first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _in_docstring(line: str) -> str:
    # First what cannot be printed: `help` must not print it either.
    return _without_quotes(_printable(line)).rstrip()  # a name may be empty, or end in blanks


def _without_quotes(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _printable(text: str) -> str:
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )
