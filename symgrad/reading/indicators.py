r"""Kronecker deltas and indicators: `\delta_{ij}`, `\delta^i_j`, `1_{i=j}`, `\mathbb 1[x > 0]`."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context
from symgrad.reading.elaborate import rule
from symgrad.reading.errors import ReadingError
from symgrad.reading.names import is_label, key_or_none
from symgrad.reading.subscripts import place, subscripts
from symgrad.reading.sums import indicator_value
from symgrad.reading.syntax import Node
from symgrad.reading.values import IndexName, Value

ONES = frozenset({r"\mathbb{1}", r"\mathbf{1}", "1", r"\mathbb{I}", r"\chi", "I"})
"""Signs of an indicator, before a condition in brackets or below."""


def indicator_of(node: syntax.Scripted, context: Context) -> Value | None:
    r"""The value of `1_{i=j}`, `\delta_{ij}` or `\delta^i_j`; None for anything else."""
    name = key_or_none(node.base)
    if node.primes:
        return None
    if node.superscript is None and node.subscript is not None and name in ONES:
        condition = _inside(node.subscript)
        if isinstance(condition, syntax.Chain):
            return indicator_value(condition, context)
    pair = _pair(node)
    if name != r"\delta" or len(pair) != 2:
        return None
    first, second = (place(item, context) for item in pair)
    sizes = [p.size for p in (first, second) if isinstance(p, IndexName)]
    if not sizes or (len(sizes) == 2 and not context.sizes.unify(*sizes)):
        raise ReadingError(node.span, errors.SWAPPED_INDEX, "a delta compares indices of one range")
    return values.scalar(
        lambda frame: ex.Delta(frame.position(first, sizes[0]), frame.position(second, sizes[0]))
    )


def _pair(node: syntax.Scripted) -> tuple[Node, ...]:
    """The indices that a delta compares; none where a script says a layer."""
    scripts = node.superscript, node.subscript
    if any(is_label(s) for s in scripts):
        return ()
    return tuple(item for s in scripts if s is not None for item in subscripts(s, 2))


def _inside(node: Node) -> Node:
    """What stands in brackets, or the node."""
    return node.items[0] if isinstance(node, syntax.Group) and len(node.items) == 1 else node


@rule(syntax.Chain)
def _condition(node: syntax.Chain, context: Context) -> Value:
    """A comparison as a factor, `[i = j]` or `(z > 0)`: 1 where it holds, 0 elsewhere."""
    return indicator_value(node, context)
