"""Text in columns: a line of a note with carets under a span, lists on lines, plurals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symgrad.diagnostics import Source, Span

WIDTH = 100
"""Columns that quoted lines and lists of values may take."""


TAB = 4


CUT = "..."


_DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the writing direction: a terminal would show another formula."""


def excerpt(source: Source, span: Span, width: int = WIDTH) -> tuple[str, str]:
    """The line where a span begins, and carets under the span, both within a width.

    A long line is cut around the span. Of a span over several lines, the part on the
    first line is marked.
    """
    number, column = source.position(span.start)
    line = source.line(number)
    first = min(column - 1, len(line))
    last = min(first + max(span.end - span.start, 1), max(len(line.rstrip()), first + 1))
    cells = _cells(line)
    sizes = [size for _, size in cells]
    start, stop = _window(sizes, first, last, width)
    before, after = CUT if start else "", CUT if stop < len(cells) else ""
    text = before + "".join(shown for shown, _ in cells[start:stop]) + after
    indent = len(before) + sum(sizes[start:first])
    return text, " " * indent + "^" * max(1, sum(sizes[first : min(last, stop)]))


def _window(sizes: Sequence[int], first: int, last: int, width: int) -> tuple[int, int]:
    """Which characters to show: the marked ones, with as much on both sides as has room."""
    if sum(sizes) <= width:
        return 0, len(sizes)
    room = max(width - 2 * len(CUT), 1)
    side = max(room - sum(sizes[first:last]), 0) // 2
    start, stop, taken = first, first, 0
    while start > 0 and taken + sizes[start - 1] <= side:
        start -= 1
        taken += sizes[start]
    while stop < len(sizes) and taken + sizes[stop] <= room:
        taken += sizes[stop]
        stop += 1
    while start > 0 and taken + sizes[start - 1] <= room:
        start -= 1
        taken += sizes[start]
    return start, stop


def _cells(line: str) -> list[tuple[str, int]]:
    """What to show for every character of a line, and the columns it takes."""
    if line.isascii() and line.isprintable():
        return [(char, 1) for char in line]
    import unicodedata  # only for lines that need it

    cells: list[tuple[str, int]] = []
    column = 0
    for char in line:
        category = unicodedata.category(char)
        if char == "\t":
            cell = (" " * (TAB - column % TAB), TAB - column % TAB)
        elif category in ("Cc", "Cs", "Zl", "Zp") or char in _DIRECTIONS:
            cell = (_picture(char), 1)
        elif category in ("Mn", "Me", "Cf"):
            cell = (char, 0)
        else:
            cell = (char, 2 if unicodedata.east_asian_width(char) in "WF" else 1)
        cells.append(cell)
        column += cell[1]
    return cells


def _picture(char: str) -> str:
    """A character that is seen, for one that would steer the terminal."""
    return chr(0x2400 + ord(char)) if ord(char) < 32 else "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> str:
    """The text with nothing in it that steers a terminal."""
    return text if text.isprintable() else "".join(shown for shown, _ in _cells(text))


def one_line(text: str) -> str:
    """The text on one line."""
    return printable(" ".join(text.split()))


def shortened(text: str, width: int) -> str:
    """The text, its end cut where it is too long."""
    return text if len(text) <= width else text[: max(width - len(CUT), 1)] + CUT


def wrapped(items: Iterable[str], width: int) -> list[str]:
    """Items with commas between them, on as few lines as they fit on."""
    lines = [""]
    for item in items:
        joined = f"{lines[-1]}, {item}" if lines[-1] else item
        if len(joined) > width and lines[-1]:
            lines[-1] += ","
            lines.append(item)
        else:
            lines[-1] = joined
    return lines


def plural(count: int, noun: str) -> str:
    """`1 formula`, `2 formulas`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
