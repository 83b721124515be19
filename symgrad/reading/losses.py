"""Which losses a note speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.usage import ENTRYWISE, LOSS_NAMES


def losses_of(formulas: Sequence[Node]) -> set[str]:
    """The losses that are defined or differentiated in these formulas; of none, all is open."""
    found: set[str] = set()
    for formula in formulas:
        found |= _differentiated(formula) | _defined(formula)
    return found


def _defined(node: Node) -> set[str]:
    if not isinstance(node, syntax.Chain) or node.relations[0].sign not in ("=", ":="):
        return set()
    if _is_entrywise(node.members[1]):
        return set()  # an array that is called C
    return {key_or_none(node.members[0]) or ""} & LOSS_NAMES


def _is_entrywise(node: Node) -> bool:
    """Whether a formula is a sum of products entry by entry, and so an array."""
    if isinstance(node, syntax.Terms):
        return any(map(_is_entrywise, node.terms))
    return isinstance(node, syntax.Product) and not ENTRYWISE.isdisjoint(node.operators)


def _differentiated(node: Node) -> set[str]:
    found: set[str] = set()
    for child in syntax.children(node):
        found |= _differentiated(child)
    body: Node | None = None
    if isinstance(node, syntax.Gradient):
        body = node.operand
    elif isinstance(node, syntax.Fraction) and isinstance(node.numerator, syntax.Product):
        head, *rest = node.numerator.factors
        if key_or_none(head) in (r"\partial", "d") and rest:
            body = rest[0]
    if body is None:
        return found
    if isinstance(body, syntax.Product):
        body = body.factors[0]
    return found | ({key_or_none(parts(body)[0]) or ""} & LOSS_NAMES)
