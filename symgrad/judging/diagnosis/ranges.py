"""Steps that fit with another index in one place, or with a sum over the whole of its axis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

from symgrad.diagnostics import Edit, Span
from symgrad.judging.chain import Chain, Member
from symgrad.judging.diagnosis.notation import Notation
from symgrad.judging.diagnosis.shapes import Fitted, is_right
from symgrad.judging.diagnosis.sites import uses_of
from symgrad.judging.edits import edited_text
from symgrad.reading import syntax
from symgrad.reading.elaborate import value
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


def indexed(chain: Chain, left: Member, node: Node) -> Fitted | None:
    """A step with an entry in the place of a whole array: `x_j` for `x`."""
    if left.value is None or left.value.axes:
        return None
    source = chain.session.source
    notation = Notation("", source.text)
    letters = list(dict.fromkeys((*chain.context.free, *_summed(node))))
    tried = 0
    for place in _arrays(chain, node):
        for some in permutations(letters, _rank(chain, place)):
            tried += 1
            if tried > MOST_TRIED:
                return None
            name = source.slice(place.span)
            entry = notation.entry(name, list(some))
            text = edited_text(source, node.span, [Edit(place.span, entry)]).strip()
            if is_right(chain, left, node, text):
                says = f"{entry} is meant, one entry, not the whole of {name}"
                return Fitted("missing-index", says, text)
    return None


def _arrays(chain: Chain, node: Node) -> Iterator[Node]:
    """The names of arrays that stand in a formula without a subscript."""
    if isinstance(node, syntax.Scripted | syntax.Symbol | syntax.Accent):
        if _rank(chain, node):
            yield node
        return
    for child in syntax.children(node):
        yield from _arrays(chain, child)


def _rank(chain: Chain, node: Node) -> int:
    """The number of axes of what a name stands for; 0 where it has no meaning."""
    snapshot = chain.session.snapshot()
    try:
        return len(value(node, chain.context).axes)
    except ReadingError:
        return 0
    finally:
        chain.session.undo(snapshot)


def escaped(chain: Chain, left: Member, node: Node) -> Fitted | None:
    r"""A step with an index outside of its sum: `(\sum_k a_k) b_k` for `\sum_k a_k b_k`."""
    source = chain.session.source
    for product in _products(node):
        for group in product.factors[:-1]:
            total = group.items[0] if isinstance(group, syntax.Group) else None
            letter = next(_summed(total), "") if isinstance(total, syntax.BigOperator) else ""
            if not letter or total is None:
                continue
            edits = [
                Edit(Span(group.span.start, total.span.start), ""),
                Edit(Span(total.span.end, group.span.end), ""),
            ]
            text = edited_text(source, node.span, edits).strip()
            if is_right(chain, left, node, text):
                says = f"{letter} is summed over inside the bracket alone"
                return Fitted("index-outside-sum", says, text)
    return None


def _products(node: Node) -> Iterator[syntax.Product]:
    if isinstance(node, syntax.Product):
        yield node
    for child in syntax.children(node):
        yield from _products(child)


def shadowed(chain: Chain, left: Member, node: Node) -> Fitted | None:
    r"""A step in which an inner sum takes the letter of an outer one for its own."""
    source = chain.session.source
    for outer in _sums_over(node):
        (letter,) = list(_summed(outer))[:1]
        for inner in _sums_over(outer.body):
            if next(_summed(inner)) != letter or inner.lower is None:
                continue
            taken = {*chain.context.free, *_summed(node)}
            other = next(c for c in "klrspqijuvw" if c not in taken)
            uses = list(uses_of(inner.body, letter))[:MOST_USES]
            for count in range(len(uses), 0, -1):
                for some in combinations(uses, count):
                    head = next(uses_of(inner.lower, letter))
                    edits = [Edit(use.span, other) for use in (head, *some)]
                    text = edited_text(source, node.span, edits).strip()
                    if is_right(chain, left, node, text):
                        says = f"two sums have the letter {letter}"
                        return Fitted("shadowed-index", says, text)
    return None


MOST_USES = 3
"""Uses of an index of which each may belong to either of two sums."""


def _sums_over(node: Node) -> Iterator[syntax.BigOperator]:
    """The sums of a formula that say their index."""
    if isinstance(node, syntax.BigOperator) and list(_summed(node)):
        yield node
    for child in syntax.children(node):
        yield from _sums_over(child)


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
