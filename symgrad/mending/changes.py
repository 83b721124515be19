"""Edits on the text of a note."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.diagnostics import Edit, Fix, Source, Span
from symgrad.judging.edits import edited_text


def applied(source: Source, edits: Iterable[Edit]) -> Source:
    """The note after edits of which no two overlap."""
    whole = Span(0, len(source.text))
    return Source(source.path, edited_text(source, whole, list(edits)))


def carried(source: Source, places: Iterable[int], edits: Iterable[Edit]) -> tuple[int, ...]:
    """Where places of a note stand after edits; none of them is inside an edit."""
    sizes = [
        (edit.span.end, len(edited_text(source, edit.span, [edit])) - len(source.slice(edit.span)))
        for edit in edits
    ]
    return tuple(at + sum(size for end, size in sizes if end <= at) for at in places)


def overlap(first: Fix, second: Fix) -> bool:
    """Whether two fixes touch the same characters, or insert at the same place."""
    return any(
        a.span == b.span or (a.span.start < b.span.end and b.span.start < a.span.end)
        for a in first
        for b in second
    )
