"""Values: what a formula stands for before its indices are laid out.

A value has axes and can tell its entry at any positions. Sizes may still be
open while a formula is read, so entries are built afterwards, in a `Frame`
that knows the solution and gives every index name its index. The rules for
products and sums of values are here; each says which axes it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Fixed, Index, Position, Size, Tensor, fresh
from symgrad.diagnostics import Span
from symgrad.reading.sizes import Sizes, is_unknown
from symgrad.records import dataclass, field, replace


@dataclass(frozen=True, slots=True, eq=False)
class IndexName:
    """An index as the note names it. Equal only to itself.

    Attributes:
        name: LaTeX.
        size: its range; open where nothing declares it.
        range_span: where the note writes the upper end of the range.
        bound: bound by a sum, not declared.
    """

    name: str
    size: Size
    range_span: Span | None = None
    bound: bool = False


Place = IndexName | int
"""What stands in a subscript: an index, or a constant counted from 1."""


class Frame:
    """Where entries are built: sizes are settled, index names have indices.

    `nesting` says how many definitions are being built around this one.
    """

    def __init__(
        self,
        sizes: Sizes,
        indices: dict[IndexName, Index] | None = None,
        root: Frame | None = None,
        nesting: int = 0,
    ) -> None:
        self.sizes = sizes
        self.indices = {} if indices is None else indices
        self.root = root or self
        self.nesting = nesting

    def size(self, size: Size) -> Size:
        """The settled size."""
        return self.sizes.resolve(size)

    def position(self, place: Place, size: Size) -> Position:
        """The index or constant of a subscript; an index nobody bound is free."""
        if isinstance(place, int):
            return Fixed(place, self.size(size))
        if place not in self.indices:
            index = self.root.indices.get(place)
            if index is None:
                index = fresh(place.name, self.size(place.size))
                self.root.indices[place] = index
            return index
        return self.indices[place]

    def bind(self, name: IndexName) -> tuple[Index, Frame]:
        """A fresh index for a name, and the frame in which the name means it."""
        index = fresh(name.name, self.size(name.size))
        return index, Frame(self.sizes, {**self.indices, name: index}, self.root)

    def fresh(self, size: Size) -> Index:
        """A fresh index for a sum the note does not write out."""
        return fresh("k", self.size(size))


Build = Callable[[Frame, tuple[Position, ...]], ex.Expression]


@dataclass(frozen=True, slots=True)
class Jacobian:
    """What a value is the derivative of, and by what.

    Attributes:
        rank: number of axes of what is differentiated; they come first.
        of, by: the names of both, where they are names.
        of_one: whether it is the derivative of the entry of an array that has one.
    """

    rank: int
    of: str | None = None
    by: str | None = None
    of_one: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A number, vector, matrix or larger array.

    Attributes:
        axes: its sizes.
        entry: its entry at positions, one an axis.
        row: a vector that was transposed.
        variable: what it is as a variable to differentiate by, where it is one.
        key: equal for values that are the same for certain; None where unknown.
        jacobian: for a derivative as it is written.
    """

    axes: tuple[Size, ...]
    entry: Build
    row: bool = False
    variable: Callable[[Frame], Tensor | ex.Definition] | None = None
    key: object = field(default=None)
    jacobian: Jacobian | None = None

    def at(self, frame: Frame, *positions: Position) -> ex.Expression:
        """The entry at these positions."""
        return self.entry(frame, positions)


class ShapeError(Exception):
    """Axes that do not fit. The reader turns it into a finding with a place.

    Attributes:
        kind: `rank-mismatch` or `size-mismatch`.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


def describe(sizes: Sizes, value: Value) -> str:
    """The shape in words: "a number", "a vector of length n"."""
    names = [shown(sizes.resolve(s)) for s in value.axes]
    if not names:
        return "a number"
    if len(names) == 1:
        kind = "row" if value.row else "vector"
        return f"a {kind} of length {names[0]}" if names[0] != "?" else f"a {kind}"
    if len(names) == 2:
        return f"a matrix {names[0]} x {names[1]}"
    return "an array " + " x ".join(names)


def shown(size: Size) -> str:
    """A size as a message names it."""
    return "?" if is_unknown(size) else size.name


def constant(value: Fraction | int) -> Value:
    """A rational number."""
    node = ex.number(value)
    return Value((), lambda frame, positions: node)


def scalar(build: Callable[[Frame], ex.Expression]) -> Value:
    """A number built in a frame."""
    return Value((), lambda frame, positions: build(frame))


def same_axes(sizes: Sizes, left: Value, right: Value, what: str) -> None:
    """Require equal ranks, sizes and orientation.

    Raises:
        ShapeError: where they differ.
    """
    if len(left.axes) != len(right.axes) or (left.row != right.row and len(left.axes) == 1):
        raise ShapeError(
            "rank-mismatch", f"{what} {describe(sizes, left)} and {describe(sizes, right)}"
        )
    for a, b in zip(left.axes, right.axes, strict=True):
        if not sizes.unify(a, b):
            raise ShapeError(
                "size-mismatch", f"{what} {describe(sizes, left)} and {describe(sizes, right)}"
            )


def total(sizes: Sizes, signs: tuple[str, ...], values: list[Value]) -> Value:
    """Sum with signs, of values of the same axes."""
    first = values[0]
    for other in values[1:]:
        same_axes(sizes, first, other, "a sum of")

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        terms = [value.entry(frame, positions) for value in values]
        return ex.add(*(t if s == "+" else ex.negate(t) for s, t in zip(signs, terms, strict=True)))

    return Value(first.axes, entry, first.row)


def scaled(factor: Value, value: Value) -> Value:
    """A number times a value."""
    return replace(
        value,
        entry=lambda frame, p: ex.mul(factor.entry(frame, ()), value.entry(frame, p)),
        variable=None,
        key=None,
        jacobian=None if value.jacobian is None else Jacobian(value.jacobian.rank),
    )


def hadamard(sizes: Sizes, left: Value, right: Value) -> Value:
    """Entry-wise product of values of the same axes."""
    same_axes(sizes, left, right, "an entry-wise product of")
    return Value(
        left.axes,
        lambda frame, p: ex.mul(left.entry(frame, p), right.entry(frame, p)),
        left.row,
    )


def dot(sizes: Sizes, left: Value, right: Value) -> Value:
    """Sum over all entries of the entry-wise product."""
    same_axes(sizes, replace(left, row=False), replace(right, row=False), "an inner product of")

    def build(frame: Frame) -> ex.Expression:
        indices = [frame.fresh(axis) for axis in left.axes]
        body = ex.mul(left.entry(frame, tuple(indices)), right.entry(frame, tuple(indices)))
        for index in reversed(indices):
            body = ex.Sum(index, body)
        return body

    return scalar(build)


def product(sizes: Sizes, left: Value, right: Value) -> Value:
    """Product by juxtaposition: scaling, matrix products, row times column, outer product.

    Raises:
        ShapeError: for two columns, or inner sizes that differ.
    """
    if not left.axes:
        return scaled(left, right)
    if not right.axes:
        return scaled(right, left)
    ranks = (len(left.axes), len(right.axes))
    if ranks == (1, 1):
        return _vector_product(sizes, left, right)
    if ranks not in ((2, 2), (2, 1), (1, 2)) or left.row != (ranks[0] == 1) or right.row:
        raise ShapeError("rank-mismatch", f"{describe(sizes, left)} times {describe(sizes, right)}")
    inner = left.axes[-1]
    if not sizes.unify(inner, right.axes[0]):
        raise ShapeError("size-mismatch", f"{describe(sizes, left)} times {describe(sizes, right)}")
    split = len(left.axes) - 1

    def entry(frame: Frame, p: tuple[Position, ...]) -> ex.Expression:
        index = frame.fresh(inner)
        first = left.entry(frame, (*p[:split], index))
        second = right.entry(frame, (index, *p[split:]))
        return ex.Sum(index, ex.mul(first, second))

    return Value((*left.axes[:-1], *right.axes[1:]), entry, row=ranks[0] == 1)


def _vector_product(sizes: Sizes, left: Value, right: Value) -> Value:
    if left.row and not right.row:
        return dot(sizes, left, right)
    if right.row and not left.row:
        return Value(
            (*left.axes, *right.axes),
            lambda frame, p: ex.mul(left.entry(frame, p[:1]), right.entry(frame, p[1:])),
        )
    raise ShapeError("missing-transpose", f"{describe(sizes, left)} times {describe(sizes, right)}")


def transposed(value: Value) -> Value:
    """The transpose of a number, vector or matrix.

    Raises:
        ShapeError: for arrays of three or more axes.
    """
    if len(value.axes) > 2:
        raise ShapeError("rank-mismatch", "the transpose of an array of more than two axes")
    if len(value.axes) == 2:
        return Value(value.axes[::-1], lambda frame, p: value.entry(frame, p[::-1]))
    row = bool(value.axes) and not value.row
    return replace(value, row=row, variable=None, key=None, jacobian=None)


def mapped(value: Value, function: Callable[[Frame, ex.Expression], ex.Expression]) -> Value:
    """A function of one number applied to every entry."""
    return replace(
        value,
        entry=lambda frame, p: function(frame, value.entry(frame, p)),
        variable=None,
        key=None,
        jacobian=None,
    )


def selected(value: Value, places: tuple[Place, ...]) -> Value:
    """The part of a value at subscripts of its first axes; the ranges were checked before."""

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        named = zip(places, value.axes, strict=False)
        return value.entry(frame, (*(frame.position(p, axis) for p, axis in named), *positions))

    return Value(value.axes[len(places) :], entry)


def squared_norm(value: Value) -> Value:
    """Sum of the squares of all entries."""

    def build(frame: Frame) -> ex.Expression:
        indices = [frame.fresh(axis) for axis in value.axes]
        body = ex.power(value.entry(frame, tuple(indices)), 2)
        for index in reversed(indices):
            body = ex.Sum(index, body)
        return body

    return scalar(build)


def trace(sizes: Sizes, value: Value) -> Value:
    """Sum of the diagonal of a square matrix; a number is its own trace."""
    if not value.axes:
        return value
    if len(value.axes) != 2 or not sizes.unify(*value.axes):
        raise ShapeError("rank-mismatch", f"the trace of {describe(sizes, value)}")

    def build(frame: Frame) -> ex.Expression:
        index = frame.fresh(value.axes[0])
        return ex.Sum(index, value.entry(frame, (index, index)))

    return scalar(build)


def diagonal(sizes: Sizes, value: Value) -> Value:
    """The diagonal matrix of a vector."""
    if len(value.axes) != 1:
        raise ShapeError("rank-mismatch", f"diag of {describe(sizes, value)}")
    axis = value.axes[0]
    return Value(
        (axis, axis),
        lambda frame, p: ex.mul(ex.Delta(p[0], p[1]), value.entry(frame, p[:1])),
    )
