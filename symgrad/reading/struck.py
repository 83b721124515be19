r"""What a note strikes out: `\frac{\cancel{w} x}{\cancel{w}}`.

A factor that is struck out above and below a fraction bar is what cancels there, and stays as
it is. Of anything else that is struck out it is not said whether it is 1, 0, or still counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from symgrad.reading import syntax
from symgrad.reading.constructs import STRUCK_OUT
from symgrad.reading.parser import Parser, operand_rule
from symgrad.reading.syntax import Node, outline
from symgrad.reading.tokens import Token


@operand_rule(*STRUCK_OUT)
def _struck(parser: Parser, token: Token) -> Node:
    parser.next()
    content = parser.argument()
    return syntax.Struck(token.span.to(parser.last().span), content)


def cancelled(top: Node, bottom: Node) -> tuple[Node, Node]:
    """Both sides of a fraction bar, with the factors that are struck out on both as they are."""
    above, below = (Counter(outline(s.content) for s in _factors(n)) for n in (top, bottom))
    if not above or above != below:
        return top, bottom
    return _kept(top), _kept(bottom)


def _factors(node: Node) -> Iterator[syntax.Struck]:
    factors = node.factors if isinstance(node, syntax.Product) else (node,)
    return (factor for factor in factors if isinstance(factor, syntax.Struck))


def _kept(node: Node) -> Node:
    if isinstance(node, syntax.Struck):
        return syntax.Group(node.span, "", (node.content,))
    return syntax.rebuilt(node, _kept) if isinstance(node, syntax.Product) else node
