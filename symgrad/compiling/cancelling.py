r"""What a product both divides by and multiplies with, taken out: x^-1 x = 1.

By the chain rule a note multiplies -t_i / p_i by p_i (\delta_ij - p_j), and -t / y by
y (1 - y). The product has a value where p_i or y is 0, its factors have none there; and in
floating point they are 0 wherever they are small enough. So what cancels is taken out before
anything is worked out, through names and sums of terms as well:

    (a / x + b) x = a + b x,   s'(z) = s(z) (1 - s(z)) for the sigmoid s
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symgrad.calculus.expression import (
    ONE,
    Add,
    Apply,
    Definition,
    Expression,
    Function,
    Mul,
    Named,
    Sum,
    add,
    negate,
    power,
)
from symgrad.calculus.substitution import unfold
from symgrad.compiling.exponential_forms import is_number
from symgrad.compiling.graph import Operand
from symgrad.compiling.products import Powers, Product, Resolve, opened, powers_of
from symgrad.records import dataclass


@dataclass(frozen=True)
class Cancelling:
    """Takes out what cancels.

    Attributes:
        lower: the array of an expression; what has the same array is the same.
        body_of: what is worked out for a name.
        resolve: what stands for a derivative.
        is_sigmoid: whether a function is the sigmoid.
    """

    lower: Callable[[Expression], Operand]
    body_of: Callable[[Definition], Expression]
    resolve: Resolve
    is_sigmoid: Callable[[Function], bool]

    def cancelled(self, product: Product) -> Add | None:
        """Cancel in place; where terms have to be multiplied out for that, give their sum."""
        self._open_names(product)
        powers = list(powers_of(product.factors))
        below = self._divisors(powers)
        if not below:
            return None
        powers = [one for base, q in powers for one in self._slope_opened(base, q, below)]
        left = self._left(powers)
        if left is not None:
            powers = left
            product.factors = [power(base, q) for base, q in powers] or [ONE]
        return self._multiplied_out(powers, product)

    def _array(self, base: Expression) -> Operand | None:
        return None if is_number(base) else self.lower(base)

    def _divisors(self, powers: Powers) -> set[Operand]:
        """The arrays that are divided by, in the product or in a term of a sum in it."""
        found: set[Operand] = set()
        for base, q in powers:
            inner = [one for term in _terms(base) for one in powers_of([term])] if q == 1 else []
            for one, exponent in [(base, q), *inner]:
                array = self._array(one) if exponent < 0 else None
                if array is not None:
                    found.add(array)
        return found

    def _open_names(self, product: Product) -> None:
        """The body for a name, where it divides by another factor."""
        for factor in list(product.factors):
            if not isinstance(factor, Named) or not self._divides(factor.definition):
                continue
            rest = [f for f in product.factors if f is not factor]
            body = Definition("", factor.definition.parameters, self.body_of(factor.definition))
            inside = opened(unfold(body, factor.positions), self.resolve)
            below = self._divisors(list(powers_of(inside.factors)))
            others = [
                o for b, q in powers_of(rest) if q > 0 for o in self._slope_opened(b, q, below)
            ]
            if any(self._array(base) in below for base, _ in others):
                product.factors = [*rest, *inside.factors]
                product.bound += inside.bound

    def _divides(self, definition: Definition) -> bool:
        """Whether a body divides by an array, in its product or a term of it."""
        body = self.body_of(definition)
        while isinstance(body, Sum):
            body = body.body
        parts = [body, *(f for f in (body.factors if isinstance(body, Mul) else ()))]
        return any(
            q < 0 and not is_number(base)
            for part in parts
            for term in _terms(part)
            for base, q in powers_of([term])
        )

    def _slope_opened(self, base: Expression, q: Fraction, below: set[Operand]) -> Powers:
        """s'(z) = s(z) (1 - s(z)), where one of both is divided by."""
        if isinstance(base, Apply) and base.order == 1 and self.is_sigmoid(base.function):
            value = Apply(base.function, 0, base.argument)
            parts = (value, add(ONE, negate(value)))
            if any(self.lower(part) in below for part in parts):
                return [(part, q) for part in parts]
        return [(base, q)]

    def _left(self, powers: Powers) -> Powers | None:
        """The product without what cancels; None where nothing does."""
        left: Powers = []
        changed = False
        arrays: dict[Operand, int] = {}
        for base, q in powers:
            array = self._array(base)
            place = None if array is None else arrays.setdefault(array, len(left))
            if place is None or place == len(left):
                left.append((base, q))
            elif (left[place][1] < 0) != (q < 0):
                changed = True
                left[place] = left[place][0], left[place][1] + q
            else:
                left.append((base, q))
        return [(base, q) for base, q in left if q] if changed else None

    def _multiplied_out(self, powers: Powers, product: Product) -> Add | None:
        """(a / x + b) x = a + b x."""
        for place, (base, q) in enumerate(powers):
            if q != 1 or not isinstance(base, Add):
                continue
            rest = powers[:place] + powers[place + 1 :]
            above = {self._array(other) for other, exponent in rest if exponent > 0} - {None}
            below = self._divisors([one for t in base.terms for one in powers_of([t])])
            if above & below:
                return product.multiplied_out(powers, place)
        return None


def _terms(node: Expression) -> tuple[Expression, ...]:
    return node.terms if isinstance(node, Add) else (node,)
