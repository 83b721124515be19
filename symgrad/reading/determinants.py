r"""Bars around a matrix: the determinant of `\log |\Sigma|`, or a norm."""

from __future__ import annotations

import re
from itertools import pairwise

from symgrad.patterns import pattern
from symgrad.reading import syntax
from symgrad.reading.context import Session
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node

_SAYS_DETERMINANT = pattern(r"determinant|déterminant|\\det|行列式", re.I)
_LOGARITHMS = frozenset({r"\log", r"\ln"})


def is_determinant(node: syntax.Group, session: Session) -> bool:
    r"""Whether bars around a matrix are its determinant, not a norm.

    So it is where the note speaks of determinants, takes the logarithm of such bars, or the
    inverse of what stands between them.
    """
    if node.bracket != "|" or len(node.items) != 1:
        return False
    inside = syntax.outline(node.items[0])
    said = _SAYS_DETERMINANT.search(session.source.text) is not None
    return said or any(_tells(formula, inside) for formula in session.formulas)


def _tells(node: Node, inside: object) -> bool:
    match node:
        case syntax.Product(factors=factors):
            for head, after in pairwise(factors):
                is_bars = isinstance(after, syntax.Group) and after.bracket == "|"
                if is_bars and key_or_none(parts(head)[0]) in _LOGARITHMS:
                    return True
        case syntax.Scripted(base=base, superscript=syntax.Terms(signs=("-",))):
            if syntax.outline(base) == inside:
                return True
    return any(_tells(child, inside) for child in syntax.children(node))
