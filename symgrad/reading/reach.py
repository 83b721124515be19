r"""How far a sum reaches: `J = -\sum_i y_i \log p_i + (1 - y_i) \log(1 - p_i)`.

A sum takes the product that follows it. Authors leave out brackets around more terms where
nothing else can be meant: a later term has the letter of the sum in a script, and what the
formula says is equal to it has not. Such a term belongs to the sum, with its sign as written.
"""

from __future__ import annotations

from symgrad.reading import syntax
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, field, replace


@dataclass
class Reach:
    """Extends sums over later terms that have their letter.

    Attributes:
        extended: the letters of sums that were extended.
    """

    extended: dict[str, None] = field(default_factory=dict)

    def marked(self, node: Node) -> Node:
        """A formula with every sum as far as it reaches."""
        if not isinstance(node, syntax.Chain):
            return self._within(node, frozenset())
        free = frozenset(_free(node.members[0]))
        first, *others = node.members
        members = (self._within(first, frozenset()), *(self._within(m, free) for m in others))
        same = all(new is old for new, old in zip(members, node.members, strict=True))
        return node if same else replace(node, members=members)

    def _within(self, node: Node, kept: frozenset[str]) -> Node:
        """A piece below which no letter of `kept` extends a sum."""
        if isinstance(node, syntax.Terms):
            node = self._terms(node, kept)
        return syntax.rebuilt(node, lambda child: self._within(child, kept))

    def _terms(self, node: syntax.Terms, kept: frozenset[str]) -> Node:
        for k, term in enumerate(node.terms):
            found = _sum_at_the_end(term)
            if found is None:
                continue
            letters = bound_letters(found.lower) - kept
            after = range(k + 1, len(node.terms))
            last = max((j for j in after if letters & _free(node.terms[j])), default=k)
            if last == k:
                continue
            self.extended.update(dict.fromkeys(letters & _free(node.terms[last])))
            body = _joined(found.body, node, k, last)
            longer = _with_body(term, found, body)
            if len(node.terms) == last - k + 1 and node.signs[k] == "+":
                return longer
            return self._terms(
                replace(
                    node,
                    signs=(*node.signs[: k + 1], *node.signs[last + 1 :]),
                    terms=(*node.terms[:k], longer, *node.terms[last + 1 :]),
                ),
                kept,
            )
        return node


def bound_letters(lower: Node | None) -> frozenset[str]:
    r"""The letters that a sum binds by what stands below it: `i=1`, `i`, `i,j`, `1 \le i \le n`."""
    items = lower.items if isinstance(lower, syntax.Listing) else (lower,)
    found = set()
    for item in items:
        if isinstance(item, syntax.Chain):
            item = item.members[len(item.members) == 3]
        if isinstance(item, syntax.Symbol):
            found.add(item.name)
    return frozenset(found)


def _sum_at_the_end(term: Node) -> syntax.BigOperator | None:
    r"""The sum that a term is, or ends with: `-\frac1m \sum_i a_i`."""
    last = term.factors[-1] if isinstance(term, syntax.Product) else term
    return last if isinstance(last, syntax.BigOperator) and last.operator == "sum" else None


def _joined(body: Node, node: syntax.Terms, k: int, last: int) -> syntax.Terms:
    """The body of a sum with the terms after it, up to the last."""
    signs, terms = node.signs[k + 1 : last + 1], node.terms[k + 1 : last + 1]
    span = body.span.to(terms[-1].span)
    if isinstance(body, syntax.Terms):
        return syntax.Terms(span, (*body.signs, *signs), (*body.terms, *terms))
    return syntax.Terms(span, ("+", *signs), (body, *terms))


def _with_body(term: Node, found: syntax.BigOperator, body: Node) -> Node:
    """A term that ends with a sum, which has another body now."""
    longer = replace(found, span=found.span.to(body.span), body=body)
    if not isinstance(term, syntax.Product):
        return longer
    span = term.span.to(body.span)
    return replace(term, span=span, factors=(*term.factors[:-1], longer))


def _free(node: Node) -> frozenset[str]:
    """The letters in scripts below a node that no sum there binds."""
    found: frozenset[str] = frozenset()
    match node:
        case syntax.Label():
            return found
        case syntax.Scripted(subscript=sub, superscript=sup):
            for script in (sub, sup):
                found |= _symbols(script) if script is not None else frozenset()
    for child in syntax.children(node):
        found |= _free(child)
    return found - bound_letters(node.lower) if isinstance(node, syntax.BigOperator) else found


def _symbols(node: Node) -> frozenset[str]:
    """The letters in a script; one with a mark of its own, such as k_2 or k', is another letter."""
    if isinstance(node, syntax.Label | syntax.Accent):
        return frozenset()
    if isinstance(node, syntax.Symbol):
        return frozenset({node.name})
    below = syntax.children(node)
    if isinstance(node, syntax.Scripted) and (node.subscript is not None or node.primes):
        below = tuple([child for child in below if child is not node.base])
    return frozenset().union(*map(_symbols, below))
