r"""Sizes of 1: an array with one entry is as good as that entry.

A vector of length 1 and a matrix 1 x 1 stand for their entry wherever a number is due, as
in `L = \frac12 (y - t)^2` for a y in `\mathbb R^1` and in `x^\top A x` for a column x. Where
they fit as arrays, they are arrays: `W y` is a column for a W in `\mathbb R^{n \times 1}`.
A matrix with one column is that column, and one with one row is that row; a column never
is a row. No other axis of length 1 is left out, and none is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Fixed, Position, Size
from symgrad.reading.sizes import Sizes
from symgrad.reading.values import Frame, ShapeError, Value, product
from symgrad.records import replace


def has_one_entry(sizes: Sizes, value: Value) -> bool:
    """Whether a value is an array, and all its sizes are the number 1."""
    return bool(value.axes) and all(_is_one(sizes, axis) for axis in value.axes)


def _is_one(sizes: Sizes, axis: Size) -> bool:
    return sizes.resolve(axis).value == 1


def as_number(value: Value) -> Value:
    """The entry of an array that has one."""

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        return value.entry(frame, tuple(Fixed(1, frame.size(axis)) for axis in value.axes))

    return Value((), entry)


def spread(number: Value, like: Value) -> Value:
    """The array of the axes of another, with a number at every position."""
    return Value(like.axes, lambda frame, positions: number.entry(frame, ()), like.row)


def as_vector(sizes: Sizes, value: Value) -> Value:
    """A matrix with one column as a vector, and one with one row as a row."""
    if len(value.axes) != 2:
        return value
    first, second = (_is_one(sizes, axis) for axis in value.axes)
    if first == second:
        return value
    one, kept = (value.axes[0], value.axes[1]) if first else (value.axes[1], value.axes[0])

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        fixed = Fixed(1, frame.size(one))
        return value.entry(frame, (fixed, *positions) if first else (*positions, fixed))

    return Value((kept,), entry, row=first)


def as_matrix(sizes: Sizes, vector: Value, like: Value) -> Value:
    """A vector as the matrix with one column, a row as that with one row, if it is like that."""
    if len(vector.axes) != 1 or len(like.axes) != 2:
        return vector
    place = 0 if vector.row else 1
    if not _is_one(sizes, like.axes[place]) or _is_one(sizes, like.axes[1 - place]):
        return vector
    (kept,), one = vector.axes, like.axes[place]
    axes = (one, kept) if vector.row else (kept, one)
    return Value(axes, lambda frame, positions: vector.entry(frame, (positions[1 - place],)))


def multiplied(sizes: Sizes, left: Value, right: Value) -> Value:
    """A product of arrays; where they do not fit, one that has one entry is a number.

    Raises:
        ShapeError: where they do not fit, and neither is.
    """
    try:
        return product(sizes, left, right)
    except ShapeError:
        if has_one_entry(sizes, left):
            return product(sizes, as_number(left), right)
        if has_one_entry(sizes, right):
            return product(sizes, left, as_number(right))
        with suppress(ShapeError):
            return product(sizes, as_vector(sizes, left), as_vector(sizes, right))
        raise


def alike(sizes: Sizes, values: Sequence[Value]) -> list[Value]:
    """The terms of a sum in one shape, as far as sizes of 1 allow it."""
    arrays = [value for value in values if value.axes]
    others = [value for value in arrays if not has_one_entry(sizes, value)]
    if not others:
        return _all_with_one_entry(arrays, values)
    like = max(others, key=lambda value: len(value.axes))
    found = []
    for value in values:
        if has_one_entry(sizes, value) and not _may_be_like(sizes, value, like):
            value = as_number(value)
        found.append(as_matrix(sizes, value, like))
    return found


def _all_with_one_entry(arrays: Sequence[Value], values: Sequence[Value]) -> list[Value]:
    """Arrays with one entry, and numbers beside them: vectors come before numbers."""
    if len({(len(value.axes), value.row) for value in arrays}) <= (len(arrays) == len(values)):
        return list(values)
    if not arrays:
        return list(values)
    like = min(arrays, key=lambda value: (len(value.axes), value.row))
    numbers = [as_number(value) if value.axes else value for value in values]
    return numbers if len(like.axes) > 1 else [spread(number, like) for number in numbers]


def _may_be_like(sizes: Sizes, value: Value, other: Value) -> bool:
    """Whether an array may have the shape of another one, all of whose sizes are not known."""
    if len(value.axes) != len(other.axes) or value.row != other.row:
        return False
    found = [sizes.resolve(axis) for axis in other.axes]
    return all(axis.flexible for axis in found if axis.value != 1)


def like_the_left(sizes: Sizes, step: Value, left: Value) -> Value:
    """A step in the shape of the left-hand side, as far as sizes of 1 allow it."""
    if len(step.axes) == len(left.axes) and step.row == left.row:
        return step
    if not step.axes or has_one_entry(sizes, step):
        number = as_number(step) if step.axes else step
        if not left.axes:
            return number
        return spread(number, left) if has_one_entry(sizes, left) else step
    if len(left.axes) != 1 or len(step.axes) != 2:
        return as_matrix(sizes, step, left)
    vector = as_vector(sizes, step)
    if left.jacobian is not None and left.jacobian.of_one:
        return replace(vector, row=left.row)  # the Jacobian of what has one entry is a row
    return vector if vector.row == left.row else step
