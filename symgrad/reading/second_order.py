r"""Second derivatives: `\frac{\partial^2 f}{\partial x_i \partial x_j}`, `\frac{d^2 y}{dx^2}`.

Each is the derivative of a derivative, the last variable first. `marked` writes it so.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.reading import syntax
from symgrad.reading.names import TRANSPOSES, key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.records import dataclass, replace

_SIGNS = frozenset({r"\partial", "d"})


@dataclass(frozen=True)
class SecondOrder:
    """Writes second derivatives as derivatives of derivatives.

    Attributes:
        used: whether the note has any.
    """

    used: bool = False

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> SecondOrder:
        """What the formulas of a note show."""
        return cls(any(map(_has_one, nodes)))

    def marked(self, node: Node) -> Node:
        """The formula with derivatives of first order only."""
        node = syntax.rebuilt(node, self.marked)
        if isinstance(node, syntax.Product):
            return _with_operators(node)
        found = _taken(node)
        if found is None or not found[1]:
            return node
        sign, body, first, second = found
        inner = syntax.Fraction(node.span, _by(sign, *body), _by(sign, second))
        return syntax.Fraction(node.span, _by(sign, inner), _by(sign, first))


def _has_one(node: Node) -> bool:
    return _taken(node) is not None or any(map(_has_one, syntax.children(node)))


_Taken = tuple[syntax.Symbol, tuple[Node, ...], Node, Node]
"""The sign, what is differentiated (nothing for an operator), and both variables."""


def _taken(node: Node) -> _Taken | None:
    """The parts of a second derivative; None for another node."""
    if not isinstance(node, syntax.Fraction):
        return None
    top = node.numerator
    head, body = (top, ()) if not isinstance(top, syntax.Product) else (top.factors[0], top.factors)
    match head:
        case syntax.Scripted(
            base=syntax.Symbol(name=name) as sign,
            subscript=None,
            superscript=syntax.Numeral(text="2"),
            primes=0,
        ) if name in _SIGNS and not (isinstance(top, syntax.Product) and any(top.operators)):
            variables = _variables(node.denominator, name)
            return None if variables is None else (sign, body[1:], *variables)
    return None


def _variables(node: Node, sign: str) -> tuple[Node, Node] | None:
    r"""Both variables of `\partial x \partial y`, of `\partial x \partial x^T` or of `dx^2`."""
    if not isinstance(node, syntax.Product) or any(node.operators):
        return None
    match node.factors:
        case (syntax.Symbol(name=one), syntax.Scripted(superscript=syntax.Numeral(text="2")) as x):
            return _twice(x) if one == sign else None
        case (syntax.Symbol(name=one), first, syntax.Symbol(name=two), second):
            return (first, _not_turned(second)) if one == two == sign else None
    return None


def _twice(node: syntax.Scripted) -> tuple[Node, Node]:
    """The variable of `x^2` and of `x_i^2`, which stands for both."""
    plain = node.subscript is None and not node.primes
    base = node.base if plain else replace(node, superscript=None)
    return base, base


def _not_turned(node: Node) -> Node:
    """The x of `x^T`: a Hessian is laid out so."""
    base, sub, sup, primes = parts(node)
    if sub is None and not primes and key_or_none(sup or node) in TRANSPOSES:
        return base
    return node


def _by(sign: syntax.Symbol, *rest: Node) -> syntax.Product:
    """A sign of differentiation before something."""
    span = rest[0].span.to(rest[-1].span) if rest else sign.span
    return syntax.Product(span, (sign, *rest), ("",) * len(rest))


def _with_operators(node: syntax.Product) -> syntax.Product:
    """Operators of second order as two operators, one before the other."""
    factors: list[Node] = []
    signs: list[str] = []
    for place, factor in enumerate(node.factors):
        signs += [node.operators[place - 1]] if place else []
        found = _taken(factor)
        if found is None or found[1]:
            factors.append(factor)
            continue
        sign, _, first, second = found
        factors += [syntax.Fraction(factor.span, sign, _by(sign, by)) for by in (first, second)]
        signs.append("")
    return (
        node
        if len(factors) == len(node.factors)
        else replace(node, factors=tuple(factors), operators=tuple(signs))
    )
