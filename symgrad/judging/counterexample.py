"""Counterexamples: a point, as small as can be, at which two sides differ.

The search proves nothing when it finds nothing. What it finds is certain: both
sides are exact rationals, or enclosures that do not meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import TypeVar

from symgrad.calculus.dependencies import free_indices
from symgrad.calculus.evaluation import equal, evaluate
from symgrad.calculus.expression import Expression, Function
from symgrad.calculus.hypotheses import Hypothesis, known_of
from symgrad.calculus.index import Index, Size, Tensor
from symgrad.calculus.interval import Interval, NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point, Work
from symgrad.judging.points import (
    Condition,
    Occurrences,
    Values,
    extent,
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
from symgrad.judging.worked import worked_out
from symgrad.reading.sizes import is_unknown
from symgrad.records import dataclass, field, replace

SEED = 20_250_101
"""Of the random choices: a constant, so that runs agree."""

SEARCH_WORK = 300_000
"""Node visits that one search may take."""

MUCH_WORK = 4_000
"""Node visits after which one point of agreement is enough (networks of 20 layers and more)."""

SHRINK_STEPS = 30
"""Points that are tried to make a counterexample simpler."""

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
_Thing = TypeVar("_Thing", Index, Tensor, Function)
_Content = TypeVar("_Content")


@dataclass(frozen=True)
class Counterexample:
    """A point at which a claim fails, in words that can be checked by hand.

    Attributes:
        sizes: value of every named size, by its LaTeX.
        indices: value of every free index.
        values: entries of every tensor that occurs, as nested lists of rationals.
        functions: a polynomial for every function of which nothing is known.
        left: exact value of the left side, or an interval that contains it.
        right: the same of the right side.
        left_worked: the left side with the numbers put in, `2 * 3 * 1`; "" where that is no
            more than its value.
        right_worked: the same of the right side.
    """

    sizes: dict[str, int]
    indices: dict[str, int]
    values: dict[str, object]
    functions: dict[str, str] = field(default_factory=dict)
    left: str = ""
    right: str = ""
    left_worked: str = field(default="", compare=False)
    right_worked: str = field(default="", compare=False)

    def to_json(self) -> dict[str, object]:
        """The fields by name; `functions` and what is worked out only where there are any."""
        fields: dict[str, object] = {
            "sizes": self.sizes,
            "indices": self.indices,
            "values": self.values,
        }
        if self.functions:
            fields["functions"] = self.functions
        fields |= {"left": self.left, "right": self.right}
        for name in ("left_worked", "right_worked"):
            if getattr(self, name):
                fields[name] = getattr(self, name)
        return fields


def find(
    left: Expression,
    right: Expression,
    free: Sequence[Index],
    *,
    conditions: Sequence[Condition] = (),
    hypotheses: Sequence[Hypothesis] = (),
    work: int = SEARCH_WORK,
) -> Counterexample | None:
    """A point at which left and right differ, small sizes first; None where none was found.

    Args:
        left: one side.
        right: the other.
        free: the indices that the claim speaks of.
        conditions: what their values must meet.
        hypotheses: what the entries of tensors must meet.
        work: node visits allowed for the whole search.
    """
    search = _Search(left, right, free, conditions, hypotheses, Work(work))
    try:
        for candidate in search.candidates():
            same, candidate = search.same(candidate)
            if same is not False:
                continue
            for failing in (search.shrink(candidate), candidate):
                try:
                    return search.describe(failing)
                except NoValue:
                    pass  # what is differentiated has no value there, though its slope has
    except LimitReached:
        pass
    return None


def agree(
    left: Expression,
    right: Expression,
    free: Sequence[Index],
    *,
    conditions: Sequence[Condition] = (),
    hypotheses: Sequence[Hypothesis] = (),
    points: int = 2,
    work: int = SEARCH_WORK,
    shared: SharedPoints | None = None,
) -> bool | None:
    """Whether both sides have the same value at random points of unequal small sizes.

    False is certain. True means exactly equal, or (where exp or log occur) equal
    to 12 digits at least, at one point or more. None: no point had a value.

    Args:
        left: one side.
        right: the other.
        free: the indices that the claim speaks of.
        conditions: what their values must meet.
        hypotheses: what the entries of tensors must meet.
        points: how many are tried.
        work: node visits allowed.
        shared: the points of the note, where there are other claims.
    """
    search = _Search(left, right, free, conditions, hypotheses, Work(work), shared)
    same: bool | None = None
    try:
        for turn in range(points + 4):
            for candidate in search.at(search.sizes(turn), turn + 1, most=2):
                verdict, _ = search.same(candidate)
                if verdict is False:
                    return False
                same = verdict or same
                if same and search.work.left < work - MUCH_WORK:
                    return True
            if same and turn + 1 >= points:
                break
        if same is None:
            same = search.tame()
    except LimitReached:
        pass
    return same


def differ(
    left: Expression,
    right: Expression,
    *,
    hypotheses: Sequence[Hypothesis] = (),
    shared: SharedPoints | None = None,
) -> bool:
    """Whether both sides are seen to differ at a first point: a cheap look before a proof.

    True is certain. False says nothing.

    Args:
        left: one side.
        right: the other.
        hypotheses: what the entries of tensors must meet.
        shared: the points of the note, where there are other claims.
    """
    try:
        free = sorted(free_indices(left) | free_indices(right), key=lambda index: index.uid)
        search = _Search(left, right, free, (), hypotheses, Work(MUCH_WORK), shared)
        first = search.at(search.sizes(0), 1, most=2)
        return any(search.same(candidate)[0] is False for candidate in first)
    except LimitReached:
        return False


@dataclass(frozen=True)
class _Candidate:
    """A point with values of the free indices; `turn` chose the functions, which may be tables."""

    point: Point
    indices: Mapping[Index, int]
    turn: int
    tables: bool = False


class _Search:
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

    def candidates(self) -> Iterator[_Candidate]:
        """The points of the search, in order."""
        every = list(sizes_to_try(self.found))
        # Where there is little choice of sizes there are more points of each.
        rounds = -(-MOST_SIZES // len(every))
        for sizes in every:
            for turn in range(rounds * len(CHOICES)):
                yield from self.at(sizes, turn, most=4)

    def at(self, sizes: dict[Size, int], turn: int, most: int) -> Iterator[_Candidate]:
        """Some index values at one random point of these sizes."""
        indices = indices_to_try(self.free, sizes, self.conditions, self.random, most)
        if not indices:
            return
        choices = CHOICES[turn % len(CHOICES)]
        if self.shared is not None:
            point = self.shared.at(self.found, sizes, choices, turn, self.hypotheses)
            for one in indices:
                yield _Candidate(point, one, turn, self.tables)
            return
        values = random_values(self.found.tensors, sizes, choices, self.random, self.hypotheses)
        self.work.spend(sum(map(len, values.values())))
        point = Point(sizes, values, interpretations(self.found.functions, turn, self.tables))
        for one in indices:
            yield _Candidate(point, one, turn, self.tables)

    def sizes(self, turn: int) -> dict[Size, int]:
        """Small unequal sizes, those of the other claims where points are shared."""
        if self.shared is None:
            return unequal_sizes(self.found, turn)
        return self.shared.sizes(self.found, self.free, turn)

    def tame(self) -> bool | None:
        """Whether the sides are equal where values stay within narrow bounds; see `agree`."""
        for turn in range(TAME_POINTS):
            sizes = unequal_sizes(self.found, turn)
            values = tame_values(self.found.tensors, sizes, self.random)
            self.work.spend(sum(map(len, values.values())))
            point = Point(sizes, values, tame_interpretations(self.found.functions))
            for one in indices_to_try(self.free, sizes, self.conditions, self.random, 1):
                verdict, _ = self.same(_Candidate(point, one, turn))
                if verdict is not None:
                    return verdict
        return None

    def same(self, candidate: _Candidate) -> tuple[bool | None, _Candidate]:
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

    def values(self, candidate: _Candidate) -> tuple[_Value, _Value]:
        """Both sides at a point."""
        left, right = self.sides
        point, indices = candidate.point, candidate.indices
        return evaluate(left, point, indices, self.work), evaluate(right, point, indices, self.work)

    def again(
        self, candidate: _Candidate, values: Values | None = None, bits: int | None = None
    ) -> _Candidate:
        """The candidate with other entries or precision, and nothing remembered."""
        old = candidate.point
        point = Point(
            old.sizes,
            old.values if values is None else values,
            interpretations(self.found.functions, candidate.turn, candidate.tables),
            old.bits if bits is None else bits,
        )
        return replace(candidate, point=point)

    def shrink(self, candidate: _Candidate) -> _Candidate:
        """The same failure with entries 0 or 1 wherever that is enough, one at a time."""
        known = {tensor: known_of(tensor, self.hypotheses) for tensor in self.found.tensors}
        simpler = [
            (tensor, at, simple)
            for tensor, entries in candidate.point.values.items()
            if not known[tensor].constrained
            for at, value in entries.items()
            for simple in ((1,) if known[tensor].positive else (0, 1))
            if value not in (0, simple)
        ]
        try:
            for tensor, at, simple in simpler[:SHRINK_STEPS]:
                values = {t: dict(entries) for t, entries in candidate.point.values.items()}
                if values[tensor][at] == 0:
                    continue
                values[tensor][at] = Fraction(simple)
                if known[tensor].symmetric:
                    values[tensor][at[::-1]] = Fraction(simple)
                same, smaller = self.same(self.again(candidate, values))
                if same is False:
                    candidate = smaller
        except LimitReached:
            pass
        return candidate

    def describe(self, candidate: _Candidate) -> Counterexample:
        """The failure in names and rationals, evaluated once more: forwards, from nothing.

        Raises:
            NoValue: something that the slopes need not look at has no value there.
        """
        candidate = self.again(candidate)
        candidate = replace(candidate, point=replace(candidate.point, sweeps=None))
        self.work = Work()  # what was found is not lost because the search was long
        left, right = self.values(candidate)
        assert equal(left, right) is False, "a counterexample must stay one"
        point = candidate.point
        entries = {t: _nested(t, point.sizes, point.values[t]) for t in self.found.tensors}
        return Counterexample(
            sizes={s.name: value for s, value in point.sizes.items() if not is_unknown(s)},
            indices=_by_name(candidate.indices),
            values=_by_name(entries),
            functions=_by_name({f: str(point.functions[f]) for f in self.found.functions}),
            left=str(left),
            right=str(right),
            left_worked=worked_out(self.sides[0], point, candidate.indices, left),
            right_worked=worked_out(self.sides[1], point, candidate.indices, right),
        )


def _width(value: _Value) -> Fraction:
    """How much an enclosure leaves open."""
    if not isinstance(value, Interval):
        return Fraction(0)
    low, high = value.bounds()
    return high - low


def _nested(
    tensor: Tensor, sizes: Mapping[Size, int], entries: Mapping[tuple[int, ...], Fraction]
) -> object:
    """The entries as nested lists, one level an axis; a string where there is no axis."""

    def below(at: tuple[int, ...]) -> object:
        if len(at) == len(tensor.axes):
            return str(entries[at])
        return [below((*at, k)) for k in range(1, extent(tensor.axes[len(at)], sizes) + 1)]

    return below(())


def _by_name(table: Mapping[_Thing, _Content]) -> dict[str, _Content]:
    """The table keyed by names; different things of one name are told apart by primes."""
    result: dict[str, _Content] = {}
    for thing, content in table.items():
        name = thing.name
        while name in result:
            name += "'"
        result[name] = content
    return result
