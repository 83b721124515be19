r"""Derivatives on one line: `\partial L/\partial z` and `dL/dz` are fractions."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.reading import syntax
from symgrad.reading.syntax import Node

_SIGNS = (r"\partial", "d")


def with_slanted_derivatives(
    factors: Sequence[Node], operators: Sequence[str]
) -> tuple[list[Node], list[str]]:
    r"""Factors and the signs between them, with `\partial L / \partial z` as one factor."""
    kept, signs = list(factors), list(operators)
    place = 0
    while place + 3 < len(kept):
        sign = _sign(kept[place])
        slanted = (
            sign is not None
            and signs[place : place + 3] == ["", "/", ""]
            and _sign(kept[place + 2]) == sign
        )
        if slanted:
            kept[place : place + 4] = [_fraction(kept[place : place + 4])]
            del signs[place : place + 3]
        place += 1
    return kept, signs


def _sign(node: Node) -> str | None:
    return node.name if isinstance(node, syntax.Symbol) and node.name in _SIGNS else None


def _fraction(parts: Sequence[Node]) -> Node:
    top = syntax.Product(parts[0].span.to(parts[1].span), tuple(parts[:2]), ("",))
    bottom = syntax.Product(parts[2].span.to(parts[3].span), tuple(parts[2:]), ("",))
    return syntax.Fraction(top.span.to(bottom.span), top, bottom)
