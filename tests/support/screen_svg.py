"""What a terminal showed, one screen after the other, as an SVG that plays by itself."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pyte
from pyte.screens import Char

_CELL_WIDTH, _LINE_HEIGHT, _MARGIN = 8.4, 18, 12
_BACKGROUND, _FOREGROUND = "#16181d", "#d4d7dd"
_COLOURS = {
    "black": "#3b4048",
    "red": "#ff7a85",
    "green": "#98c379",
    "brown": "#e5c07b",  # what pyte calls yellow
    "blue": "#7fb7ff",
    "magenta": "#d59bf6",
    "cyan": "#63c7d1",
    "white": "#d4d7dd",
    "brightblack": "#7d8590",
    "brightred": "#ff9aa2",
    "brightgreen": "#b6e29b",
    "brightbrown": "#ffd98f",
    "brightblue": "#a5cdff",
    "brightmagenta": "#e8bdff",
    "brightcyan": "#8fe3ec",
    "brightwhite": "#ffffff",
}


@dataclass(frozen=True)
class Frame:
    """What a terminal shows for a while.

    Attributes:
        lines: its cells, line by line.
        cursor: the line and the column of the cursor; None where it is hidden.
        seconds: for how long.
    """

    lines: tuple[tuple[Char, ...], ...]
    cursor: tuple[int, int] | None
    seconds: float


def frame_of(screen: pyte.Screen, seconds: float) -> Frame:
    """What the screen shows now."""
    lines = tuple(
        tuple(screen.buffer[row][column] for column in range(screen.columns))
        for row in range(screen.lines)
    )
    cursor = None if screen.cursor.hidden else (screen.cursor.y, screen.cursor.x)
    return Frame(lines, cursor, seconds)


def animation(frames: Sequence[Frame], title: str) -> str:
    """The frames as an SVG that shows them in turn, again and again.

    Args:
        frames: at least one, all of one size.
        title: for readers that cannot see it.
    """
    width = round(len(frames[0].lines[0]) * _CELL_WIDTH + 2 * _MARGIN)
    height = len(frames[0].lines) * _LINE_HEIGHT + 2 * _MARGIN
    total = sum(frame.seconds for frame in frames)
    styles, groups = [], []
    for number, (drawn, start, end) in enumerate(_stays(frames)):
        styles.append(
            f"@keyframes k{number}{{0%{{opacity:{0 if start else 1}}}"
            f"{start / total:.3%}{{opacity:1}}{end / total:.3%},100%{{opacity:0}}}}\n"
            f"#r{number}{{animation:k{number} {total:.1f}s step-end infinite}}\n"
        )
        groups.append(f'<g id="r{number}">{drawn}</g>\n')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" fill="{_FOREGROUND}" xml:space="preserve" role="img">\n'
        f"<title>{html.escape(title)}</title>\n"
        "<style>\ng{opacity:0}\n"
        "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}\n"
        f"{''.join(styles)}</style>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{_BACKGROUND}"/>\n'
        f"{''.join(groups)}</svg>\n"
    )


def text_of(frame: Frame) -> str:
    """The frame's text, without trailing blanks."""
    lines = ("".join(cell.data for cell in line).rstrip() for line in frame.lines)
    return "\n".join(lines).rstrip()


def _stays(frames: Sequence[Frame]) -> Iterator[tuple[str, float, float]]:
    """Every line, drawn once for as long as it stays: what to draw, and from when to when."""
    for row in range(len(frames[0].lines)):
        start = 0.0
        for drawn, group in groupby(frames, key=lambda frame: _drawn(frame, row)):
            end = start + sum(frame.seconds for frame in group)
            if drawn:
                yield drawn, start, end
            start = end


def _drawn(frame: Frame, row: int) -> str:
    """A line as elements of SVG, with the cursor if it is there."""
    elements: list[str] = []
    column = 0
    for style, group in groupby(frame.lines[row], key=lambda cell: cell._replace(data="")):
        text = "".join(cell.data for cell in group)
        elements += _run(text, style, row, column)
        column += len(text)
    if frame.cursor is not None and frame.cursor[0] == row:
        elements.append(_box(row, frame.cursor[1], 1, _FOREGROUND, 0.6))
    return "".join(elements)


def _run(text: str, style: Char, row: int, column: int) -> Iterable[str]:
    foreground, background = _colour(style.fg, _FOREGROUND), _colour(style.bg, _BACKGROUND)
    if style.reverse:
        foreground, background = background, foreground
    if background != _BACKGROUND:
        yield _box(row, column, len(text), background, 1)
    if not text.strip():
        return
    blanks = len(text) - len(text.lstrip())
    shown = text.strip()
    x = _MARGIN + (column + blanks) * _CELL_WIDTH
    y = _MARGIN + row * _LINE_HEIGHT + 13
    marks = "".join(
        mark
        for wanted, mark in (
            (foreground != _FOREGROUND, f' fill="{foreground}"'),
            (style.bold, ' font-weight="bold"'),
            (style.underscore, ' text-decoration="underline"'),
        )
        if wanted
    )
    yield (
        f'<text x="{x:.1f}" y="{y}" textLength="{len(shown) * _CELL_WIDTH:.1f}"{marks}>'
        f"{html.escape(shown)}</text>"
    )


def _box(row: int, column: int, cells: int, colour: str, opacity: float) -> str:
    x, y = _MARGIN + column * _CELL_WIDTH, _MARGIN + row * _LINE_HEIGHT
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{cells * _CELL_WIDTH:.1f}" height="{_LINE_HEIGHT}" '
        f'fill="{colour}" opacity="{opacity}"/>'
    )


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return _COLOURS.get(name) or f"#{name}"
