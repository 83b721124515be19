"""The mistake of a refuted step: which questions are asked, in which order.

One change comes first, then another variable or a hypothesis, then two changes.
"""

from __future__ import annotations

from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Work
from symgrad.judging.diagnosis.layers import layers
from symgrad.judging.diagnosis.meant import (
    held_fixed,
    hypothesis,
    other_function,
    other_variable,
    single_output,
)
from symgrad.judging.diagnosis.search import FEW, MOST_WORK, Finding, Search
from symgrad.judging.diagnosis.step import Step
from symgrad.patterns import pattern
from symgrad.records import replace

REPLACED = frozenset(
    {"wrong-variable", "wrong-argument", "wrong-layer", "swapped-index", "stray-sum", "stray-term"}
)
"""Mistakes of a step that may be right for another variable."""

UPSTREAM = "missing-upstream-factor"

DROPPED = ("missing-factor", "missing-activation-derivative", UPSTREAM)
"""Mistakes by which the derivative of a layer may stand for that of the loss."""


def finding(step: Step) -> Finding | None:
    """The mistake of a refuted step; None where none of the table fits.

    One change comes first, then another variable or a hypothesis, then two changes.
    """
    try:
        search = Search.of(step, Work(MOST_WORK))
        if search is None:
            return None
        found = search.single()
        if found is None or found.mistakes[0] in REPLACED:
            says = other_variable(step, search.pool, search.points)
            if says is not None:
                correction = found.correction if found is not None else ""
                return Finding(("wrong-variable",), (says,), correction)
        meant = None if found is not None else hypothesis(step, search.pool)
        if meant is not None:
            return Finding(*meant)
        if found is None or found.mistakes[0] in DROPPED:
            above = other_function(step, search.pool, search.points)
            if above is not None:
                return _with_upstream(found, above)
        found = found or search.scaled() or search.pair() or search.nested()
        meant = None
        if found is None:
            meant = held_fixed(step, search.pool) or single_output(step)
        return Finding(*meant) if meant is not None else found
    except LimitReached:
        return None


def _with_upstream(found: Finding | None, says: str) -> Finding:
    """A step that lacks the gradient from above, and perhaps the factor that it is."""
    if found is None:
        return Finding((UPSTREAM,), (says,))
    slugs = tuple(dict.fromkeys((*found.mistakes, UPSTREAM)))
    return replace(found, mistakes=slugs, says=(*found.says, says))


_CLOSING = pattern(r"(?:\\[Bb]igg?[rl]?|\\right)?\s*\)")


def finding_among_readings(step: Step) -> Finding | None:
    """The mistake of a step with a closing bracket too many.

    Readings whose brackets open and close in the same size come first. Only layers are
    mended, and a term or factor that is too much.
    """
    text = step.text(())
    first = Search.of(step, Work(MOST_WORK))
    if first is None:
        return None
    readings = [text[: b.start()] + text[b.end() :] for b in _CLOSING.finditer(text)]
    for reading in sorted(readings, key=_mismatched):
        search = first.after(reading, Work(MOST_WORK))
        if search is not None:
            mistake = search.among((layers,)) or search.nested((layers,), FEW)
            if mistake is not None:
                return mistake
    return None


def _mismatched(text: str) -> int:
    """How many brackets close in another size than they open."""
    sizes = (r"\Bigg", r"\bigg", r"\Big", r"\big")
    return sum(abs(text.count(f"{size}(") - text.count(f"{size})")) for size in sizes)
