"""What of a note is verified: the note mended, and without what could not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from symgrad.diagnostics import Edit, Source, Span
from symgrad.mending.changes import applied
from symgrad.mending.faults import Fault, Judged, judged
from symgrad.mending.mend import mend
from symgrad.records import dataclass

_BETWEEN_STEPS = re.compile(r"\s|&|\\\\(?:\[[^\]]*\])?|\\(?:nonumber|notag)(?![A-Za-z])")
"""What stands between two members of a chain in an alignment."""

_ROW = re.compile(r"\\\\(?:\[[^\]]*\])?[\s&]*\Z")
_TO_NEXT_LINE = re.compile(r"[ \t]*(?:\n(?:[ \t]*\n)?|\Z)")
_ENDS_ROW = re.compile(r"\s*(?:\\\\|\\end\b)")


@dataclass(frozen=True)
class Verified:
    """A note in which every claim is proved.

    Attributes:
        judged: the note; all that stands in it is proved.
        original: the text as it was.
        mended: the text after mending, in which the places of `left_out` are.
        left_out: what was neither proved nor mended, in the order of the note.
    """

    judged: Judged
    original: Source
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
    repeated = _apart(_repeated_members(now))
    if repeated:
        now = judged(applied(now.source, repeated))
    return Verified(
        now, source, mended_text, tuple(sorted(left.values(), key=lambda f: f.span.start))
    )


def line_before(line: int, original: Source, now: Source) -> int:
    """The line of the original text for one of the text as it is now, both from 1."""
    if original.text == now.text:
        return line
    from difflib import SequenceMatcher  # only for warnings

    old, new = original.text.split("\n"), now.text.split("\n")
    for _, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if first <= line - 1 < last:
            return min(start + line - 1 - first, max(end - 1, start)) + 1
    return line


def _single_steps(now: Judged) -> Iterator[Edit]:
    """Cut the steps that are not proved, from the sign before them to their end."""
    text = now.source.text
    for result in now.report.results:
        if result.verdict == "proved" or result.place is None or result.kind == "annotation":
            continue
        sign = text.rfind("=", result.span.start, result.place.start)
        if sign >= 0:
            yield Edit(Span(_row(text, sign, result.span.end), result.span.end), "")


def _repeated_members(now: Judged) -> Iterator[Edit]:
    """Cut the members that say what the member before them says: `A = B = B`."""
    text = now.source.text
    for before, result in pairwise(now.report.results):
        if before.place is None or result.place is None or result.step != before.step + 1:
            continue
        sign = text.rfind("=", result.span.start, result.place.start)
        same = _unspaced(text, before.place) == _unspaced(text, result.place)
        follows = before.span.end <= sign and not _BETWEEN_STEPS.sub(
            "", text[before.span.end : sign]
        )
        if same and follows:
            yield Edit(Span(_row(text, sign, result.span.end), result.span.end), "")


def _row(text: str, sign: int, end: int) -> int:
    """Where a member begins; with the end of the row before, where it has a row by itself."""
    row = _ROW.search(text, 0, sign) if _ENDS_ROW.match(text, end) else None
    return len(text[: sign if row is None else row.start()].rstrip(" "))


def _unspaced(text: str, span: Span) -> str:
    return re.sub(r"\s", "", text[span.start : span.end])


def _whole_formulas(now: Judged) -> Iterator[Edit]:
    """Cut the formulas in which something is wrong, with their delimiters."""
    for number in sorted({number for number, _, _ in now.faults if number >= 0}):
        yield Edit(_with_lines(now.source.text, now.note.formulas[number].outer), "")


def _with_lines(text: str, span: Span) -> Span:
    """A formula with its lines and the gap after them, where nothing else stands there."""
    start = text.rfind("\n", 0, span.start) + 1
    after = _TO_NEXT_LINE.match(text, span.end)
    if text[start : span.start].strip(" \t>") or after is None:
        return span
    return Span(start, after.end())


def _apart(edits: Iterator[Edit]) -> list[Edit]:
    """The edits that do not touch an earlier one."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.span.start):
        if not kept or kept[-1].span.end <= edit.span.start:
            kept.append(edit)
    return kept
