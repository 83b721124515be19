"""Mending a note: fixes are made, judged again, and kept only if they help.

A pass makes the first fix of every fault at once; what does not vanish by it is taken
back. What is left is tried fault by fault and fix by fix, where a fix may need another
one in the same formula: a wrong left-hand side, and then its right-hand side. A note
only ever gets better: after every pass its faults are fewer, none is new, and every
formula has as many steps as before.
"""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.diagnostics import Edit, Fix, Source
from symgrad.mending.changes import applied, carried, overlap
from symgrad.mending.faults import Fault, Judged, Key, judged
from symgrad.records import dataclass

MAXIMAL_PASSES = 12
MAXIMAL_FIXES = 10
"""Fixes of one fault that are tried."""

MAXIMAL_DEPTH = 3
"""Fixes of one formula that are tried together."""


@dataclass(frozen=True)
class Mended:
    """A note after mending.

    Attributes:
        before: as it was.
        after: as it is now.
    """

    before: Judged
    after: Judged

    @property
    def left(self) -> list[Fault]:
        """What could not be mended, in the order of the note."""
        return sorted(self.after.faults.values(), key=lambda fault: fault.span.start)


def mend(
    source: Source,
    places: tuple[int, ...] = (),
    second_opinion: bool = True,
    with_steps: bool = False,
) -> Mended:
    """Mend a note as far as that is possible.

    Args:
        source: the note.
        places: offsets to be carried through the edits, see `Judged.places`.
        second_opinion: whether SymPy is asked about the mended note.
        with_steps: whether a blank is filled with the steps that lead to what belongs there.

    Raises:
        UnreadableNote: where the source is no note.
    """
    before = now = judged(source, places, with_steps=with_steps)
    for _ in range(MAXIMAL_PASSES):
        better = _one_by_one(_all_at_once(now))
        if better is now:
            break
        now = better
    if second_opinion:
        now = judged(now.source, now.places, second_opinion=True)
    return Mended(before, now)


def _all_at_once(now: Judged) -> Judged:
    """The first fixes of all faults, but for those that do not help."""
    chosen: dict[Key, Fix] = {}
    for key, fault in now.faults.items():
        if fault.fixes and not any(overlap(fault.fixes[0], other) for other in chosen.values()):
            chosen[key] = fault.fixes[0]
    while len(chosen) > 1:
        after = _after(now, [edit for fix in chosen.values() for edit in fix])
        kept = {key: fix for key, fix in chosen.items() if key not in after.faults}
        if len(kept) == len(chosen):
            return after if _is_better(now, after) else now
        chosen = kept
    return now


def _one_by_one(now: Judged) -> Judged:
    """Every fault that is left, each with one fix after the other."""
    for key in list(now.faults):
        if key in now.faults:
            now = _mended(now, now, key, MAXIMAL_DEPTH) or now
    return now


def _mended(start: Judged, now: Judged, key: Key, depth: int) -> Judged | None:
    """The note without one of its faults, by fixes of its formula that help together."""
    for fix in now.faults[key].fixes[:MAXIMAL_FIXES]:
        after = _after(now, fix)
        if key not in after.faults and _is_better(start, after):
            return after
        if depth > 1 and key in after.faults and _may_lead_on(start, after, key):
            found = _mended(start, after, key, depth - 1)
            if found is not None:
                return found
    return None


def _may_lead_on(start: Judged, after: Judged, key: Key) -> bool:
    """Whether a fix changed what is wrong, in its formula alone."""
    new = [other for other in after.faults if other not in start.faults]
    return all(other[0] == key[0] for other in new) and (
        after.faults[key].message != start.faults[key].message
    )


def _is_better(before: Judged, after: Judged) -> bool:
    """Fewer faults, no new one, and nothing lost."""
    return _nothing_lost(before, after) and after.faults.keys() < before.faults.keys()


def _nothing_lost(before: Judged, after: Judged) -> bool:
    """The same formulas with the same steps; a blank may have become several."""
    (formulas, steps), (kept, now) = before.shape, after.shape
    return formulas == kept and all(
        now.get(formula, 0) == count
        or (before.with_steps and formula in before.blanks and now.get(formula, 0) > count)
        for formula, count in steps.items()
    )


def _after(now: Judged, edits: Iterable[Edit]) -> Judged:
    edits = list(edits)
    places = carried(now.source, now.places, edits)
    return judged(applied(now.source, edits), places, with_steps=now.with_steps)
