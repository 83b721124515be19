"""One equality under test: points at which both of its sides are evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random

from symgrad.calculus.evaluation import equal, evaluate
from symgrad.calculus.expression import Expression
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Index, Size
from symgrad.calculus.interval import Interval, NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point, Work
from symgrad.judging.points import (
    Condition,
    Occurrences,
    Values,
    indices_to_try,
    interpretations,
    occurrences,
    random_values,
    sizes_to_try,
    tame_interpretations,
    tame_values,
    unequal_sizes,
)
from symgrad.judging.shared_points import SharedPoints
from symgrad.records import dataclass, replace

SEED = 20_250_101
"""Of the random choices: a constant, so that runs agree."""

SEARCH_WORK = 300_000
"""Node visits that one search may take."""

# Positive numbers first: with them ReLU lets everything through and logarithms
# exist. 0 late: it hides what it multiplies. Fractions for probabilities.
CHOICES: tuple[tuple[Fraction, ...], ...] = tuple(
    tuple(map(Fraction, choice.split()))
    for choice in (
        "1 2 3",
        "-2 -1 1 2 3",
        "-3 -2 -1",
        "1/2 1/3 2/3 1/4",
        "1 2 3 4 5",
        "-2 -1 0 1 2 3",
    )
)

TAME_POINTS = 120
"""Points that are tried where none of the usual ones has a value."""

MOST_SIZES = 8
"""Choices of sizes in a full search."""

FINE_BITS = 384
"""Precision of a second look, where enclosures of 96 bits are too wide to tell."""

NARROW = Fraction(1, 10**12)
"""Width below which enclosures that meet are taken to agree (as evidence, not as proof)."""

_Value = Fraction | Interval


@dataclass(frozen=True)
class Candidate:
    """A point with values of the free indices; `turn` chose the functions, which may be tables."""

    point: Point
    indices: Mapping[Index, int]
    turn: int
    tables: bool = False


class Trial:
    """One claim under test.

    Attributes:
        found: what a value must be chosen for.
        tables: opaque functions are tables, because polynomials grew too fast.
    """

    def __init__(
        self,
        left: Expression,
        right: Expression,
        free: Sequence[Index],
        conditions: Sequence[Condition],
        hypotheses: Sequence[Hypothesis],
        work: Work,
        shared: SharedPoints | None = None,
    ) -> None:
        self.shared = shared
        self.sides = left, right
        self.free = free
        self.conditions = conditions
        self.hypotheses = tuple(hypotheses)
        self.work = work
        self.found: Occurrences = occurrences(self.sides, free)
        self.tables = False
        self.random = Random(SEED)

    def candidates(self) -> Iterator[Candidate]:
        """The points of the search, in order."""
        every = list(sizes_to_try(self.found))
        # Where there is little choice of sizes there are more points of each.
        rounds = -(-MOST_SIZES // len(every))
        for sizes in every:
            for turn in range(rounds * len(CHOICES)):
                yield from self.at(sizes, turn, most=4)

    def at(self, sizes: dict[Size, int], turn: int, most: int) -> Iterator[Candidate]:
        """Some index values at one random point of these sizes."""
        indices = indices_to_try(self.free, sizes, self.conditions, self.random, most)
        if not indices:
            return
        choices = CHOICES[turn % len(CHOICES)]
        if self.shared is not None:
            point = self.shared.at(self.found, sizes, choices, turn, self.hypotheses)
            for one in indices:
                yield Candidate(point, one, turn, self.tables)
            return
        values = random_values(self.found.tensors, sizes, choices, self.random, self.hypotheses)
        self.work.spend(sum(map(len, values.values())))
        point = Point(sizes, values, interpretations(self.found.functions, turn, self.tables))
        for one in indices:
            yield Candidate(point, one, turn, self.tables)

    def sizes(self, turn: int) -> dict[Size, int]:
        """Small unequal sizes, those of the other claims where points are shared."""
        if self.shared is None:
            return unequal_sizes(self.found, turn)
        return self.shared.sizes(self.found, self.free, turn)

    def tame(self) -> bool | None:
        """Whether the sides are equal where values stay within narrow bounds; see `agree`."""
        for turn in range(TAME_POINTS):
            sizes = unequal_sizes(self.found, turn)
            alike = turn % 2 == 1
            values = tame_values(self.found.tensors, sizes, self.random, self.hypotheses, alike)
            self.work.spend(sum(map(len, values.values())))
            point = Point(sizes, values, tame_interpretations(self.found.functions))
            for one in indices_to_try(self.free, sizes, self.conditions, self.random, 1):
                verdict, _ = self.same(Candidate(point, one, turn))
                if verdict is not None:
                    return verdict
        return None

    def same(self, candidate: Candidate) -> tuple[bool | None, Candidate]:
        """Whether the sides are equal, and the candidate that tells (finer, or with tables).

        False is certain; True is exact, or of enclosures that agree to 12 decimals;
        None is not known.
        """
        try:
            left, right = self.values(candidate)
        except NoValue:
            return None, candidate
        except LimitReached:
            if self.work.left < 0:
                raise
            if candidate.tables or not self.found.functions:
                return None, candidate  # too many digits here; another point may do
            self.tables = True
            candidate = replace(candidate, tables=True)
            point = self.shared.with_tables(candidate.point) if self.shared is not None else None
            again = self.again(candidate) if point is None else replace(candidate, point=point)
            return self.same(again)
        verdict = equal(left, right)
        if verdict is None and max(_width(left), _width(right)) > NARROW:
            if candidate.point.bits >= FINE_BITS:
                return None, candidate
            return self.same(self.again(candidate, bits=FINE_BITS))
        return verdict is not False, candidate

    def values(self, candidate: Candidate) -> tuple[_Value, _Value]:
        """Both sides at a point."""
        left, right = self.sides
        point, indices = candidate.point, candidate.indices
        return evaluate(left, point, indices, self.work), evaluate(right, point, indices, self.work)

    def again(
        self, candidate: Candidate, values: Values | None = None, bits: int | None = None
    ) -> Candidate:
        """The candidate with other entries or precision, and nothing remembered."""
        old = candidate.point
        point = Point(
            old.sizes,
            old.values if values is None else values,
            interpretations(self.found.functions, candidate.turn, candidate.tables),
            old.bits if bits is None else bits,
        )
        return replace(candidate, point=point)


def _width(value: _Value) -> Fraction:
    """How much an enclosure leaves open."""
    if not isinstance(value, Interval):
        return Fraction(0)
    low, high = value.bounds()
    return high - low
