"""Proofs in which names stay names: each layer by itself, whatever stands above it.

A name is taken as an unknown function of its definition. What is proved so holds for every
such function, also for the one that gives back its argument, which is the name as it was
defined. Names whose definitions have one normal form are one name, and names that a proof
found equal are one from there on. Where names are not enough, the one that is made of the
longest chain of others is opened, and so on down.

Facts that fail at a kink are used only where the argument has an entry that is in none of its
names, such as the target in Y - T or the bias in W x + b: whether names alone can be zero is
seen only where they are written out.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from symgrad.calculus.algebra import Theory
from symgrad.calculus.dependencies import direct_needs
from symgrad.calculus.expression import HOLD, Definition, Expression, Named
from symgrad.calculus.normaliser import WORK, Body, Normaliser
from symgrad.calculus.table import Codes, Polynomial

MOST_OPENED = 24
"""Names that are opened for one claim; what needs more is written out as a whole."""


class _Factor(NamedTuple):
    """A polynomial that is no more than one factor: its head and codes."""

    head: int
    codes: Codes


class _Equal(NamedTuple):
    """The name that a skeleton is equal to, with the parameter at each of its positions."""

    head: int
    parameters: Codes
    facts: frozenset[str]


class Held(Normaliser):
    """Normal forms in which a name is one factor, except as a side of a claim."""

    def __init__(self, theory: Theory, limit: int = WORK) -> None:
        super().__init__(theory, limit)
        self._held: dict[Definition, Body] = {}
        # The longest chain of names below a name; the same of the heads of names.
        self._heights: dict[Definition, int] = {}
        self._height: dict[int, int] = {}
        self._named: dict[int, list[Definition]] = {}
        self._equal: dict[int, _Equal] = {}
        # The sides of claims: a step is often the left-hand side of the next.
        self._sides: dict[Expression, Body] = {}
        self._opened = 0

    def body(self, node: Named) -> tuple[Body, dict[int, int]]:
        """A name is a factor."""
        held = self._held.get(node.definition)
        if held is None:
            held = self._held[node.definition] = self._hold(node.definition)
        return self.at(node, held)

    def argument_body(self, node: Named) -> tuple[Body, dict[int, int]]:
        """The argument of a function is written out one level: f(Z) is f(W x + b)."""
        return super().body(node)

    def settle(self, left: Expression, right: Expression) -> None:
        """Take two expressions as one from here on, because the last call proved them equal."""
        if not self._opened:
            return  # their normal forms are the same already
        facts = frozenset(self.algebra.fired)
        one, other = self.polynomial(left), self.polynomial(right)
        if one != other and not self._take(one, other, facts):
            self._take(other, one, facts)

    def _take(self, name: Polynomial, value: Polynomial, facts: frozenset[str]) -> bool:
        """Let a name stand for a value, where both are at the same different free indices."""
        factor, other = self._factor(name), self._factor(value)
        if factor is None or factor.head not in self._named:
            return False
        if other is not None and other.head in self._named:
            skeleton, codes = self.algebra.heads[other.head].skeleton, other.codes
        else:
            skeleton, codes = self.algebra.lift(value)
        if len(set(factor.codes)) < len(factor.codes) or sorted(codes) != sorted(factor.codes):
            return False
        if any(code & 1 for code in codes) or skeleton in self._equal:
            return False
        places = tuple([codes.index(code) for code in factor.codes])
        self._equal[skeleton] = _Equal(factor.head, places, facts)
        self._sides.clear()
        for definition in self._named.pop(other.head, ()) if other is not None else ():
            self._held[definition] = self._hold(definition)
        return True

    def _body(self, definition: Definition) -> Body:
        needed = direct_needs(definition)[1]
        self._heights[definition] = 1 + max([self._heights[name] for name in needed], default=0)
        return super()._body(definition)

    def _hold(self, definition: Definition) -> Body:
        """The name as a factor; a number, or what is no more than one factor, is itself."""
        written, algebra = self._bodies[definition], self.algebra
        if self._factor(written.polynomial) is not None or not any(written.polynomial):
            return written
        skeleton, codes = algebra.lift(written.polynomial)
        known = self._equal.get(skeleton)
        if known is not None:
            component = algebra.single(known.head, tuple([codes[p] for p in known.parameters]))
            return Body({((component, 1),): 1}, written.facts | known.facts)
        held = algebra.apply_lifted(HOLD, 0, skeleton, codes)
        factor = self._factor(held)
        if factor is not None:
            self._height.setdefault(factor.head, self._heights[definition])
            self._named.setdefault(factor.head, []).append(definition)
        return Body(held, written.facts)

    def _factor(self, polynomial: Polynomial) -> _Factor | None:
        """The factor that a polynomial is, where it is no more than one."""
        if len(polynomial) != 1:
            return None
        ((monomial, coefficient),) = polynomial.items()
        if coefficient != 1 or len(monomial) != 1 or monomial[0][1] != 1:
            return None
        component = monomial[0][0]
        if self.algebra.bound[component]:
            return None
        ((head, _, codes),) = self.algebra.factors[component]
        return _Factor(head, codes)

    def _difference(self, left: Expression, right: Expression) -> Polynomial:
        """The difference, with as many names opened as it takes to make it zero."""
        difference = dict(self._side(left))
        self.algebra.accumulate(difference, self._side(right), -1)
        difference = self.algebra.cleared(difference)
        for self._opened in range(MOST_OPENED):
            head = self._highest(difference)
            if head is None:
                break
            difference = self.algebra.cleared(self.algebra.opened(difference, head))
        return difference

    def _side(self, expression: Expression) -> Polynomial:
        """A side of a claim."""
        known = self._sides.get(expression)
        if known is None:
            written = partial(self._written, expression)
            known = self._sides[expression] = Body(*self.algebra.recorded(written))
        self.algebra.fired |= known.facts
        return known.polynomial

    def _written(self, expression: Expression) -> Polynomial:
        """The normal form of a side; one that is a name is what the name stands for."""
        if not isinstance(expression, Named):
            return self._normal(expression)
        self._work_out_names(expression)
        body, codes = self.argument_body(expression)
        return self.algebra.substitute(body.polynomial, codes)

    def _highest(self, polynomial: Polynomial) -> int | None:
        """The name in a polynomial that is made of the longest chain of others."""
        algebra = self.algebra
        components = {component for monomial in polynomial for component, _ in monomial}
        heads = {head for k in components for head, _, _ in algebra.factors[k]}
        names = [head for head in heads if algebra.heads[head].function is HOLD]
        return max(names, key=lambda head: (self._height.get(head, 0), head), default=None)
