r"""An array and one of its entries as members of one chain.

`\frac{\partial}{\partial X} \operatorname{tr}(XA) = A_{lk} = (A^T)_{kl} = A^T`: authors who
leave sums out go from an array to its entry and back. The free indices, in the order of the
alphabet, are those of the axes.
"""

from __future__ import annotations

from collections.abc import Mapping

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Position
from symgrad.reading import values
from symgrad.reading.sizes import Sizes
from symgrad.reading.values import Frame, IndexName, Value


def array_of(entry: Value, free: Mapping[str, IndexName], like: Value, sizes: Sizes) -> Value:
    """The array of which a number with free indices is the entry.

    Raises:
        ShapeError: where the indices do not run over the axes of the other array.
    """
    names = _in_order(free, like, sizes)

    def build(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        bound = dict(zip(names, positions, strict=True))
        indices = {**frame.indices, **bound}
        return entry.entry(Frame(frame.sizes, indices, frame.root), ())  # type: ignore[arg-type]

    return Value(like.axes, build, like.row)


def entry_of(array: Value, free: Mapping[str, IndexName], sizes: Sizes) -> Value:
    """The entry of an array at free indices.

    Raises:
        ShapeError: where the indices do not run over the axes.
    """
    return values.selected(array, _in_order(free, array, sizes))


def _in_order(free: Mapping[str, IndexName], array: Value, sizes: Sizes) -> tuple[IndexName, ...]:
    names = tuple(free[name] for name in sorted(free))
    for name, axis in zip(names, array.axes, strict=True):
        if not sizes.unify(name.size, axis):
            message = f"{name.name} does not run over the axis of {values.describe(sizes, array)}"
            raise values.ShapeError("size-mismatch", message)
    return names
