r"""Over which indices a sum runs, from what stands below and above its sign.

`\sum_{i=1}^n`, `\sum_i`, `\sum_{i,j}`, `\sum_{j \neq i}`, `\sum_{i=1, i \neq j}^n`,
`\sum_{1 \leq i \leq n}`. In a note that counts from 0 throughout, `\sum_{i=0}^{n-1}` runs
over all of an axis; renaming i - 1 to i changes nothing as long as nobody counts from 1.
A sum that names no index runs over the one letter of its body that nothing else explains.
"""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.reading import syntax
from symgrad.reading.context import Context
from symgrad.reading.errors import unread
from symgrad.reading.families import all_names, mentions
from symgrad.reading.names import key_or_none
from symgrad.reading.subscripts import size_of
from symgrad.reading.syntax import Chain, Node
from symgrad.reading.usage import one_more
from symgrad.reading.values import IndexName

Range = tuple[list[IndexName], list[Node]]
"""The bound indices, and the conditions on them."""


def sum_indices(node: syntax.BigOperator, context: Context) -> Range:
    """The bound indices of a sum and the conditions on them.

    Raises:
        ReadingError: where the range is not understood.
    """
    lower, upper = node.lower, node.upper
    if lower is None or key_or_none(lower) == "1":
        return [_unnamed(node, upper, context)], []
    _refuse_layers(node)
    if isinstance(lower, syntax.Listing):
        items: tuple[Node, ...] = lower.items
    elif isinstance(lower, syntax.Product) and not any(lower.operators):
        items = lower.factors
    else:
        items = (lower,)
    names: list[IndexName] = []
    conditions: list[Node] = []
    for item in items:
        bound = _item(item, upper, context, [n.name for n in names])
        if bound is None or not isinstance(item, Chain) or item.relations[0].sign == r"\neq":
            conditions.extend([item] if isinstance(item, Chain) else [])
        if bound is not None:
            names.append(bound)
    return names, conditions


def _item(item: Node, upper: Node | None, context: Context, known: list[str]) -> IndexName | None:
    """The index that one item below a sum binds; None for a condition on the others."""
    if not isinstance(item, Chain):
        return _bound(item, upper, context)
    signs = tuple(r.sign for r in item.relations)
    left = item.members[0]
    if signs == ("=",):
        return _bound(left, _upper(item.members[1], upper, context), context)
    if signs == (r"\neq",):
        sides = [key_or_none(m) for m in item.members]
        if set(sides) & set(known):
            return None
        taken = {*context.indices, *context.free}
        turned = sides[0] in taken and sides[1] not in taken
        return _bound(item.members[1] if turned else left, upper, context)
    lows: dict[tuple[str, ...], str] = {(r"\leq", r"\leq"): "1", ("<", r"\leq"): "0"}
    low = lows.get(signs)
    if low is not None and upper is None and key_or_none(left) == low:
        return _bound(item.members[1], item.members[2], context)
    raise unread(item.span, "this range of a sum is not understood")


def _refuse_layers(node: syntax.BigOperator) -> None:
    r"""Refuse a sum over layers; beside `W^{(k)}`, the k of `\sum_k W^{(1)}_{ik}` is an index.

    Raises:
        ReadingError: for a sum over layers.
    """
    layers = {number.letter for _, number in mentions(node.body)}
    assert node.lower is not None
    if layers & all_names(node.lower):
        raise unread(node.lower.span, "sums over layers are not read")


def _upper(start: Node, upper: Node | None, context: Context) -> Node | None:
    """The number of terms of a sum, where it takes all of an axis."""
    if key_or_none(start) == "1":
        return upper
    if key_or_none(start) == "0" and upper is not None and context.session.usage.counts_from_zero:
        count = one_more(upper)
        if count is not None:
            return count
    raise unread(start.span, "sums are read from 1, or from 0 to n-1 all through a note")


def _unnamed(node: syntax.BigOperator, upper: Node | None, context: Context) -> IndexName:
    """The index of a sum that names none: the one letter in its body that is free otherwise."""
    usage = context.session.usage
    taken = {*context.indices, *context.free}
    letters = dict.fromkeys(n for n in _letters(node.body, context) if n not in taken)
    if len(letters) != 1:
        raise unread(node.span, "this sum does not say over which index it runs")
    name = next(iter(letters))
    if name not in usage.summed:
        context.session.assume(f"a sum without an index: over {name}")
    size = context.sizes.unknown() if upper is None else size_of(upper, context)
    return IndexName(name, size, None if upper is None else upper.span, bound=True)


def _letters(node: Node, context: Context) -> Iterator[str]:
    """The index letters in the subscripts below a node, but those of sums inside it."""
    if isinstance(node, syntax.BigOperator):
        return
    if isinstance(node, syntax.Scripted) and node.subscript is not None:
        yield from context.session.usage.index_letters(node.subscript) or ()
    for child in syntax.children(node):
        yield from _letters(child, context)


def _bound(node: Node, upper: Node | None, context: Context) -> IndexName:
    name = key_or_none(node)
    if name is None or name.isdigit():
        raise unread(node.span, "an index is expected below the sum")
    if upper is None:
        return IndexName(name, context.sizes.unknown(), None, bound=True)
    return IndexName(name, size_of(upper, context), upper.span, bound=True)
