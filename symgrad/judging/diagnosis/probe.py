"""Points at which changes of a formula are tried before any of them is proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from random import Random

from symgrad.calculus.evaluation import equal, evaluate
from symgrad.calculus.expression import Expression, Function
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Index, Size, Tensor
from symgrad.calculus.interpretation import Interpretation
from symgrad.calculus.interval import Interval, NoValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point, Work
from symgrad.judging.hypothetical import entries_under
from symgrad.judging.points import (
    extent,
    indices_to_try,
    interpretations,
    occurrences,
    unequal_sizes,
)
from symgrad.records import dataclass

Number = int | Fraction | Interval
At = tuple[int, ...]

ENTRIES = tuple(map(Fraction, (2, 3, 5, -1, 7, 4, -2, 1, -3, 6)))
"""Entries of arrays: mostly positive, so that ReLU does not hide what is behind it."""

TAME = tuple(map(Fraction, ("1/2", "-1/3", "2/3", "1/4", "-1/5", "3/4", "1/3", "-1/2")))
"""Entries at which exp and tanh are neither huge nor flat."""

TURNS = 14
"""Points that are looked at; where the two sides do not differ, nothing is learned."""


FEW_TURNS = 3
"""Points after which one that tells the sides apart is enough, where another checks it."""


class _Entries(dict[Tensor, Mapping[At, Fraction]]):
    """Entries of every tensor that is asked for, the same in every run; they meet hypotheses."""

    def __init__(
        self,
        sizes: Mapping[Size, int],
        turn: int,
        hypotheses: Sequence[Hypothesis] = (),
        choices: Sequence[Fraction] = ENTRIES,
    ) -> None:
        super().__init__()
        self.choices = choices
        self.sizes = sizes
        self.turn = turn
        self.hypotheses = hypotheses

    def __missing__(self, tensor: Tensor) -> Mapping[At, Fraction]:
        random = Random(f"{self.turn} {tensor.name}")
        lengths = [extent(size, self.sizes) for size in tensor.axes]
        self[tensor] = entries_under(
            tensor, lengths, self.hypotheses, lambda: random.choice(self.choices)
        )
        return self[tensor]


class _Functions(dict[Function, Interpretation]):
    """A concrete function for every opaque one that is asked for: a change may bring one in."""

    def __init__(self, known: Mapping[Function, Interpretation], turn: int) -> None:
        super().__init__(known)
        self.turn = turn

    def __missing__(self, function: Function) -> Interpretation:
        self[function] = interpretations([function], self.turn, False)[function]
        return self[function]


@dataclass
class Probe:
    """A point, values of the free indices, and what is right there.

    Attributes:
        point: values of everything.
        indices: of the free indices of the claim.
        right: the value of the left-hand side, which is right by definition.
        work: node visits that are left for the search.
    """

    point: Point
    indices: Mapping[Index, int]
    right: Number
    work: Work

    def value(self, expression: Expression, bound: Mapping[Index, int] | None = None) -> Number:
        """The value of an expression in these indices."""
        indices = {**self.indices, **bound} if bound else self.indices
        return evaluate(expression, self.point, indices, self.work)

    def with_hole(self, expression: Expression, hole: Tensor, table: Mapping[At, Number]) -> Number:
        """The value of an expression with these entries of its hole."""
        self.point.entries[id(hole)] = hole, dict(table)
        return evaluate(expression, self.point, self.indices, self.work)

    def ranges(self, sizes: tuple[Size, ...]) -> list[At]:
        """All positions on axes of these sizes."""
        return list(product(*(range(1, self.point.size(size) + 1) for size in sizes)))

    def agrees(self, found: Number) -> bool:
        """Whether a value may be the right one."""
        return same(found, self.right)


def same(left: Number, right: Number) -> bool:
    """Whether two values may be equal."""
    if isinstance(left, Interval) or isinstance(right, Interval):
        return equal(_exact(left), _exact(right)) is not False
    return left == right


def _exact(value: Number) -> Fraction | Interval:
    return Fraction(value) if isinstance(value, int) else value


def probes(
    left: Expression,
    right: Expression,
    free: list[Index],
    work: Work,
    hypotheses: Sequence[Hypothesis] = (),
) -> list[Probe]:
    """Two points: at the first the sides differ, and one of them has values that are not 0.

    Where a formula is wrong only at points where it is 0 (a ReLU that lets nothing
    through), it takes a point where it is right to tell what else is.
    """
    found = occurrences((left, right), free)
    choices = ENTRIES
    telling: list[Probe] = []
    vanishing: list[Probe] = []
    agreeing: list[Probe] = []
    for turn in range(TURNS):
        sizes = _Sizes(unequal_sizes(found, turn))
        functions = _Functions(interpretations(found.functions, turn, False), turn)
        point = Point(sizes, _Entries(sizes, turn, hypotheses, choices), functions)
        for indices in indices_to_try(free, sizes, (), Random(turn), most=2):
            try:
                truth = evaluate(left, point, indices, work)
                claimed = evaluate(right, point, indices, work)
            except (NoValue, LimitReached):
                continue
            if choices is ENTRIES and isinstance(truth, Interval):
                choices = TAME
                break
            probe = Probe(point, indices, truth, work)
            if equal(truth, claimed) is not False:
                agreeing.extend([probe] if truth != 0 else [])
            elif truth == 0 or claimed == 0:
                vanishing.append(probe)
            else:
                telling.append(probe)
        if len(telling) > 1:
            return telling[:2]
        if turn >= FEW_TURNS and telling and (agreeing or vanishing):
            break
    differing = telling + vanishing
    return [*differing[:1], *(agreeing or differing[1:])[:1]] if differing else []


class _Sizes(dict[Size, int]):
    """Values of sizes; one that no side of the claim has is 2."""

    def __missing__(self, size: Size) -> int:
        self[size] = 2
        return 2
