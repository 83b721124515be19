r"""The chain rule as notes write it: derivatives side by side.

`\frac{\partial L}{\partial z} \frac{\partial z}{\partial W}` is a sum over the entries of z, of
whatever ranks and in whatever order the two stand: what one is differentiated by,
the other is the derivative of. Where only one of them is written as a derivative,
the axes say what is summed over, if the matrix product does not fit.
"""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position
from symgrad.reading.sizes import Sizes
from symgrad.reading.units import multiplied as product
from symgrad.reading.values import Frame, Jacobian, ShapeError, Value, describe, scaled


def composed(sizes: Sizes, outer: Value, inner: Value) -> Value:
    """The sum over the last axes of `outer`, which are the first of the derivative `inner`.

    Raises:
        ShapeError: where they are not.
    """
    count = 0 if inner.jacobian is None else inner.jacobian.rank
    split = len(outer.axes) - count
    matched = split >= 0 and all(
        sizes.unify(a, b) for a, b in zip(outer.axes[split:], inner.axes[:count], strict=True)
    )
    if not matched:
        message = f"{describe(sizes, outer)} times {describe(sizes, inner)}"
        raise ShapeError("rank-mismatch", f"the chain rule for {message}")
    summed = outer.axes[split:]

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        indices = tuple(frame.fresh(axis) for axis in summed)
        first = outer.entry(frame, (*positions[:split], *indices))
        second = inner.entry(frame, (*indices, *positions[split:]))
        body = ex.mul(first, second)
        for index in reversed(indices):
            body = ex.Sum(index, body)
        return body

    of = outer.jacobian.of if outer.jacobian else None
    by = inner.jacobian.by if inner.jacobian else None
    return Value(
        (*outer.axes[:split], *inner.axes[count:]), entry, jacobian=Jacobian(split, of, by)
    )


def multiplied(sizes: Sizes, left: Value, right: Value) -> Value:
    """A product by juxtaposition, in which the chain rule may be meant.

    Raises:
        ShapeError: where no reading fits.
    """
    a, b = left.jacobian, right.jacobian
    if a is not None and b is not None and left.axes and right.axes:
        if a.by is not None and a.by == b.of:
            return composed(sizes, left, right)
        if b.by is not None and b.by == a.of:
            return composed(sizes, right, left)
    try:
        return product(sizes, left, right)
    except ShapeError:
        if b is not None and b.rank and len(left.axes) == b.rank:
            return composed(sizes, left, right)
        if a is not None and a.rank and len(right.axes) == a.rank:
            return composed(sizes, right, left)
        raise


def chain_product(sizes: Sizes, arguments: list[Value]) -> Value:
    r"""An operator for it: `prod(\frac{\partial J}{\partial z}, \frac{\partial z}{\partial W})`.

    Raises:
        ShapeError: where neither argument can be the inner derivative.
    """
    outer, inner = arguments
    if not outer.axes or not inner.axes:
        return scaled(outer, inner) if not outer.axes else scaled(inner, outer)
    if inner.jacobian is not None and len(outer.axes) >= inner.jacobian.rank > 0:
        return composed(sizes, outer, inner)
    return multiplied(sizes, outer, inner)
