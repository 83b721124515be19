r"""Equations that are solved: `\nabla_w J = 0`, so `w = (X^\top X)^{-1} X^\top y`.

What a note has differentiated by, and then gives a value at a minimum, is no name for that
value: before, and in every gradient, it stands for any value. Two tells: the derivative by it
was set to zero, or the value has the inverse of an array.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symgrad.diagnostics import Span
from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.assumptions import sentence
from symgrad.reading.names import key_or_none
from symgrad.reading.syntax import Node


def is_solution(left: Node, body: Node, formulas: Sequence[Node]) -> bool:
    """Whether `left = body` gives a value to what earlier formulas differentiate by."""
    name = key_or_none(left)
    if name is None:
        return False
    inverse = _has_an_inverse(body)
    for node in formulas:
        if node.span.start >= left.span.start:
            break
        if (inverse or _is_set_to_zero(node)) and name in set(_variables(node)):
            return True
    return False


def is_at_a_minimum(text: str, formula: Span) -> bool:
    """Whether the sentence of a formula speaks of a minimum, or of what solves an equation."""
    return _MINIMUM.search(sentence(text, formula)) is not None


_MINIMUM = pattern(
    r"\b(?:normal\s+equations?|(?:min|max)i[sz]\w*|minim[ou]\w*|maxim[ou]\w*|optim\w*|solv\w*|solution\w*"
    r"|zero|équations?\s+normales?|annul\w*|nul(?:le)?s?|résou\w*|Normalgleichung\w*|Null"
    r"|lös\w*|cero|resolv\w*|risolv\w*)\b",
    re.I,
)


def _is_set_to_zero(node: Node) -> bool:
    last = node.members[-1] if isinstance(node, syntax.Chain) else None
    return isinstance(last, syntax.Numeral) and last.text == "0"


def _has_an_inverse(node: Node) -> bool:
    r"""Whether a bracket or a matrix has the power -1: `(X^\top X)^{-1}`, `A^{-1}`."""
    if isinstance(node, syntax.Scripted) and key_or_none(node.superscript or node) == "-1":
        base = node.base
        name = key_or_none(base) or ""
        return isinstance(base, syntax.Group) or name.lstrip("\\")[:1].isupper()
    return any(_has_an_inverse(child) for child in syntax.children(node))


def _variables(node: Node) -> Iterator[str]:
    """The names by which something is differentiated below a node."""
    by = node.by if isinstance(node, syntax.Gradient) else _divided_by(node)
    name = key_or_none(by) if by is not None else None
    if name is not None:
        yield name
    for child in syntax.children(node):
        yield from _variables(child)


def _divided_by(node: Node) -> Node | None:
    r"""The w of `\frac{\partial J}{\partial w}`."""
    match node:
        case syntax.Fraction(
            denominator=syntax.Product(factors=(syntax.Symbol(name=r"\partial" | "d"), by))
        ):
            return by
    return None
