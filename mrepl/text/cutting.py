"""Long text, cut to what fits a screen, with a note of what is missing."""

from mrepl.text.marked_text import Mark, MarkedText, Span, plain_text

_WIDTH = 80

_REST = "`--pager` shows all of it page by page, `set lines all` as it is"


def cut(text: str, lines: int) -> tuple[str, str]:
    """The beginning of the text, and what to say of the rest.

    Args:
        text: any text.
        lines: how many lines of 80 columns it may take, at least 1.

    Returns:
        The text and "" where it fits; else its beginning, and how much more there is.
    """
    end = _end(text, lines)
    if end >= len(text):
        return text, ""
    rest = text[end:]
    line_count = rest.count("\n")
    more = f"{line_count:,} more lines, " if line_count > 1 else ""
    return text[:end], f"{more}{len(rest):,} more character{'' if len(rest) == 1 else 's'}"


def cut_listing(listing: MarkedText, lines: int | None) -> MarkedText:
    """The beginning of what a command with `--pager` lists, with a note of what is missing.

    Args:
        listing: lines, each with its line feed.
        lines: how many of 80 columns it may take, at least 1; None for all.
    """
    if lines is None:
        return listing
    shown, missing = cut(plain_text(listing).removesuffix("\n"), lines)
    if not missing:
        return listing
    kept = []
    room = len(shown)
    for span in listing:
        kept.append(Span(span.text[:room], span.mark))
        room -= len(kept[-1].text)
        if room == 0:
            break
    return (*kept, Span(f"\n … {missing}: {_REST}\n", Mark.FAINT))


def _end(text: str, lines: int) -> int:
    position = 0
    while lines > 0:
        line_end = text.find("\n", position)
        if line_end < 0:
            line_end = len(text)
        taken = max(1, -(-(line_end - position) // _WIDTH))
        if taken > lines:
            return position + lines * _WIDTH
        lines -= taken
        if line_end == len(text) or lines == 0:
            return line_end
        position = line_end + 1
    return position
