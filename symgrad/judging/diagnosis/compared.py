"""A step beside its correction: one factor or term more or fewer, or another order.

Where no change of the step led to a proof, the correction, which is proved, may still be
the step with one part more. Then this part is what was forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.macros import Macro
from symgrad.reading.parser import parse
from symgrad.reading.syntax import Node
from symgrad.reading.tokens import LatexError, tokenize

Said = tuple[str, str]
"""Slug of a mistake, and a sentence about it."""


def compared(step: str, right: str, macros: Mapping[str, Macro]) -> Said | None:
    """What a step lacks, or has too much, beside the LaTeX that is right."""
    try:
        first, second = _parsed(step, macros), _parsed(right, macros)
    except LatexError:
        return None
    if isinstance(first, syntax.Terms) or isinstance(second, syntax.Terms):
        return _by_terms(_terms(first, step), _terms(second, right))
    return _by_factors(_factors(first, step), _factors(second, right))


def _parsed(text: str, macros: Mapping[str, Macro]) -> Node:
    span = Span(0, len(text))
    pieces = parse(tokenize(text, span, macros))
    if len(pieces) != 1:
        raise LatexError(span, "one expression is expected")
    return pieces[0].node


def _by_terms(step: Sequence[str], right: Sequence[str]) -> Said | None:
    missing, stray = _only_in(right, step), _only_in(step, right)
    if len(missing) == 1 and not stray:
        return "dropped-term", f"the term {missing[0]} is missing"
    if len(stray) == 1 and not missing:
        return "stray-term", f"the term {stray[0]} is too much"
    return None


def _by_factors(step: Sequence[str], right: Sequence[str]) -> Said | None:
    missing, stray = _only_in(right, step), _only_in(step, right)
    if missing and stray:
        return None
    if len(missing) == 1 and [f for f in right if f not in missing] == list(step):
        return "missing-factor", f"you dropped {missing[0]}"
    if len(stray) == 1 and [f for f in step if f not in stray] == list(right):
        return "stray-factor", f"the factor {stray[0]} is too much"
    if not missing and not stray and list(step) != list(right):
        return "order-of-factors", "the factors are in the wrong order"
    return None


def _only_in(some: Sequence[str], others: Sequence[str]) -> list[str]:
    more = Counter(some) - Counter(others)
    return list(more.elements())


def _terms(node: Node, text: str) -> list[str]:
    if not isinstance(node, syntax.Terms):
        return [_shown(node, text)]
    pairs = zip(node.signs, node.terms, strict=True)
    return [f"{'-' if sign == '-' else ''}{_shown(term, text)}" for sign, term in pairs]


def _factors(node: Node, text: str) -> list[str]:
    """The factors of a product; those of the product under brackets at its end, too."""
    if isinstance(node, syntax.Product) and not any(s in _ENTRYWISE for s in node.operators):
        return [_shown(factor, text) for factor in node.factors]
    return [_shown(node, text)]


_ENTRYWISE = (r"\odot", r"\circ", "*")


def _shown(node: Node, text: str) -> str:
    return " ".join(text[node.span.start : node.span.end].split())
