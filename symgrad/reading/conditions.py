r"""Conditions that stand before what they restrict: `\text{if } i = j : \frac{...}{...} = ...`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.parser import Piece
from symgrad.reading.patterns import COMPARISONS
from symgrad.reading.syntax import Chain

_RESTRICTS = COMPARISONS | {"=", r"\neq"}


def parted(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, with every condition before a colon as a piece of its own."""
    return [part for piece in pieces for part in _parted(piece)]


def _parted(piece: Piece) -> Iterator[Piece]:
    node = piece.node
    signs = [r.sign for r in node.relations] if isinstance(node, Chain) else []
    if not isinstance(node, Chain) or signs[1:2] != [":"] or signs[0] not in _RESTRICTS:
        yield piece
        return
    condition, rest = node.members[:2], node.members[2:]
    span = condition[0].span.to(condition[1].span)
    yield Piece(Chain(span, condition, node.relations[:1]), piece.separator)
    if len(rest) == 1 and isinstance(rest[0], syntax.Blank):
        return
    claim = rest[0]
    if len(rest) > 1:
        claim = Chain(rest[0].span.to(rest[-1].span), rest, node.relations[2:])
    yield Piece(claim, ":")
