r"""A bias added to every example: the `b` of `Z = XW + b`, where Z has one row for each.

An author who stacks examples writes the bias as if there were one. What is added to a
matrix is then a name that is smaller: a matrix with one row or one column, or a vector
that fits one of the axes. Where a vector may fit both, the side on which the weights
stand says it: `WX` has an example in each column, `XW` in each row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Fixed, Position
from symgrad.reading import syntax
from symgrad.reading.context import Context
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, Value

_WEIGHTS = re.compile(r"^(\\(mathbf|vec|hat)\{)?(W|w|U|V|\\Theta|\\theta)\b")


def stretched(node: syntax.Terms, values: Sequence[Value], context: Context) -> list[Value]:
    """The terms of a sum, a bias among them as a matrix like the others."""
    matrices = [v for v in values if len(v.axes) == 2 and not _unit_axes(v)]
    if not matrices:
        return list(values)
    like = matrices[0]
    return [
        _stretched(term, found, like, node, context)
        if isinstance(term, syntax.Symbol | syntax.Scripted | syntax.Accent)
        else found
        for term, found in zip(node.terms, values, strict=True)
    ]


def _stretched(
    term: Node, found: Value, like: Value, node: syntax.Terms, context: Context
) -> Value:
    axis = _axis_of_examples(found, like, node, context)
    if axis is None:
        return found
    name = key_or_none(term) or "a bias"
    context.session.assume(f"{name} is added to every {'row' if axis == 0 else 'column'}")
    unit = len(found.axes) == 2

    def entry(frame: Frame, positions: tuple[Position, ...]) -> ex.Expression:
        kept = positions[1 - axis]
        if not unit:
            return found.entry(frame, (kept,))
        one = Fixed(1, found.axes[axis])
        return found.entry(frame, (one, kept) if axis == 0 else (kept, one))

    return Value(like.axes, entry)


def _axis_of_examples(
    found: Value, like: Value, node: syntax.Terms, context: Context
) -> int | None:
    """The axis of the matrix along which a term is repeated; None where it is not."""
    sizes = context.sizes
    if len(found.axes) == 2:
        units = _unit_axes(found)
        if len(units) != 1 or not sizes.unify(found.axes[1 - units[0]], like.axes[1 - units[0]]):
            return None
        return units[0]
    if len(found.axes) != 1:
        return None
    length = sizes.resolve(found.axes[0])
    fitting = [k for k in (0, 1) if sizes.resolve(like.axes[k]) == length]
    if len(fitting) != 1:
        side = _side_of_weights(node)
        fitting = [] if side is None else [side]
    if not fitting or not sizes.unify(length, like.axes[fitting[0]]):
        return None
    return 1 - fitting[0]


def _unit_axes(value: Value) -> list[int]:
    return [k for k, axis in enumerate(value.axes) if axis.value == 1]


def _side_of_weights(node: syntax.Terms) -> int | None:
    """The axis of the outputs: 0 where the weights stand first, 1 where they stand last."""
    for term in node.terms:
        if isinstance(term, syntax.Product):
            ends = (term.factors[0], term.factors[-1])
            first, last = (_is_weight(end) for end in ends)
            if first != last:
                return 0 if first else 1
    return None


def _is_weight(node: Node) -> bool:
    return _WEIGHTS.match(key_or_none(parts(node)[0]) or "") is not None
