"""Factors that enter a sum: x sum_k 1/(u_k + x) is sum_k x/(u_k + x), which reduces."""

from __future__ import annotations

from symgrad.calculus.binding import Binding
from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.index import Size
from symgrad.calculus.table import BASE, Parts, Polynomial

_Entering = tuple[Parts, int | None]
"""What must stand before a sum to enter it: components with their least exponents, and
one that must be in the denominator, see `Reduction`."""


class Entering(Binding):
    """Sums over indices whose denominators absorb factors that stand before them."""

    def __init__(self, limit: int, hypotheses: tuple[Hypothesis, ...] = ()) -> None:
        super().__init__(limit, hypotheses)
        self._entering: dict[int, list[_Entering]] = {}
        self._looked_at: set[int] = set()

    def note_sum(self, component: int) -> None:
        """Find out what may enter a sum, and settle its products if anything may."""
        if component not in self._looked_at:
            self._looked_at.add(component)
            entering = self._what_may_enter(component)
            if entering:
                self._entering[component] = entering
                self.specials.add(component)

    def entered(self, parts: Parts) -> tuple[int, Parts, Polynomial] | None:
        """A sum over indices, factors before it that its denominators absorb, and the product.

        What does not depend on a bound index stands before the sum, except where a
        denominator that depends on the index absorbs it (see `reductions`): there it goes
        back into the sum, so that the form does not depend on where it was written.
        """
        for component in sorted([c for c in parts if c in self._entering]):
            if parts[component] < 1:
                continue
            for wanted, negative in self._entering[component]:
                if any(parts.get(c, 0) < e for c, e in wanted.items()):
                    continue
                factor = dict(wanted)
                if negative is not None:
                    if parts.get(negative, 0) > -1:
                        continue
                    factor[negative] = -1
                sizes: list[tuple[int, Size]] = []
                opened = self._opened(component, sizes)
                product = self.times(opened, {tuple(factor.items()): 1})
                return component, factor, self._bind_opened(product, sizes)
        return None

    def _what_may_enter(self, component: int) -> list[_Entering]:
        """What the denominators in a sum absorb besides what already stands in it."""
        if all(e > 0 or not codes or min(codes) >= 0 for _, e, codes in self.factors[component]):
            return []
        sizes: list[tuple[int, Size]] = []
        opened = self._opened(component, sizes)
        if len(opened) != 1:
            return []
        inside = dict(next(iter(opened)))
        bound = {code for code, _ in sizes}
        found: list[_Entering] = []
        for base, exponent in sorted(inside.items()):
            if self.kind[base] != BASE or exponent >= 0:
                continue
            for reduction in self.reductions(base):
                wanted = {c: e for c, e in reduction.term.items() if inside.get(c, 0) < e}
                wanted = {c: e - max(inside.get(c, 0), 0) for c, e in wanted.items()}
                if any(inside.get(c, 0) < 0 for c in wanted):
                    continue
                before: list[int | None] = [None]
                if reduction.negative and all(inside.get(c, 0) >= 0 for c in reduction.negative):
                    before = [*sorted(reduction.negative)]
                for negative in before:
                    needed = [*wanted, *([] if negative is None else [negative])]
                    if needed and all(bound.isdisjoint(self.free[c]) for c in needed):
                        found.append((wanted, negative))
        return found
