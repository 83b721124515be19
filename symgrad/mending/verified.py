"""What of a note is verified: the note mended, and without what could not be."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.diagnostics import Edit, Source, Span
from symgrad.mending.changes import applied
from symgrad.mending.faults import Fault, Judged, judged
from symgrad.mending.mend import mend
from symgrad.records import dataclass


@dataclass(frozen=True)
class Verified:
    """A note in which every claim is proved.

    Attributes:
        judged: the note; all that stands in it is proved.
        mended: the text after mending, in which the places of `left_out` are.
        left_out: what was neither proved nor mended, in the order of the note.
    """

    judged: Judged
    mended: Source
    left_out: tuple[Fault, ...]


def verified(source: Source) -> Verified:
    """Mend a note, and leave out of it what is not proved then.

    A step is cut out of its chain where the others can do without it, else its whole
    formula; what rested on it is judged again.

    Raises:
        UnreadableNote: where the source is no note.
    """
    mended = mend(source, second_opinion=False)
    now = mended.after
    mended_text, left = now.source, {fault.key: fault for fault in mended.left}
    cuts = _single_steps
    while now.faults:
        edits = _apart(cuts(now)) or _apart(_whole_formulas(now))
        if not edits:
            break
        after = judged(applied(now.source, edits))
        if cuts is _single_steps and len(after.faults) >= len(now.faults):
            cuts = _whole_formulas
            continue
        now = after
    return Verified(now, mended_text, tuple(sorted(left.values(), key=lambda f: f.span.start)))


def _single_steps(now: Judged) -> Iterator[Edit]:
    """Cut the steps that are not proved, from the sign before them to their end."""
    text = now.source.text
    for result in now.report.results:
        if result.verdict == "proved" or result.place is None or result.kind == "annotation":
            continue
        sign = text.rfind("=", result.span.start, result.place.start)
        if sign >= 0:
            yield Edit(Span(sign, result.span.end), "")


def _whole_formulas(now: Judged) -> Iterator[Edit]:
    """Cut the formulas in which something is wrong, with their delimiters."""
    for number in sorted({number for number, _, _ in now.faults if number >= 0}):
        yield Edit(now.note.formulas[number].outer, "")


def _apart(edits: Iterator[Edit]) -> list[Edit]:
    """The edits that do not touch an earlier one."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.span.start):
        if not kept or kept[-1].span.end <= edit.span.start:
            kept.append(edit)
    return kept
