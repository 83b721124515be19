"""Points at which all claims of a note are tested: what one has worked out, the next need not.

A point grows: a claim that speaks of more tensors than those before it gets values for them
beside the values that are there. Entries depend on the name of the tensor only, so that no
claim is tested elsewhere because another stands before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from random import Random

from symgrad.calculus.expression import Function
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Index, Size
from symgrad.calculus.interpretation import Interpretation, Table
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point
from symgrad.judging.points import (
    MOST_ENTRIES,
    Occurrences,
    Values,
    extent,
    interpretations,
    random_values,
    unequal_sizes,
)
from symgrad.records import dataclass, field

FEW_SIZES = 3
"""Named sizes up to which a claim has values of its own for them, all as unequal as can be."""

_Key = tuple[int, frozenset[tuple[str, int]], tuple[Hypothesis, ...]]


@dataclass
class _Growing:
    """A point, and the parts of it that grow."""

    sizes: dict[Size, int] = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    functions: dict[Function, Interpretation] = field(default_factory=dict)
    tables: dict[Function, Interpretation] = field(default_factory=dict)
    by_tables: bool = False

    def __post_init__(self) -> None:
        self.point = Point(self.sizes, self.values, self.functions)
        self.tabled = Point(self.sizes, self.values, self.tables)


class SharedPoints:
    """The points of one note."""

    def __init__(self) -> None:
        self._points: dict[_Key, _Growing] = {}
        self._names: dict[str, int] = {}
        self._by_point: dict[int, _Growing] = {}

    def sizes(self, found: Occurrences, free: Sequence[Index], turn: int) -> dict[Size, int]:
        """Values of the sizes of a claim: one assignment for all claims with many of them."""
        own = unequal_sizes(found, turn)
        names = {size.name for size in found.sizes}
        if len(names) <= FEW_SIZES:
            return own
        for size in found.sizes:
            self._names.setdefault(size.name, len(self._names))
        common = {size: self._common(size, turn) for size in found.sizes}
        compared = {index.size.name: common.get(index.size, 0) for index in free}
        too_small = any(common[size] < least for size, least in found.sizes.items())
        return own if too_small or len(set(compared.values())) < len(compared) else common

    def _common(self, size: Size, turn: int) -> int:
        """Neighbours in the order in which the note first speaks of them are unequal."""
        return (2, 3)[(self._names[size.name] + turn) % 2]

    def at(
        self,
        found: Occurrences,
        sizes: dict[Size, int],
        choices: Sequence[Fraction],
        turn: int,
        hypotheses: tuple[Hypothesis, ...],
    ) -> Point:
        """The point of these sizes, with values for all that a claim speaks of.

        Args:
            found: what the claim speaks of.
            sizes: values of its sizes.
            choices: numbers that entries may be.
            turn: tells points of the same sizes apart.
            hypotheses: what the entries must meet.
        """
        own = frozenset((size.name, value) for size, value in sizes.items())
        shared = len({name for name, _ in own}) > FEW_SIZES and (
            any(all(self._common(s, k) == v for s, v in sizes.items()) for k in (0, 1))
        )
        key = turn, frozenset[tuple[str, int]]() if shared else own, hypotheses
        growing = self._points.get(key)
        if growing is None:
            growing = self._points[key] = _Growing()
            self._by_point[id(growing.point)] = self._by_point[id(growing.tabled)] = growing
        growing.sizes.update(sizes)
        counts = [prod(extent(s, sizes) for s in t.axes) for t in found.tensors]
        if sum(counts) > MOST_ENTRIES:
            raise LimitReached("entries of the tensors")
        for tensor in found.tensors:
            if tensor not in growing.values:
                random = Random(f"{turn} {tensor.name}")
                growing.values |= random_values([tensor], sizes, choices, random, hypotheses)
        for function in found.functions:
            if function not in growing.functions:
                growing.tables[function] = Table(function.name, turn)
                taken = interpretations([*growing.functions, function], turn, tables=False)
                growing.functions[function] = taken[function]
        return growing.tabled if growing.by_tables else growing.point

    def with_tables(self, point: Point) -> Point | None:
        """The same point with tables for opaque functions, also for claims to come."""
        growing = self._by_point.get(id(point))
        if growing is None:
            return None
        growing.by_tables = True
        return growing.tabled
