"""Sums of products as factors and bound indices: what is contracted is first taken apart.

Identities, all of them exact: sum_k delta_kj f_k = f_j; a sum over a sum of terms of which
one has a delta is the sum of two sums. Bound indices are fresh wherever a sum is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from symgrad.calculus.expression import (
    LOG,
    Add,
    Apply,
    Constant,
    Delta,
    Derivative,
    Entry,
    Expression,
    Mul,
    Named,
    Number,
    Power,
    SizeValue,
    Sum,
    mul,
    power,
)
from symgrad.calculus.index import Index, fresh
from symgrad.calculus.substitution import rename
from symgrad.records import dataclass, field

Resolve = Callable[[Derivative], Expression]
"""What stands for a derivative that an expression mentions."""

Powers = list[tuple[Expression, Fraction]]
"""A product: bases that are neither products nor powers, and their exponents."""


@dataclass
class Product:
    """sum over bound indices of a product of factors.

    Attributes:
        factors: none of them a product, a sum over an index, or a derivative.
        bound: the indices that are summed.
    """

    factors: list[Expression] = field(default_factory=list)
    bound: list[Index] = field(default_factory=list)

    def take(self, expression: Expression, resolve: Resolve) -> None:
        """Multiply by an expression, opened."""
        if isinstance(expression, Mul):
            for factor in expression.factors:
                self.take(factor, resolve)
        elif isinstance(expression, Sum):
            index = fresh(expression.index.name, expression.index.size)
            self.bound.append(index)
            self.take(rename(expression.body, {expression.index: index}), resolve)
        elif isinstance(expression, Derivative):
            self.take(resolve(expression), resolve)
        elif isinstance(expression, Apply) and expression.function is LOG and expression.order == 1:
            self.factors.append(power(expression.argument, -1))
        else:
            self.factors.append(expression)

    def contract_deltas(self) -> None:
        """sum_k delta_kj f_k = f_j."""
        while self._contract_one():
            pass

    def _contract_one(self) -> bool:
        for place, factor in enumerate(self.factors):
            if not isinstance(factor, Delta):
                continue
            rest = self.factors[:place] + self.factors[place + 1 :]
            if factor.left == factor.right:
                self.factors = rest
                return True
            for one, other in ((factor.left, factor.right), (factor.right, factor.left)):
                if isinstance(one, Index) and one in self.bound:
                    self.bound.remove(one)
                    self.factors = [rename(f, {one: other}) for f in rest]
                    return True
        return False

    def split_at_deltas(self) -> Add | None:
        """sum_k f_k (delta_ki + g_k) = sum_k f_k delta_ki + sum_k f_k g_k; None without one."""
        for place, factor in enumerate(self.factors):
            if not isinstance(factor, Add):
                continue
            parts = [p for t in factor.terms for p in (t.factors if isinstance(t, Mul) else (t,))]
            ends = {end for p in parts if isinstance(p, Delta) for end in (p.left, p.right)}
            if not ends & set(self.bound):
                continue
            return self.multiplied_out([(f, Fraction(1)) for f in self.factors], place)
        return None

    def multiplied_out(self, powers: Powers, place: int) -> Add:
        """sum_k f_k (g_k + h_k) = sum_k f_k g_k + sum_k f_k h_k, at the sum in this place."""
        added = powers[place][0]
        assert isinstance(added, Add)
        rest = [power(base, q) for base, q in powers[:place] + powers[place + 1 :]]
        terms: list[Expression] = []
        for part in added.terms:
            term = mul(*rest, part)
            for index in self.bound:
                term = Sum(index, term)
            terms.append(term)
        return Add(tuple(terms))


def opened(expression: Expression, resolve: Resolve) -> Product:
    """A product, or a sum of one, taken apart; its deltas are contracted."""
    product = Product()
    product.take(expression, resolve)
    product.contract_deltas()
    return product


def powers_of(factors: Sequence[Expression]) -> Iterator[tuple[Expression, Fraction]]:
    """Bases, none of them a product or a power, and exponents: (a b^2)^-1 = a^-1 b^-2."""
    for factor in factors:
        match factor:
            case Mul(factors=inner):
                yield from powers_of(inner)
            case Power(base=Mul() | Power() as base, exponent=q) if q.denominator == 1:
                yield from ((one, p * q) for one, p in powers_of([base]))
            case Power(base=base, exponent=q):
                yield base, q
            case _:
                yield factor, Fraction(1)


def is_one_array(term: Expression) -> bool:
    """Whether a term is an array as it stands, perhaps times a number: no product of two."""
    factors = term.factors if isinstance(term, Mul) else (term,)
    arrays = [f for f in factors if not isinstance(f, Number | Constant | SizeValue)]
    return len(arrays) == 1 and isinstance(arrays[0], Entry | Named | Apply)


def collected(node: Add) -> list[Expression]:
    """Factors out: a c + b c = (a + b) c, for factors c that all terms have."""
    parts = [list(t.factors) if isinstance(t, Mul) else [t] for t in node.terms]
    common = [f for f in parts[0] if all(any(f is g for g in other) for other in parts[1:])]
    if not common:
        return list(node.terms)
    rest = [mul(*[f for f in part if not any(f is c for c in common)]) for part in parts]
    return [mul(*common, Add(tuple(rest)))]
