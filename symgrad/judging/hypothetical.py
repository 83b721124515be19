"""Entries of tensors that meet hypotheses: what a claim is tested at, on both routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product

from symgrad.calculus.hypotheses import Hypothesis, Known, known_of
from symgrad.calculus.index import Tensor
from symgrad.calculus.limits import LimitReached

At = tuple[int, ...]
Entries = dict[At, Fraction]


def entries_under(
    tensor: Tensor,
    lengths: Sequence[int],
    hypotheses: Sequence[Hypothesis],
    draw: Callable[[], Fraction],
) -> Entries:
    """Entries that meet the hypotheses, positions counted from 1.

    Args:
        tensor: any free variable.
        lengths: of its axes.
        hypotheses: of any tensors.
        draw: the next number, positive or not.

    Raises:
        LimitReached: hypotheses that contradict each other, or of which none meets all here.
    """
    known = known_of(tensor, tuple(hypotheses))
    entries = {at: draw() for at in product(*(range(1, length + 1) for length in lengths))}
    if known.signs or (known.binary and known.one_hot is None):
        if known.positive or (known.binary and known.signs):
            raise LimitReached("entries of a set of two, and more that is said of them")
        low = -1 if known.signs else 0
        entries = {at: Fraction(_either(value) or low) for at, value in entries.items()}
    if known.positive:
        entries = {at: abs(value) or Fraction(1) for at, value in entries.items()}
    if known.sums_to_one is not None:
        entries = _summing_to_one(entries, known, known.sums_to_one, draw)
    if known.symmetric:
        if known.sums_to_one is not None:
            raise LimitReached("a symmetric matrix that sums to 1")
        entries = {at: entries[min(at, at[::-1])] for at in entries}
    return entries


def _either(value: Fraction) -> int:
    """0 or 1, by a number that was drawn."""
    return (value.numerator + value.denominator) % 2


def _summing_to_one(
    entries: Entries, known: Known, axis: int, draw: Callable[[], Fraction]
) -> Entries:
    """One fibre after the other: a unit vector, a distribution, or the last entry fills up."""
    fibres: dict[At, list[At]] = {}
    for at in entries:
        fibres.setdefault((*at[:axis], *at[axis + 1 :]), []).append(at)
    result: Entries = {}
    for number, places in enumerate(fibres.values()):
        total = sum((entries[at] for at in places), Fraction(0))
        if known.one_hot is not None:
            if known.positive and len(places) > 1:
                raise LimitReached("a positive vector that is one-hot")
            # Not one place for all: what is drawn says which.
            chosen = (draw().numerator + number) % len(places)
            result |= {at: Fraction(place == chosen) for place, at in enumerate(places)}
        elif known.positive:
            result |= {at: entries[at] / total for at in places}
        else:
            last = places[-1]
            result |= {at: entries[at] for at in places}
            result[last] = 1 - total + entries[last]
    return result
