r"""Kronecker deltas and indicators with a subscript: `\delta_{ij}`, `1_{i=j}`."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.reading import errors, syntax, values
from symgrad.reading.context import Context
from symgrad.reading.errors import ReadingError
from symgrad.reading.names import key_or_none
from symgrad.reading.subscripts import place, subscripts
from symgrad.reading.sums import condition_value
from symgrad.reading.values import IndexName, Value

ONES = frozenset({r"\mathbb{1}", r"\mathbf{1}", "1", r"\mathbb{I}"})
"""Signs of an indicator, before a condition in brackets or below."""


def indicator_of(node: syntax.Scripted, context: Context) -> Value | None:
    r"""The value of `1_{i=j}` or `\delta_{ij}`; None where the node is neither."""
    name = key_or_none(node.base)
    if node.subscript is None or node.superscript is not None or node.primes:
        return None
    if name in ONES and isinstance(node.subscript, syntax.Chain):
        return condition_value(node.subscript, context)
    pair = subscripts(node.subscript, 2)
    if name != r"\delta" or len(pair) != 2:
        return None
    first, second = (place(item, context) for item in pair)
    sizes = [p.size for p in (first, second) if isinstance(p, IndexName)]
    if not sizes or (len(sizes) == 2 and not context.sizes.unify(*sizes)):
        raise ReadingError(node.span, errors.SWAPPED_INDEX, "a delta compares indices of one range")
    return values.scalar(
        lambda frame: ex.Delta(frame.position(first, sizes[0]), frame.position(second, sizes[0]))
    )
