"""The state of one evaluation, and what names mean at a node of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from symgrad.calculus.expression import (
    Add,
    Apply,
    Constant,
    Delta,
    Derivative,
    Entry,
    Expression,
    Mul,
    Named,
    Number,
    OfMatrix,
    Power,
    SizeValue,
    Sum,
)
from symgrad.calculus.index import Index
from symgrad.calculus.point import Context, Point, Work
from symgrad.calculus.tape import Worth


class Run:
    """One evaluation.

    Attributes:
        point: the values of everything that is open.
        work: the budget.
        in_range: whether every free index is within its size. Those that a sum or a
            definition binds always are.
        nesting: how many named quantities are under way.
        summing: how many sums are.
        sums: values of sums inside other sums, by the values of the indices they depend on.
    """

    __slots__ = ("in_range", "nesting", "point", "summing", "sums", "work")

    def __init__(self, point: Point, work: Work, in_range: bool) -> None:
        self.point = point
        self.work = work
        self.in_range = in_range
        self.nesting = 0
        self.summing = 0
        self.sums: dict[tuple[Sum, Context, tuple[int, ...]], Worth] = {}


class Frame:
    """What indices and `ARGUMENT` mean where a node stands.

    Attributes:
        indices: value of every index in scope.
        argument: value of `ARGUMENT` inside the definition of a function.
        context: the derivatives under way.
        bit: number of the first tag that is free here.
    """

    __slots__ = ("argument", "bit", "context", "indices")

    def __init__(
        self,
        indices: dict[Index, int],
        argument: Worth | None,
        context: Context,
        bit: int | None = None,
    ) -> None:
        self.indices = indices
        self.argument = argument
        self.context = context
        self.bit = context.bit if bit is None else bit


@lru_cache(maxsize=8192)
def indices_of_sum(node: Sum) -> tuple[Index, ...]:
    """The indices that the value of a sum depends on, found apart from the rules of proofs."""
    return tuple(index for index in dict.fromkeys(_met(node.body)) if index is not node.index)


def _met(node: Expression) -> Iterator[Index]:
    """The indices that a node mentions and does not bind itself."""
    match node:
        case Sum():
            yield from indices_of_sum(node)
        case Add(terms=parts) | Mul(factors=parts):
            for part in parts:
                yield from _met(part)
        case Power(base=inner) | Apply(argument=inner):
            yield from _met(inner)
        case (
            Entry(positions=positions) | Named(positions=positions) | OfMatrix(positions=positions)
        ):
            yield from (p for p in positions if isinstance(p, Index))
        case Delta(left=left, right=right):
            yield from (p for p in (left, right) if isinstance(p, Index))
        case Derivative(body=inner, positions=positions):
            yield from (p for p in positions if isinstance(p, Index))
            yield from _met(inner)
        case Number() | Constant() | SizeValue():
            return
        case _:
            raise TypeError(f"the indices of {type(node).__name__} are not known")


class NoTape(Exception):  # noqa: N818 - nothing is wrong, the other way is taken
    """A definition has derivatives in it, and no tape."""
