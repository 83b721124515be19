r"""Means without bounds: the N of `\frac{1}{N} \sum_k x_k` is the number of the k.

A letter that counts by custom, divides sums without an upper end and is defined nowhere, in a
note that declares no spaces, is what such a sum runs to. `marked` writes that end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, replace

_COUNTS = frozenset("NnMmBDdKHF")
"""Letters that count."""


@dataclass(frozen=True)
class Means:
    """The letters of a note that count what sums run over.

    Attributes:
        counts: all of them.
    """

    counts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Means:
        """What the formulas of a note show."""
        counts = {name for node in nodes for name in _dividing(node)}
        chains = [node for node in nodes if isinstance(node, syntax.Chain)]
        if not counts or any(r.sign == r"\in" for chain in chains for r in chain.relations):
            return cls()
        given = {key_or_none(chain.members[0]) for chain in chains}
        given |= {name for node in nodes for name in _beside_other_ends(node)}
        return cls(frozenset(counts - given))

    def marked(self, node: Node) -> Node:
        """The formula with the upper ends of such sums."""
        new = syntax.rebuilt(node, self.marked)
        if not isinstance(new, syntax.Product):
            return new
        factors = list(new.factors)
        for place, (first, second) in enumerate(pairwise(new.factors)):
            if isinstance(second, syntax.BigOperator) and _count_of(first, second) in self.counts:
                end = first.denominator  # type: ignore[attr-defined]
                factors[place + 1] = replace(second, upper=replace(end, span=second.span))
        return replace(new, factors=tuple(factors)) if factors != list(new.factors) else new


def _dividing(node: Node) -> Iterator[str]:
    if isinstance(node, syntax.Product):
        for first, second in pairwise(node.factors):
            name = _count_of(first, second)
            if name is not None:
                yield name
    for child in syntax.children(node):
        yield from _dividing(child)


def _beside_other_ends(node: Node) -> Iterator[str]:
    r"""The N of `\frac1N \sum_{i=1}^n`: there it is not what the sum runs to, or need not be."""
    if isinstance(node, syntax.Product):
        for first, second in pairwise(node.factors):
            if isinstance(second, syntax.BigOperator) and second.upper is not None:
                name = first.denominator if isinstance(first, syntax.Fraction) else first
                if key_or_none(name) != key_or_none(second.upper):
                    yield key_or_none(name) or ""
    for child in syntax.children(node):
        yield from _beside_other_ends(child)


def _count_of(first: Node, second: Node) -> str | None:
    r"""The N of `\frac{1}{N}` before a sum over one index without bounds."""
    match first, second:
        case (
            syntax.Fraction(numerator=syntax.Numeral(text="1"), denominator=syntax.Symbol(name=n)),
            syntax.BigOperator(operator="sum", lower=syntax.Symbol(name=letter), upper=None),
        ) if n in _COUNTS and letter != n:
            return n
    return None
