"""Derivatives at a point by SymPy's polynomials: exact where they can be, and fast.

SymPy needs 10 to 30 milliseconds to differentiate a network of three layers as an
expression, and one as a polynomial; the size of an expression grows exponentially
with the depth of a network, that of a polynomial in one entry does not.
"""

from __future__ import annotations

from fractions import Fraction
from math import perm, prod

import mpmath  # type: ignore[import-untyped]
from sympy import QQ, RealField
from sympy.polys.rings import PolyElement, ring

from symgrad.calculus.expression import (
    ARGUMENT,
    ERF,
    EXP,
    LOG,
    RELU,
    Derivative,
    Entry,
    Expression,
    Function,
    Power,
)
from symgrad.calculus.index import Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.judging.sympy_numbers import Real, real_float, real_power
from symgrad.judging.sympy_setting import NoValue, Setting, Symbolic
from symgrad.judging.sympy_translation import (
    Indices,
    NotPolynomial,
    Quantity,
    Translation,
    Variable,
)

HIGHEST_DEGREE = 150
"""Degree of a polynomial that is still handy."""

BITS = 400
"""Precision of coefficients that are not rational."""

DIGITS = 60
"""A number that is 0 to so many decimals may be 0."""


class Polynomials(Translation):
    """Translation into SymPy polynomials of one entry, which need no chain rule.

    Opaque functions are polynomials, and ReLU is the identity or 0 near the point;
    SymPy multiplies everything out and differentiates power by power. Where exp,
    log, roots or divisions occur, each is replaced by its tangent at the point,
    with the slope that SymPy gives (not if `exact`: then `NotPolynomial` is raised).

    Attributes:
        plain: the translation into numbers at the same point.
        point: value of the symbol.
        exact: coefficients are rational; else they have 120 digits.
    """

    def __init__(
        self, plain: Translation, key: Variable, value: Fraction | int, exact: bool
    ) -> None:
        self.domain = QQ if exact else RealField(prec=BITS)
        _, self.symbol = ring("v", self.domain)
        super().__init__(plain.setting, {key: self.symbol})
        self.plain = plain
        self.exact = exact
        self.point = self._coefficient(value)

    def slope(self, body: Expression, indices: Indices) -> Real:
        """The derivative of the body at the point."""
        value = self.translate(body, indices)
        return self._at_point(value.diff(self.symbol)) if isinstance(value, PolyElement) else 0

    def _at_point(self, polynomial: Symbolic) -> Real:
        value = polynomial.evaluate(self.symbol, self.point)
        if self.exact:
            return Fraction(int(value.numerator), int(value.denominator))
        return mpmath.mpf(value)

    def _coefficient(self, number: Real) -> Symbolic:
        if not self.exact:
            return self.domain(real_float(number))
        if not isinstance(number, int | Fraction):
            raise NotPolynomial
        return self.domain(number.numerator, number.denominator)

    def _constant(self, number: Real) -> Symbolic:
        return self.symbol.ring(self._coefficient(number))

    def _add(self, terms: list[Quantity]) -> Quantity:
        polynomials = [term for term in terms if isinstance(term, PolyElement)]
        total = sum(term for term in terms if not isinstance(term, PolyElement))
        return sum(polynomials, self._constant(total)) if polynomials else total

    def _mul(self, factors: list[Quantity]) -> Quantity:
        result: Quantity = prod(f for f in factors if not isinstance(f, PolyElement))
        polynomials = [factor for factor in factors if isinstance(factor, PolyElement)]
        if not polynomials:
            return result
        if sum(polynomial.degree() for polynomial in polynomials) > HIGHEST_DEGREE:
            raise LimitReached("degree for SymPy")
        return prod(polynomials, start=self._constant(result))

    def _power(self, base: Quantity, exponent: Fraction) -> Quantity:
        if not isinstance(base, PolyElement):
            return real_power(base, exponent)
        if exponent.denominator > 1 or exponent < 0:
            root = Function("power", Power(Entry(ARGUMENT, ()), exponent))
            return self._tangent(root, 0, base)
        if base.degree() * exponent > HIGHEST_DEGREE:
            raise LimitReached("degree for SymPy")
        return base**exponent.numerator if exponent else 1

    def _apply(self, function: Function, order: int, argument: Quantity) -> Quantity:
        definition = function.definition
        closed = definition is None or self.setting.closed(function)
        if definition is not None and not order and (self.exact or not closed):
            return self.translate(definition, {}, argument)
        if not closed:
            raise NotPolynomial  # SymPy needs a symbol to differentiate these
        if not isinstance(argument, PolyElement):
            return self.plain._apply(function, order, argument)
        if definition is not None or function in (EXP, LOG, ERF):
            return self._tangent(function, order, argument)
        if function is RELU:
            return self._relu(order, argument)
        result: Quantity = self._constant(0)
        for k, c in reversed(list(enumerate(self.setting.polynomial(function)))[order:]):
            result = self._add([self._mul([result, argument]), perm(k, order) * c])
        return result

    def _relu(self, order: int, argument: Symbolic) -> Quantity:
        here = self._at_point(argument)
        if abs(here) * 10**DIGITS < 1:
            raise NoValue("at the kink")
        if order:
            return int(here > 0 and order == 1)
        return argument if here > 0 else 0

    def _tangent(self, function: Function, order: int, argument: Symbolic) -> Symbolic:
        """f(z) + f'(z) (x - z): it has the value and the derivative of f at z."""
        if self.exact:
            raise NotPolynomial
        here = self._at_point(argument)
        value = self._coefficient(self.plain._apply(function, order, here))
        slope = self._coefficient(self.plain._apply(function, order + 1, here))
        return self._add([self._mul([slope, argument]), value - slope * here])

    def _derivative(
        self, node: Derivative, indices: Indices, argument: Quantity | None
    ) -> Quantity:
        raise NotPolynomial  # nested derivatives need a symbol each


class Numbers(Translation):
    """Translation into numbers; derivatives by polynomials, or as expressions if need be."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._lines: dict[tuple[Variable, bool], Polynomials] = {}

    def _slope(self, node: Derivative, indices: Indices, argument: Symbolic | None) -> Quantity:
        for exact in (True, False):
            nesting = self.setting.nesting
            try:
                if argument is None:
                    return self._polynomials(node, indices, exact).slope(node.body, indices)
            except NotPolynomial:
                self.setting.nesting = nesting
        return super()._slope(node, indices, argument)

    def _polynomials(self, node: Derivative, indices: Indices, exact: bool) -> Polynomials:
        variable, at = node.variable, self._positions(node.positions, indices)
        key = (variable, at), exact
        if key not in self._lines:
            value = self.setting.entry(variable, at) if isinstance(variable, Tensor) else 0
            self._lines[key] = Polynomials(self, (variable, at), value, exact)
        return self._lines[key]
