"""Sums and products of canonical polynomials."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import NamedTuple

from symgrad.calculus.table import (
    APPLICATION,
    BASE,
    DELTA,
    ENTRY,
    ONE_POLYNOMIAL,
    ROOT,
    Codes,
    Coefficient,
    Exponent,
    Monomial,
    Parts,
    Polynomial,
    Table,
)

Mapped = Mapping[int, int]


class Reduction(NamedTuple):
    """An identity t = c b + r of a base b, by which t b^e is c b^(e+1) + r b^e.

    Attributes:
        term: t, a product of components.
        negative: components of which one must stand in the denominator too; none: no condition.
        factor: c.
        rest: r.
    """

    term: Parts
    negative: frozenset[int]
    factor: Coefficient
    rest: Polynomial

    def applies(self, parts: Parts) -> bool:
        """Whether it shortens a term with the base in its denominator."""
        if self.negative and not any(parts.get(c, 0) < 0 for c in self.negative):
            return False
        return all(parts.get(c, 0) >= e for c, e in self.term.items())


Settled = list[tuple[Parts, Coefficient]]


class Products(Table):
    """Sums and products of polynomials; what else a product needs comes with the subclasses."""

    # What the layers above this one know how to do.

    def power(self, base: Polynomial, exponent: Exponent) -> Polynomial:
        """The polynomial to a rational exponent."""
        raise NotImplementedError

    def substitute(self, polynomial: Polynomial, mapping: Mapped) -> Polynomial:
        """The polynomial with codes of free indices replaced, all at once."""
        raise NotImplementedError

    def reductions(self, base: int) -> tuple[Reduction, ...]:
        """The terms that a base b absorbs where it stands in a denominator."""
        raise NotImplementedError

    def entered(self, parts: Parts) -> tuple[int, Parts, Polynomial] | None:
        """A sum over indices, factors before it that enter it, and the product of both."""
        raise NotImplementedError

    def base_polynomial(self, base: int) -> Polynomial:
        """What the component of a base stands for."""
        raise NotImplementedError

    def note_idempotent(self, component: int) -> None:
        """Record that s^2 = s was used."""
        raise NotImplementedError

    def absorbed(self, component: int, steps: list[int]) -> Polynomial | None:
        """The component with these idempotents, which stand beside it, put to 1 inside of it."""
        raise NotImplementedError

    # Sums and products

    def accumulate(self, out: Polynomial, other: Polynomial, factor: Coefficient = 1) -> None:
        """Add a multiple of a polynomial to one that is under construction."""
        for monomial, coefficient in other.items():
            total = out.get(monomial, 0) + coefficient * factor
            if total:
                out[monomial] = total
            else:
                out.pop(monomial, None)

    def times(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """The product."""
        if left == ONE_POLYNOMIAL:
            return right
        out: Polynomial = {}
        for monomial, coefficient in left.items():
            self.spend(len(right))
            for other, factor in right.items():
                self.put(out, joined(monomial, other), coefficient * factor)
        return out

    def put(self, out: Polynomial, parts: Parts, coefficient: Coefficient) -> None:
        """Add a term to a polynomial that is under construction."""
        if self.specials.isdisjoint(parts):
            monomial = tuple(sorted(parts.items()))
            total = out.get(monomial, 0) + coefficient
            if total:
                out[monomial] = total
            else:
                out.pop(monomial, None)
            return
        pending: Settled = [(parts, coefficient)]
        while pending:
            parts, coefficient = pending.pop()
            self.spend(1)
            for rule in (
                self._deltas,
                self._roots,
                self._hot,
                self._signs,
                self._idempotents,
                self._bases,
                self._sums,
            ):
                settled = rule(parts)
                if settled is not None:
                    pending.extend([(p, c * coefficient) for p, c in settled])
                    break
            else:
                self.accumulate(out, {tuple(sorted(parts.items())): coefficient})

    # Settling: each rule returns what stands for the parts, or None where nothing is to be done.

    def _deltas(self, parts: Parts) -> Settled | None:
        """delta_ij f(j) = delta_ij f(i), i before j; delta^2 = delta; delta_12 = 0."""
        deltas = [c for c in parts if self.kind[c] == DELTA]
        if not deltas:
            return None
        links = [self.factors[c][0] for c in deltas]
        least = _least_equal([codes for _, _, codes in links])
        if least is None:
            return []
        wanted: Parts = {
            self.single(head, (least[code], code)): 1
            for head, _, codes in links
            for code in codes
            if least[code] != code
        }
        rest = {c: e for c, e in parts.items() if self.kind[c] != DELTA}
        moved = {code: to for code, to in least.items() if to != code}
        touched = any(code in moved for c in rest for code in self.free[c])
        if not touched and wanted == {c: parts[c] for c in deltas}:
            return None
        polynomial = self.substitute({tuple(rest.items()): 1}, moved)
        return [(joined(m, tuple(wanted.items())), c) for m, c in polynomial.items()]

    def _roots(self, parts: Parts) -> Settled | None:
        """p^(n + e) = p^n p^e for a prime p, n an integer and 0 < e < 1."""
        for component, exponent in parts.items():
            if self.kind[component] == ROOT and not 0 < exponent < 1:
                whole = floor(exponent)
                factor = Fraction(self.heads[self.factors[component][0][0]].prime) ** whole
                return [(_with_exponent(parts, component, exponent - whole), factor)]
        return None

    def _hot(self, parts: Parts) -> Settled | None:
        """t_ik t_il = delta_kl t_ik where the rows of t are one-hot: 0 or 1, with sum 1."""
        met: dict[tuple[int, Codes], int] = {}
        for component, exponent in parts.items():
            if self.kind[component] != ENTRY or component not in self.specials or exponent < 1:
                continue
            ((head, _, codes),) = self.factors[component]
            axis = self.heads[head].sums_to_one
            if axis is None or not self.heads[head].idempotent:
                continue
            other = met.setdefault((head, (*codes[:axis], *codes[axis + 1 :])), component)
            if other == component:
                continue
            here, there = codes[axis], self.factors[other][0][2][axis]
            if here & there & 1:
                return []
            delta = self.delta_component(here, there, self.heads[head].axes[axis])
            return [(joined(((delta, 1),), tuple(_with_exponent(parts, component, 0).items())), 1)]
        return None

    def _signs(self, parts: Parts) -> Settled | None:
        """y^n = y^(n mod 2) for an integer n where y is 1 or -1."""
        for component, exponent in parts.items():
            if self.kind[component] == ENTRY and self.heads[self._head(component)].involutive:
                left = exponent % 2
                if exponent == floor(exponent) and left != exponent:
                    return [(_with_exponent(parts, component, left), 1)]
        return None

    def _head(self, component: int) -> int:
        """The head of a component of one factor."""
        return self.factors[component][0][0]

    def _idempotents(self, parts: Parts) -> Settled | None:
        """s^n = s for n >= 1 where s^2 = s; s g(s) = s g(1), see `absorbed`."""
        steps = [
            c
            for c in parts
            if c in self.specials
            and self.kind[c] in (APPLICATION, ENTRY)
            and self.heads[self._head(c)].idempotent
        ]
        for component in steps:
            if parts[component] > 1 and parts[component] == floor(parts[component]):
                self.note_idempotent(component)
                return [(_with_exponent(parts, component, 1), 1)]
        for component, exponent in parts.items() if steps else ():
            absorbed = self.absorbed(component, steps)
            if absorbed is not None:
                rest = tuple(_with_exponent(parts, component, 0).items())
                powered = self.power(absorbed, exponent)
                return [(joined(monomial, rest), c) for monomial, c in powered.items()]
        return None

    def _bases(self, parts: Parts) -> Settled | None:
        """b^(n+e) = b^n b^e, b^n written out; see `Reduction` for e < 0."""
        # In the order of the components: which base goes first must not depend on the parts' order.
        for component in sorted(parts):
            exponent = parts[component]
            if self.kind[component] != BASE:
                continue
            if exponent >= 1:
                whole = floor(exponent)
                rest = tuple(_with_exponent(parts, component, exponent - whole).items())
                written = self.power(self.base_polynomial(component), whole)
                return [(joined(monomial, rest), c) for monomial, c in written.items()]
            for reduction in self.reductions(component) if exponent < 0 else ():
                if not reduction.applies(parts):
                    continue
                items = tuple([(c, -e) for c, e in reduction.term.items()])
                left = joined(tuple(parts.items()), items)
                settled = [(_with_exponent(left, component, exponent + 1), reduction.factor)]
                items = tuple(left.items())
                settled.extend((joined(m, items), c) for m, c in reduction.rest.items())
                return settled
        return None

    def _sums(self, parts: Parts) -> Settled | None:
        """X sum_k 1/(u_k + x) = sum_k x/(u_k + x), see `entered`."""
        found = self.entered(parts)
        if found is None:
            return None
        component, factor, product = found
        taken = ((component, -1), *[(c, -e) for c, e in factor.items()])
        rest = tuple(joined(tuple(parts.items()), taken).items())
        return [(joined(monomial, rest), c) for monomial, c in product.items()]


def joined(left: Monomial, right: Monomial) -> Parts:
    """The parts of the product of two monomials."""
    parts = dict(left)
    for component, exponent in right:
        total = parts.get(component, 0) + exponent
        if total:
            parts[component] = total
        else:
            del parts[component]
    return parts


def _with_exponent(parts: Parts, component: int, exponent: Exponent) -> Parts:
    """The parts with another exponent of one component."""
    changed = {c: e for c, e in parts.items() if c != component}
    if exponent:
        changed[component] = exponent
    return changed


def _least_equal(links: list[Codes]) -> dict[int, int] | None:
    """For each code the least of those linked to it, fixed positions first; None if two are fixed.

    Sizes need no check: only indices of one range are ever linked.
    """
    least: dict[int, int] = {}
    for left, right in links:
        a, b = least.get(left, left), least.get(right, right)
        low, high = sorted((a, b), key=lambda code: (not code & 1, code))
        if a != b and high & 1:
            return None
        least.setdefault(left, left)
        least.setdefault(right, right)
        for code, to in least.items():
            if to == high:
                least[code] = low
    return least
