"""The state of one evaluation, and what names mean at a node of it."""

from __future__ import annotations

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
    """

    __slots__ = ("in_range", "nesting", "point", "work")

    def __init__(self, point: Point, work: Work, in_range: bool) -> None:
        self.point = point
        self.work = work
        self.in_range = in_range
        self.nesting = 0


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


class NoTape(Exception):  # noqa: N818 - nothing is wrong, the other way is taken
    """A definition has derivatives in it, and no tape."""
