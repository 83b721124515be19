"""The inverse and the determinant of a square matrix as values."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.dependencies import free_indices
from symgrad.calculus.index import Index, Position, fresh
from symgrad.reading.sizes import Sizes
from symgrad.reading.values import Frame, ShapeError, Value, describe


class _Matrix:
    """The name that the kernel gives a matrix, with the indices that it depends on besides."""

    def __init__(self, name: str, value: Value) -> None:
        self.name = name
        self.value = value
        self._last: tuple[Frame, ex.Definition] | None = None

    def definition(self, frame: Frame) -> tuple[ex.Definition, tuple[Index, ...]]:
        """The definition, whose last parameters are row and column, and the others."""
        if self._last is not None and self._last[0] is frame.root:
            return self._last[1], ()
        size = frame.size(self.value.axes[0])
        row, column = fresh("i", size), fresh("j", size)
        entry = self.value.entry(frame, (row, column))
        free = free_indices(entry) - {row, column}
        others = tuple(sorted(free, key=lambda index: index.uid))
        name = self.name or getattr(getattr(entry, "tensor", None), "name", "M")
        made = ex.Definition(ex.SQUARE + name, (*others, row, column), entry)
        if not others:
            self._last = frame.root, made
        return made, others


def inverse(sizes: Sizes, value: Value, name: str) -> Value:
    """The inverse of a square matrix, whose name is LaTeX."""
    _check_square(sizes, value, "the inverse of")
    match value.key:
        case ("inverse", Value() as whole):
            return whole  # of an inverse
    matrix = _Matrix(name, value)

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        made, others = matrix.definition(frame)
        return ex.OfMatrix(ex.MatrixFunction.INVERSE, made, (*others, *positions))

    return Value(value.axes, entry, key=("inverse", value))


def determinant(sizes: Sizes, value: Value, name: str) -> Value:
    """The determinant of a square matrix; that of an inverse is one by that of the matrix."""
    if not value.axes:
        return value
    _check_square(sizes, value, "the determinant of")
    match value.key:
        case ("inverse", Value() as whole):
            below = determinant(sizes, whole, name)
            return Value((), lambda frame, p: ex.power(below.entry(frame, ()), -1))
    matrix = _Matrix(name, value)

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        made, others = matrix.definition(frame)
        return ex.OfMatrix(ex.MatrixFunction.DETERMINANT, made, others)

    return Value((), entry)


def _check_square(sizes: Sizes, value: Value, what: str) -> None:
    if len(value.axes) != 2:
        raise ShapeError("rank-mismatch", f"{what} {describe(sizes, value)}")
    if not sizes.unify(*value.axes):
        raise ShapeError("size-mismatch", f"{what} {describe(sizes, value)}")
