"""Where something is and what is to be said of it: sources, spans, codes, diagnostics.

Diagnostics are data. How they look (text, JSON) is decided in `symgrad.writing`.
Constructing a `Code` registers it, so `symgrad explain` and the tests see every
one; two codes with one slug are refused.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Literal

from symgrad.records import dataclass, field

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Span:
    """Half-open range of character offsets in one source."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The smallest span that covers both."""
        start, end = self.start, self.end
        # Written out: it is asked for at every node of every formula.
        return Span(
            start if start <= other.start else other.start, end if end >= other.end else other.end
        )


@dataclass(frozen=True, slots=True)
class Edit:
    """Put a text in the place of a span of the note."""

    span: Span
    text: str


Fix = tuple[Edit, ...]
"""Edits that are made together; no two of them overlap."""


@dataclass(frozen=True)
class Source:
    """The text of one note and the path it is reported under."""

    path: str
    text: str

    @cached_property
    def line_starts(self) -> list[int]:
        """Offset of the first character of every line."""
        return [0, *(k + 1 for k, c in enumerate(self.text) if c == "\n")]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (counted from 1) without its end."""
        start = self.line_starts[number - 1]
        return self.text[start:].split("\n", 1)[0].rstrip("\r")

    def slice(self, span: Span) -> str:
        """The characters of a span."""
        return self.text[span.start : span.end]


@dataclass(frozen=True)
class Code:
    """One kind of finding; `symgrad explain SLUG` prints it.

    Attributes:
        slug: the name in reports, such as `index-range`.
        summary: one line, what is wrong.
        why: why it matters.
        wrong: a short note that gets this code.
        right: the same note, mended: all its claims are proved.
    """

    slug: str
    summary: str
    why: str
    wrong: str
    right: str

    def __post_init__(self) -> None:
        if self.slug in CODES:
            raise ValueError(f"two codes are called {self.slug!r}")
        CODES[self.slug] = self


CODES: dict[str, Code] = {}


@dataclass(frozen=True)
class Diagnostic:
    """A finding about a declaration or the file itself, at its place.

    Attributes:
        fixes: what may mend it, the likeliest first; each is tried, none is certain.
    """

    span: Span
    code: Code
    message: str
    hint: str = ""
    severity: Severity = field(default="error")
    fixes: tuple[Fix, ...] = ()
