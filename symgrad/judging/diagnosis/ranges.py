"""Steps that fit with another index in one place, or with a sum over the whole of its axis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from symgrad.diagnostics import Edit
from symgrad.judging.chain import Chain, Member
from symgrad.judging.diagnosis.shapes import Fitted, is_right
from symgrad.judging.edits import edited_text
from symgrad.reading import syntax
from symgrad.reading.errors import ReadingError
from symgrad.reading.names import key_or_none
from symgrad.reading.subscripts import subscripts
from symgrad.reading.syntax import Node

MOST_TRIED = 16
"""Changes of one step that are read."""


def reindexed(chain: Chain, left: Member, node: Node, error: ReadingError) -> Fitted | None:
    """A step with other letters in the entry at fault, where that is right."""
    entry = next((e for e in _entries(node) if _holds(e, error)), None)
    if entry is None or entry.subscript is None:
        return None
    items = subscripts(entry.subscript, 2)
    source = chain.session.source
    own = [source.slice(item.span) for item in items]
    sight = [name for name in (*chain.context.free, *_summed(node)) if name not in own]
    wanted = [list(order) for order in permutations(own) if list(order) != own]
    for place in range(len(own)):
        wanted += [[*own[:place], name, *own[place + 1 :]] for name in dict.fromkeys(sight)]
    for letters in wanted[:MOST_TRIED]:
        edits = [Edit(item.span, letter) for item, letter in zip(items, letters, strict=True)]
        text = edited_text(source, node.span, edits).strip()
        if is_right(chain, left, node, text):
            new = edited_text(source, entry.span, edits)
            says = f"{source.slice(entry.span)} should be {new}"
            return Fitted("swapped-index", says, text)
    return None


def _entries(node: Node) -> Iterator[syntax.Scripted]:
    """The subscripted parts of a formula, inner ones first."""
    for child in syntax.children(node):
        yield from _entries(child)
    if isinstance(node, syntax.Scripted) and node.subscript is not None:
        yield node


def _holds(entry: syntax.Scripted, error: ReadingError) -> bool:
    assert entry.subscript is not None
    place = entry.subscript.span
    return place.start <= error.span.start and error.span.end <= place.end


def _summed(node: Node) -> Iterator[str]:
    """The letters that the sums of a formula bind."""
    if isinstance(node, syntax.BigOperator) and isinstance(node.lower, syntax.Chain):
        name = key_or_none(node.lower.members[0])
        if name is not None:
            yield name
    for child in syntax.children(node):
        yield from _summed(child)


def whole_axis(chain: Chain, left: Member, node: Node) -> Fitted | None:
    r"""A step with a sum such as `\sum_{i=1}^{n-1}`, right with the sum from 1 to n.

    What is left out is a term of the same form as the others, and not always zero: the
    step with zeros for all of them is no less wrong.
    """
    source = chain.session.source
    for total in _sums(node):
        assert isinstance(total.lower, syntax.Chain)
        assert total.upper is not None
        start, end = total.lower.members[1], _size_in(total.upper)
        if end is None:
            continue
        edits = [Edit(start.span, "1"), Edit(total.upper.span, source.slice(end.span))]
        text = edited_text(source, node.span, edits).strip()
        nothing = edited_text(source, node.span, [Edit(total.span, "0")]).strip()
        if is_right(chain, left, node, text) and not is_right(chain, left, node, nothing):
            letter = source.slice(total.lower.members[0].span)
            have = f"{source.slice(start.span)} to {source.slice(total.upper.span)}"
            need = source.slice(end.span)
            return Fitted("sum-range", f"{letter} runs from {have}, not from 1 to {need}", text)
    return None


def _sums(node: Node) -> Iterator[syntax.BigOperator]:
    """The sums with a lower and an upper end of which one is not that of an axis."""
    if (
        isinstance(node, syntax.BigOperator)
        and node.operator == "sum"
        and isinstance(node.lower, syntax.Chain)
        and [r.sign for r in node.lower.relations] == ["="]
        and node.upper is not None
    ):
        usual = key_or_none(node.lower.members[1]) == "1"
        if not usual or isinstance(node.upper, syntax.Terms):
            yield node
    for child in syntax.children(node):
        yield from _sums(child)


def _size_in(upper: Node) -> Node | None:
    """The n of `n`, `n-1` and `n+1`."""
    if isinstance(upper, syntax.Terms) and len(upper.terms) == 2 and upper.signs[0] == "+":
        first, second = upper.terms
        return first if isinstance(second, syntax.Numeral) else None
    return None if isinstance(upper, syntax.Terms) else upper
