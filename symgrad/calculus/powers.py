"""Rational powers of canonical polynomials, and clearing denominators.

Assumed throughout, as in the claims themselves: what stands in a denominator is
not zero, and what has an exponent that is not an integer is positive.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from math import comb, floor, gcd, lcm

from symgrad.calculus.hypotheses import Hypothesis
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.polynomial import Reduction, joined
from symgrad.calculus.rules import Undefined
from symgrad.calculus.skeleton import Skeletons
from symgrad.calculus.table import (
    APPLICATION,
    BASE,
    DELTA,
    ENTRY,
    MATRIX,
    ONE_POLYNOMIAL,
    SIZE,
    Coefficient,
    Exponent,
    Head,
    Monomial,
    Parts,
    Polynomial,
)

LARGEST_TRIAL = 1000
"""Primes above are not split off the rational numbers under roots."""


class Powers(Skeletons):
    """Arithmetic with powers."""

    def __init__(self, limit: int, hypotheses: tuple[Hypothesis, ...] = ()) -> None:
        super().__init__(limit, hypotheses)
        self._written: dict[int, tuple[Polynomial, frozenset[str]]] = {}
        self._reductions: dict[int, tuple[Reduction, ...]] = {}

    def power(self, base: Polynomial, exponent: Exponent) -> Polynomial:
        """b^0 = 1; b^n = b ... b; for other exponents see `_split_power`."""
        if exponent == 1:
            return base
        if exponent == floor(exponent) and exponent >= 0:
            return self._repeated(base, floor(exponent))
        if not base:
            raise Undefined("a power of zero")
        cases = self.cases(base)
        if cases is not None:
            delta, zero, one = cases
            return self.combined(delta, self.power(zero, exponent), self.power(one, exponent))
        return self._split_power(base, exponent)

    def _repeated(self, base: Polynomial, exponent: int) -> Polynomial:
        if len(base) == 1:
            ((monomial, coefficient),) = base.items()
            self._check_digits(coefficient, exponent)
            out: Polynomial = {}
            self.put(out, {c: e * exponent for c, e in monomial if exponent}, coefficient**exponent)
            return out
        if self._independent(base) and comb(len(base) + exponent - 1, exponent) > self.work:
            raise LimitReached("the normal form grows too large")
        result = ONE_POLYNOMIAL
        for _ in range(exponent):
            self.spend(1)
            result = self.times(result, base)
        return result

    def _independent(self, base: Polynomial) -> bool:
        """Whether each term has a component of its own, so that no terms of a power meet.

        Then the n-th power of k terms has binomial(k + n - 1, n) terms, which is known
        before any of them is made. The same holds with one constant term.
        """
        uses: dict[int, int] = {}
        for monomial in base:
            for component, _ in monomial:
                uses[component] = uses.get(component, 0) + 1
        return self.specials.isdisjoint(uses) and all(
            not monomial or any(uses[component] == 1 for component, _ in monomial)
            for monomial in base
        )

    def _check_digits(self, coefficient: Coefficient, exponent: Exponent) -> None:
        bits = coefficient.numerator.bit_length() + coefficient.denominator.bit_length()
        self.spend(floor(max(exponent, -exponent)) * bits // 1000)

    def _split_power(self, base: Polynomial, exponent: Exponent) -> Polynomial:
        """(c m r)^e = c^e m^e r^e: e an integer, or c and the factors of m positive."""
        whole = exponent == floor(exponent)
        content, parts, rest = self.split(base, positive_only=not whole)
        result = self._rational_power(content, exponent)
        outer: Polynomial = {}
        self.put(outer, {c: e * exponent for c, e in parts.items()}, 1)
        result = self.times(result, outer)
        if len(rest) == 1:
            monomial, sign = next(iter(rest.items()))
            if whole or (sign == 1 and len(monomial) == 1):
                result = self.times({(): -1 if sign == -1 and floor(exponent) & 1 else 1}, result)
                for component, inner in monomial:
                    factor = self._component_power(component, inner, exponent)
                    result = self.times(result, factor)
                return result
            if rest == ONE_POLYNOMIAL:
                return result
        return self.times(result, self._base_power(rest, exponent))

    def _component_power(self, component: int, inner: Exponent, exponent: Exponent) -> Polynomial:
        """(c^k)^e = c^(k e) for an integer e, for k = 1, and for k no integer (then c > 0)."""
        if exponent != floor(exponent) and inner == floor(inner) != 1:
            return self._base_power({((component, inner),): 1}, exponent)
        out: Polynomial = {}
        if self.kind[component] in (ENTRY, SIZE, BASE, MATRIX) or (
            self.kind[component] == APPLICATION and component not in self.specials
        ):
            self.put(out, {component: inner * exponent}, 1)
            return out
        return self._base_power({((component, 1),): 1}, inner * exponent)

    def _base_power(self, base: Polynomial, exponent: Exponent) -> Polynomial:
        """The power as a factor, its base interned; (-b)^e = (-1)^e b^e for an integer e."""
        skeleton, codes = self.lift(base)
        sign = 1
        if exponent == floor(exponent):
            opposite, its_codes = self.lift({m: -c for m, c in base.items()})
            # Of the two the one that was met first stands for both.
            if opposite < skeleton:
                skeleton, codes = opposite, its_codes
                sign = -1 if floor(exponent) & 1 else 1
        record = self.skeletons[skeleton]
        head = Head(BASE, record.axes, record.group, skeleton=skeleton)
        component = self.single(self.head(("base", skeleton), head), codes)
        out: Polynomial = {}
        self.put(out, {component: exponent}, sign)
        return out

    def _rational_power(self, content: Coefficient, exponent: Exponent) -> Polynomial:
        """(p^k q^l ...)^e = p^(k e) q^(l e) ... for primes p, q, ...; the content is positive."""
        self._check_digits(content, exponent)
        if exponent == floor(exponent):
            return {(): Fraction(content) ** floor(exponent)}
        out: Polynomial = {}
        primes = self.prime_powers(content)
        self.put(out, {self.root_component(p): k * exponent for p, k in primes.items()}, 1)
        return out

    def prime_powers(self, content: Coefficient) -> dict[int, int]:
        """The prime powers of a positive rational number (a large rest counts as prime)."""
        powers: dict[int, int] = {}
        for integer, sign in ((content.numerator, 1), (content.denominator, -1)):
            rest, prime = integer, 2
            while prime < LARGEST_TRIAL and rest > 1:
                while rest % prime == 0:
                    powers[prime] = powers.get(prime, 0) + sign
                    rest //= prime
                prime += 1
            if rest > 1:
                powers[rest] = powers.get(rest, 0) + sign
        return {prime: k for prime, k in powers.items() if k}

    def split(
        self, polynomial: Polynomial, positive_only: bool
    ) -> tuple[Coefficient, Parts, Polynomial]:
        """A polynomial as c m r: a positive rational, common factors, and what is left.

        Args:
            polynomial: not zero.
            positive_only: whether only factors that are certainly positive are taken out.
        """
        content = _content(polynomial)
        rest = _divided(polynomial, content)
        parts: Parts = {}
        while True:
            self.spend(1)
            common = self._common(rest, positive_only)
            if not common:
                break
            for component, exponent in common.items():
                parts[component] = parts.get(component, 0) + exponent
            inverse = tuple((component, -e) for component, e in common.items())
            divided: Polynomial = {}
            for monomial, coefficient in rest.items():
                self.put(divided, joined(monomial, inverse), coefficient)
            rest = divided
            if not rest:
                raise Undefined("a power of zero")
            # Bases that are written out may bring a new content.
            again = _content(rest)
            if again != 1:
                content *= again
                rest = _divided(rest, again)
        return content, {c: e for c, e in parts.items() if e}, rest

    def _common(self, polynomial: Polynomial, positive_only: bool) -> Parts:
        """The greatest monomial that divides all terms, in components that may be taken out."""
        common: Parts | None = None
        for monomial in polynomial:
            parts = {c: e for c, e in monomial if self._divisible(c, positive_only)}
            if common is None:
                common = parts
                continue
            for component in {**common, **parts}:
                common[component] = min(common.get(component, 0), parts.get(component, 0))
        return {c: e for c, e in (common or {}).items() if e}

    def _divisible(self, component: int, positive_only: bool) -> bool:
        if positive_only:
            return self.certainly_positive(component)
        if self.bound[component]:
            return False
        # A delta or a step may be zero: 1/s is kept as a power of the base s.
        head = self.heads[self.factors[component][0][0]]
        return head.kind != DELTA and not head.idempotent

    def certainly_positive(self, component: int) -> bool:
        """Whether a component is a size, a root, or an exponential."""
        return not self.bound[component] and self.heads[self.factors[component][0][0]].positive

    def sums_positive(self, component: int) -> bool:
        """Whether a component is certainly positive, or a sum over indices of what is."""
        return all(self.heads[head].positive for head, _, _ in self.factors[component])

    # Bases

    def base_polynomial(self, base: int) -> Polynomial:
        """What the component of a base stands for."""
        known = self._written.get(base)
        if known is None:
            ((head, _, codes),) = self.factors[base]
            skeleton = self.heads[head].skeleton
            known = self._written[base] = self.recorded(partial(self.lower, skeleton, codes))
        self.fired |= known[1]
        return known[0]

    def reductions(self, base: int) -> tuple[Reduction, ...]:
        """The terms that a base absorbs where it stands in a denominator.

        Its leading term: 1/(x+y) absorbs x, so that x/(x+y) + y/(x+y) is 1, also inside a
        sum where it cannot be cleared. And a constant beside a denominator that divides the
        other terms: 1/(x (1+x)) = 1/x - 1/(1+x). Both are partial fractions: they are linear,
        so that sums may be split.
        """
        known = self._reductions.get(base)
        if known is None:
            polynomial = self.base_polynomial(base)
            found = (self._leading(polynomial), self._constant(polynomial))
            known = self._reductions[base] = tuple([r for r in found if r is not None])
        return known

    def _leading(self, polynomial: Polynomial) -> Reduction | None:
        """The reduction of the leading term, which must be the same at all positions."""
        ranks = {monomial: self._rank(monomial) for monomial in polynomial}
        if any(rank is None for rank in ranks.values()):
            return None
        leading = max(polynomial, key=lambda monomial: ranks[monomial] or (0, []))
        if [*ranks.values()].count(ranks[leading]) > 1:
            return None
        return _reduction(polynomial, leading, frozenset())

    def _constant(self, polynomial: Polynomial) -> Reduction | None:
        """The reduction of the constant term, where something divides all other terms."""
        if () not in polynomial or len(polynomial) == 1:
            return None
        others = [{c for c, e in m if e > 0} for m in polynomial if m]
        dividing = frozenset.intersection(*map(frozenset, others))
        return _reduction(polynomial, (), dividing) if dividing else None

    def _rank(self, monomial: Monomial) -> tuple[int, list[list[tuple[int, Exponent]]]] | None:
        """Degree, then heads: an order of monomials that products and renamings keep."""
        shapes: list[list[tuple[int, Exponent]]] = []
        for component, exponent in monomial:
            if exponent != floor(exponent) or exponent < 0 or component in self.specials:
                return None
            shape = [(head, inner) for head, inner, _ in self.factors[component]]
            shapes.extend([shape] * floor(exponent))
        shapes.sort(reverse=True)
        return len(shapes), shapes

    def cleared(self, difference: Polynomial) -> Polynomial:
        """The polynomial times its denominators, which are not zero where it is defined.

        Denominators inside a sum over an index they depend on cannot be cleared.
        """
        while True:
            lowest: Parts = {}
            for monomial in difference:
                for component, exponent in monomial:
                    if self.kind[component] == BASE and exponent < 0:
                        lowest[component] = min(lowest.get(component, 0), exponent)
            if not lowest:
                return difference
            self.spend(len(difference))
            base = min(lowest)
            factor = ((base, -lowest[base]),)
            out: Polynomial = {}
            for monomial, coefficient in difference.items():
                self.put(out, joined(monomial, factor), coefficient)
            difference = out


def _reduction(polynomial: Polynomial, term: Monomial, negative: frozenset[int]) -> Reduction:
    inverse = Fraction(1) / polynomial[term]
    rest: Polynomial = {m: -c * inverse for m, c in polynomial.items() if m != term}
    return Reduction(dict(term), negative, inverse, rest)


def _content(polynomial: Polynomial) -> Coefficient:
    """The greatest positive rational by which all coefficients are integer multiples."""
    numerator, denominator = 0, 1
    for coefficient in polynomial.values():
        numerator = gcd(numerator, coefficient.numerator)
        denominator = lcm(denominator, coefficient.denominator)
    return numerator if denominator == 1 else Fraction(numerator, denominator)


def _divided(polynomial: Polynomial, content: Coefficient) -> Polynomial:
    """The polynomial divided by its content, so that its coefficients are integers."""
    if content == 1:
        return polynomial
    return {m: int(Fraction(c) / content) for m, c in polynomial.items()}
