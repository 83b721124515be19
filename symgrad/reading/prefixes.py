r"""Gradients named by a prefix: `dZ^{[2]}`, `\mathbf{dw}`, `\mathbf{d} q_k`, as code has them.

Where a note has such a name on the left of an equality, a `d` before a name is no
factor: both become one `Adjoint`. A note that takes the differential of its loss
(`dL = \operatorname{tr}(G^T dX)`) means something else by it, and is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from symgrad.diagnostics import Span
from symgrad.reading import syntax
from symgrad.reading.names import TRANSPOSES, key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.reading.usage import LOSS_NAMES

_STYLED = re.compile(r"^(\\math(?:bf|cal|sf)\{)d([A-Za-z])\}$")
_PREFIXES = frozenset({"d", r"\mathbf{d}"})
_NAMES = syntax.Symbol | syntax.Accent | syntax.Scripted


@dataclass
class Prefixes:
    """Whether a note names gradients so.

    Attributes:
        used: some gradient stands on the left of an equality.
    """

    used: bool = False

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Prefixes:
        """What the formulas of a note show."""
        lefts = [
            node.members[0]
            for node in nodes
            if isinstance(node, syntax.Chain) and node.relations[0].sign in ("=", ":=")
        ]
        named = [name for left in lefts if (name := _prefixed(left)) is not None]
        differentials = any(key_or_none(name) in LOSS_NAMES or _is_f(name) for name in named)
        return cls(bool(named) and not differentials)

    def marked(self, node: Node) -> Node:
        """The node with gradients that are named so marked as such."""
        if isinstance(node, syntax.Fraction) and _is_derivative(node):
            return node
        new = syntax.rebuilt(node, self.marked)
        if isinstance(new, syntax.Symbol) and (styled := _STYLED.match(new.name)):
            return syntax.Adjoint(new.span, syntax.Symbol(new.span, f"{styled[1]}{styled[2]}}}"))
        return _joined(new) if isinstance(new, syntax.Product) else new


def _joined(node: syntax.Product) -> Node:
    """A product in which each prefix and the name after it are one factor."""
    factors, signs = list(node.factors), list(node.operators)
    place = 0
    while place + 1 < len(factors):
        if signs[place] == "" and _is_prefix(factors[place], factors[place + 1]):
            span = factors[place].span.to(factors[place + 1].span)
            factors[place : place + 2] = [_adjoint(factors[place + 1], span)]
            del signs[place]
        place += 1
    if len(factors) == 1:
        return factors[0]
    return replace(node, factors=tuple(factors), operators=tuple(signs))


def _adjoint(name: Node, span: Span) -> Node:
    """The gradient by a name; a transpose on the name is one of the gradient."""
    base, sub, sup, primes = parts(name)
    if sup is not None and key_or_none(sup) in TRANSPOSES:
        bare = sub is None and not primes
        inner = base if bare else syntax.Scripted(name.span, base, sub, None, primes)
        return syntax.Scripted(span, syntax.Adjoint(span, inner), None, sup, 0)
    return syntax.Adjoint(span, name)


def _prefixed(left: Node) -> Node | None:
    """The name after the prefix, where a left-hand side is such a gradient."""
    base = parts(left)[0]
    if isinstance(base, syntax.Symbol) and (styled := _STYLED.match(base.name)):
        return syntax.Symbol(base.span, styled[2])
    if isinstance(left, syntax.Product) and len(left.factors) == 2 and left.operators == ("",):
        first, second = left.factors
        return second if _is_prefix(first, second) else None
    return None


def _is_prefix(first: Node, second: Node) -> bool:
    if not isinstance(first, syntax.Symbol) or first.name not in _PREFIXES:
        return False
    close = first.span.end == second.span.start or first.name != "d"
    return close and isinstance(second, _NAMES)


def _is_f(node: Node) -> bool:
    return key_or_none(node) in ("f", "g", "F")


def _is_derivative(node: syntax.Fraction) -> bool:
    ends = (node.numerator, node.denominator)
    heads = [n.factors[0] if isinstance(n, syntax.Product) else n for n in ends]
    return all(key_or_none(head) in (r"\partial", "d") for head in heads)
