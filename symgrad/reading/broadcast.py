r"""What is added to an array that is smaller: a bias to every example, a number to every entry.

`Z = XW + b`, where Z has a row for each example; `1 - h \odot h`; `x - \mu`, the mean taken off.

An author who stacks examples writes the bias as if there were one. What is added to a
matrix is then a name that is smaller: a matrix with one row or one column, or a vector
that fits one of the axes. Where a vector may fit both, the side on which the weights
stand says it: `WX` has an example in each column, `XW` in each row.

A number is added to each entry of a vector, unless nothing but its use says that it is a
number. To a matrix only a number written out is, and not to a square one: there 1 may be
the identity.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.calculus import expression as ex
from symgrad.calculus.index import Fixed, Position
from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.context import Context
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.values import Frame, Value

_WEIGHTS = pattern(r"^(\\(mathbf|vec|hat)\{)?(W|w|U|V|\\Theta|\\theta)\b")


def stretched(node: syntax.Terms, values: Sequence[Value], context: Context) -> list[Value]:
    """The terms of a sum, a bias and numbers among them as arrays like the others."""
    values = _with_numbers(node, values, context)
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


def _with_numbers(node: syntax.Terms, values: Sequence[Value], context: Context) -> Sequence[Value]:
    """The terms of a sum, numbers among them on each entry where they can stand for that."""
    arrays = [v for v in values if v.axes]
    if not arrays or len(arrays) == len(values):
        return values
    like = arrays[0]
    axes = [context.sizes.resolve(axis) for axis in like.axes]
    # A column of examples is a vector to the numbers that are added to it.
    vector = len(axes) == 1 or (len(axes) == 2 and len(_unit_axes(like)) == 1)
    if not vector and (len(axes) != 2 or axes[0] == axes[1]):
        return values
    found = []
    for term, value in zip(node.terms, values, strict=True):
        written = isinstance(term, syntax.Numeral)
        guessed = key_or_none(term) in context.session.implicit
        if value.axes or not (written or (vector and not guessed)):
            found.append(value)
            continue
        shown = context.session.source.slice(term.span).strip()
        context.session.assume(f"{shown} is added to each entry of what it is added to")
        found.append(_on_each_entry(value, like))
    return found


def _on_each_entry(number: Value, like: Value) -> Value:
    return Value(like.axes, lambda frame, positions: number.entry(frame, ()), like.row)


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
