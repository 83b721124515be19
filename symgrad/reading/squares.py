r"""Squares that are names: the `\sigma_j^2` of `\frac{\partial L}{\partial \sigma_j^2}`.

Where a note differentiates by a square that no formula of it defines, or names the gradient
by it, `d\sigma^2 = ...`, and has its root nowhere, `\sigma^2` is one quantity. `marked` gives
it one name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.reading import syntax
from symgrad.reading.names import key_or_none, parts
from symgrad.reading.syntax import Node
from symgrad.records import dataclass


@dataclass(frozen=True)
class Squares:
    """The squares of a note that are names.

    Attributes:
        stems: the names that are squared.
    """

    stems: frozenset[str] = frozenset()

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> Squares:
        """What the formulas of a note show."""
        variables = {name for node in nodes for name in _variables(node)}
        if not variables:
            return cls()
        others = {name for node in nodes for name in _otherwise(node)}
        defined = {
            _squared(node.members[0])
            for node in nodes
            if isinstance(node, syntax.Chain) and node.relations[0].sign in ("=", ":=")
        }
        return cls(frozenset(variables - others - defined))

    def marked(self, node: Node) -> Node:
        """The formula with one name for each such square."""
        new = syntax.rebuilt(node, self.marked)
        if _squared(new) not in self.stems or not isinstance(new, syntax.Scripted):
            return new
        name = syntax.Symbol(new.span, f"{key_or_none(new.base)}^{{2}}")
        if new.subscript is None:
            return name
        return syntax.Scripted(new.span, name, new.subscript, None, 0)


def _squared(node: Node) -> str:
    """The name that is squared; "" for anything else."""
    base, _, sup, primes = parts(node)
    if isinstance(base, syntax.Symbol) and key_or_none(sup or node) == "2" and not primes:
        return base.name
    return ""


def _variables(node: Node) -> Iterator[str]:
    """Names by whose square a derivative below a node is taken."""
    if isinstance(node, syntax.Fraction):
        match node.denominator:
            case syntax.Product(factors=(syntax.Symbol(name=r"\partial" | "d"), by)):
                if _squared(by):
                    yield _squared(by)
    if isinstance(node, syntax.Chain) and node.relations[0].sign in ("=", ":="):
        match node.members[0]:
            case syntax.Product(factors=(syntax.Symbol(name="d"), by), operators=("",)):
                if _squared(by):
                    yield _squared(by)
    for child in syntax.children(node):
        yield from _variables(child)


def _otherwise(node: Node) -> Iterator[str]:
    """Names that stand below a node without being squared."""
    if _squared(node) and isinstance(node, syntax.Scripted):
        if node.subscript is not None:
            yield from _otherwise(node.subscript)
        return
    if isinstance(node, syntax.Symbol):
        yield node.name
    for child in syntax.children(node):
        yield from _otherwise(child)
