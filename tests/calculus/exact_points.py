"""Whether two expressions have equal values, by exact evaluation at random points.

Nothing of the normal form is used: entries are random rationals at small unequal sizes,
and both sides are evaluated for all values of their free indices.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from random import Random

from symgrad.calculus.evaluation import equal, evaluate
from symgrad.calculus.expression import Expression
from symgrad.calculus.index import Index
from symgrad.calculus.interval import Interval, NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point, Work
from symgrad.judging.points import extent, interpretations, occurrences, random_values

POINTS = 3
"""Points at which two sides must agree to count as equal."""

CHOICES = (
    tuple(map(Fraction, ("1/2", "1/3", "2", "3", "5/2", "4/3"))),
    tuple(map(Fraction, ("-2", "-1", "1", "3", "-1/2", "5"))),
    tuple(map(Fraction, ("-3", "-1/3", "2/3", "1", "2", "-5/2"))),
)
PATTERNS = ((2, 3, 4), (3, 2, 1), (1, 3, 2), (2, 4, 3))


def differ(left: Expression, right: Expression, free: Sequence[Index]) -> bool | None:
    """True: certainly. False: equal at `POINTS` points. None: too few points have a value."""
    found = occurrences((left, right), free)
    names = list(dict.fromkeys(size.name for size in found.sizes))
    points = 0
    for turn in range(24):
        random = Random(turn)
        pattern = PATTERNS[turn % len(PATTERNS)]
        value = {name: pattern[k % len(pattern)] for k, name in enumerate(names)}
        sizes = {size: max(value[size.name], least) for size, least in found.sizes.items()}
        entries = random_values(found.tensors, sizes, CHOICES[turn % len(CHOICES)], random)
        point = Point(sizes, entries, interpretations(found.functions, turn, turn % 2 == 0))
        ranges = [range(1, extent(index.size, sizes) + 1) for index in free]
        places = list(product(*ranges))
        random.shuffle(places)
        told = [_differ_here(left, right, point, free, place) for place in places[:12]]
        if True in told:
            return True
        points += False in told  # where a side has no value, nothing is claimed
        if points == POINTS:
            return False
    return None


def _differ_here(
    left: Expression,
    right: Expression,
    point: Point,
    free: Sequence[Index],
    place: tuple[int, ...],
) -> bool | None:
    where = dict(zip(free, place, strict=True))
    try:
        values = [evaluate(side, point, where, Work()) for side in (left, right)]
    except (NoValue, LimitReached):
        return None
    same = equal(*values)
    if same is None:
        return None if max(map(_width, values)) > Fraction(1, 10**9) else False
    return not same


def _width(value: Fraction | Interval) -> Fraction:
    if isinstance(value, Fraction):
        return Fraction(0)
    low, high = value.bounds()
    return high - low
