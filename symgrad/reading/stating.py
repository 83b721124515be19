r"""Forms of statements about inputs: `\sum_k t_k = 1`, `A = A^\top`, `x_i > 0`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symgrad.reading import syntax
from symgrad.reading.assumptions import condition_beside
from symgrad.reading.claim import Claim
from symgrad.reading.note import Formula
from symgrad.reading.parser import Piece
from symgrad.reading.syntax import Chain, Node


def may_state(claim: Claim) -> bool:
    """Whether a claim has the form of what is said of inputs."""
    one = len(claim.steps) == 1 and not claim.annotations and not claim.conditions
    if not one or claim.kind != "equality" or claim.first_step != 1 or claim.parameters:
        return False
    left, right = claim.left, claim.steps[0][1]
    if claim.sign != "=" or _is_one(left) or _is_one(right):
        return True
    return _is_short(left) and _is_short(right)


def declares(group: list[Node]) -> bool:
    """Whether pieces that belong together put names into a space."""
    chain = group[-1]
    return isinstance(chain, Chain) and chain.relations[0].sign == r"\in"


def comparison(node: Node, formula: Formula) -> list[Claim]:
    """`x_i > 0` or `0 < x_i`, as something that may be assumed."""
    if not isinstance(node, Chain) or len(node.relations) != 1:
        return []
    left, right = node.members
    relation = node.relations[0]
    if relation.sign == "<":
        left, right = right, left
    if relation.sign not in ("<", ">") or not _is_zero(right):
        return []
    start = node.span.start
    return [Claim(formula, left, ((relation.span, right),), start=start, sign=">")]


def _is_short(node: Node) -> bool:
    """Whether a member is a name with scripts, as the sides of `A = A^T` are."""
    return not isinstance(node, syntax.Product | syntax.Terms | syntax.Fraction)


def _is_one(node: Node) -> bool:
    return isinstance(node, syntax.Numeral) and node.text == "1"


def _is_zero(node: Node) -> bool:
    return isinstance(node, syntax.Numeral) and node.text.strip("0.") == ""


def after_words(pieces: Sequence[Piece]) -> set[int]:
    """Where the chains begin that words such as "if" make conditions, or an arrow after them."""
    conditions = {
        piece.node.span.start
        for before, piece in pairwise(pieces)
        if isinstance(before.node, syntax.Words) and condition_beside(before.node.text)
    }
    premises = {
        before.node.span.start for before, piece in pairwise(pieces) if piece.separator == "=>"
    }
    return conditions | premises
