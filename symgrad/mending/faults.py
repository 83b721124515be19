"""What is wrong in a note, each fault with the fixes that are worth a try."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import takewhile

from symgrad.diagnostics import Edit, Fix, Source, Span
from symgrad.judging.report import NoteReport
from symgrad.judging.result import Result
from symgrad.reading.note import Note, read_note
from symgrad.records import dataclass, field, replace
from symgrad.verify import verify_note
from symgrad.writing.spelling import respelled

Key = tuple[int, str, int]
"""A fault by its formula, its kind and its number there: edits elsewhere do not change it."""

STEP = "step"


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a note from being proved.

    Attributes:
        key: names it in the note before and after edits elsewhere.
        span: its place.
        message: what is wrong.
        fixes: what may mend it, the likeliest first.
    """

    key: Key
    span: Span
    message: str
    fixes: tuple[Fix, ...]


@dataclass(frozen=True)
class Judged:
    """A text of a note, judged.

    Attributes:
        note: as read.
        report: what is said of it.
        places: offsets that are carried through all edits.
        with_steps: what belongs in a blank is tried with the steps that lead to it first.
    """

    note: Note
    report: NoteReport
    places: tuple[int, ...] = field(default=())
    with_steps: bool = False

    @property
    def source(self) -> Source:
        """The text."""
        return self.note.source

    @cached_property
    def faults(self) -> dict[Key, Fault]:
        """All faults: those of declarations first, each kind in the order of the note."""
        found = [*self._declarations(), *self._steps()]
        return {fault.key: fault for fault in found}

    @cached_property
    def blanks(self) -> set[int]:
        """The formulas with a blank."""
        return {self._formula(r.span) for r in self.report.results if r.kind == "blank"}

    @cached_property
    def shape(self) -> tuple[int, dict[int, int]]:
        """How many formulas there are, and how many results each has."""
        counts = Counter(self._formula(result.span) for result in self.report.results)
        return len(self.note.formulas), dict(counts)

    def _formula(self, span: Span) -> int:
        starts = [formula.span.start for formula in self.note.formulas]
        return bisect_right(starts, span.start) - 1

    def _declarations(self) -> Iterator[Fault]:
        numbers: Counter[tuple[int, str]] = Counter()
        for item in self.report.diagnostics:
            kind = (self._formula(item.span), item.code.slug)
            numbers[kind] += 1
            if item.severity == "error":
                key = (*kind, numbers[kind])
                fixes = tuple(self._spelled(fix) for fix in item.fixes)
                yield Fault(key, item.span, item.message, fixes)

    def _steps(self) -> Iterator[Fault]:
        numbers: Counter[int] = Counter()
        for result in self.report.results:
            formula = self._formula(result.span)
            numbers[formula] += 1
            if result.verdict != "proved":
                key = (formula, STEP, numbers[formula])
                fixes = tuple(self._spelled(fix) for fix in self._fixes(result))
                yield Fault(key, result.caret, _message(result), fixes)

    def _spelled(self, fix: Fix) -> Fix:
        """The fix as the note would write it; what stays as it was is not respelled."""
        return tuple(replace(edit, text=self._respelled(edit)) for edit in fix)

    def _respelled(self, edit: Edit) -> str:
        old, new = self.source.slice(edit.span), edit.text
        # One character more on the left: it may be the sign of the script that changes.
        start = max(_common(old, new) - 1, 0)
        end = _common(old[start:][::-1], new[start:][::-1])
        middle = new[start : len(new) - end]
        return new[:start] + respelled(middle, self.source.text) + new[len(new) - end :]

    def _fixes(self, result: Result) -> Iterator[Fix]:
        if result.correction is not None and result.place is not None:
            if result.verdict == "filled":
                if self.with_steps and not result.entry:
                    steps = [step.latex for step in result.steps[1:] if not step.is_small]
                    chain = [*steps, result.correction]
                    text = " = ".join(dict.fromkeys(chain))
                    yield (self._into_blank(result.place, text),)
                yield (self._into_blank(result.place, result.correction),)
            else:
                yield (Edit(result.place, result.correction),)
        yield from result.fixes

    def _into_blank(self, blank: Span, text: str) -> Edit:
        """The text where nothing or a `?` stands, spaces around it."""
        before = self.source.text[blank.start - 1 : blank.start]
        after = self.source.text[blank.end : blank.end + 1]
        left = "" if before.isspace() else " "
        right = " " if after.isalnum() or after == "\\" else ""
        return Edit(blank, left + text + right)


def judged(
    source: Source,
    places: tuple[int, ...] = (),
    second_opinion: bool = False,
    with_steps: bool = False,
) -> Judged:
    """Read and judge a text.

    Raises:
        UnreadableNote: where the source is no note.
    """
    note = read_note(source)
    return Judged(note, verify_note(note, second_opinion), places, with_steps)


def _message(result: Result) -> str:
    if result.verdict == "filled":
        told = result.message.partition("; ")[2]
        return f"is blank, and {told or 'what belongs there could not be written'}"
    if result.verdict == "identified":
        return f"is a bare expression: {result.message}"
    return result.message


def _common(first: str, second: str) -> int:
    """How many characters two texts begin with together."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    )
