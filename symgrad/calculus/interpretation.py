"""Concrete functions that stand for opaque ones in a counterexample.

A claim about "every differentiable f" is refuted by one f. A `Polynomial` is the
readable choice. A `Table` fixes value and derivatives freely at each argument
that is asked for: since a polynomial takes any finite set of such prescriptions
(Hermite interpolation), it stands for a smooth function, and its numbers stay
small however deep the functions are nested.
"""

from __future__ import annotations

from fractions import Fraction
from math import perm
from random import Random

from symgrad.calculus.interval import Interval, Scalar, Undefined, exp, inverse
from symgrad.records import dataclass, field

BITS = 160
"""Precision of the values of the sigmoid, tanh and exp."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A polynomial with rational coefficients, that of the constant first."""

    coefficients: tuple[Fraction, ...]

    def derivative(self, order: int, x: Scalar) -> Scalar:
        """The derivative of this order at x, exact (or enclosed) by Horner's rule."""
        result: Scalar = 0
        for degree in range(len(self.coefficients) - 1, order - 1, -1):
            scaled = self.coefficients[degree] * perm(degree, order)
            result = result * x + (scaled if scaled.denominator > 1 else scaled.numerator)
        return result

    def __str__(self) -> str:
        terms = ""
        for degree in range(len(self.coefficients) - 1, -1, -1):
            factor = self.coefficients[degree]
            if not factor:
                continue
            sign = ("-" if factor < 0 else "") if not terms else (" - " if factor < 0 else " + ")
            power = ("", "x")[degree] if degree < 2 else f"x^{degree}"
            size = abs(factor)
            shown = f"{size} {power}" if power and size != 1 else power or str(size)
            terms += sign + shown
        return terms or "0"


@dataclass(frozen=True, slots=True)
class Table:
    """A smooth function with small values, fixed only where it is asked for.

    Attributes:
        name: of the function that it stands for.
        seed: chooses the values; a value depends on it, the order and the argument only.
        asked: the values given so far, for printing.
    """

    name: str
    seed: int
    asked: dict[tuple[int, Fraction], int] = field(default_factory=dict, compare=False)

    def derivative(self, order: int, x: Scalar) -> Scalar:
        """The derivative of this order at x; `Undefined` where x is not known exactly."""
        if isinstance(x, Interval):
            raise Undefined("a table has no value at an irrational number")
        key = order, Fraction(x)
        if key not in self.asked:
            choice = Random(f"{self.seed} {self.name} {order} {key[1]}")
            self.asked[key] = choice.choice((-3, -2, -1, 1, 2, 3, 4))
        return self.asked[key]

    def __str__(self) -> str:
        rows = sorted((x, order) for order, x in self.asked)
        shown = [f"{self.name}{chr(39) * k}({x}) = {self.asked[k, x]}" for x, k in rows]
        return "any smooth function with " + ", ".join(shown)


@dataclass(frozen=True, slots=True)
class Autonomous:
    """A function with f' = q(f), such as the sigmoid (q = f - f^2) or exp (q = f).

    Its value at an argument is any number from 0 to 1; all derivatives there follow
    from it, exactly.

    Attributes:
        name: of the function.
        slope: q, as a polynomial in the value, the coefficient of the constant first.
    """

    name: str
    slope: tuple[int, ...]

    def derivative(self, order: int, x: Scalar) -> Scalar:
        """The derivative of this order at x; `Undefined` where x is not known exactly."""
        if isinstance(x, Interval):
            raise Undefined("a value is chosen at rational numbers only")
        value = Fraction(Random(f"{self.name} {Fraction(x)}").randint(1, 96), 97)
        return _slope(self.slope, order).derivative(0, value)

    def __str__(self) -> str:
        return f"a function like {self.name}"


@dataclass(frozen=True, slots=True)
class Exact:
    """The sigmoid, tanh or exp itself, enclosed: (a + b e^(cx)) / (d + e^(cx)), as `ratio`.

    Attributes:
        name: of the function.
        slope: the q of f' = q(f), as for `Autonomous`.
        ratio: a, b, c and d; None for exp.
    """

    name: str
    slope: tuple[int, ...]
    ratio: tuple[int, int, int, int] | None

    def derivative(self, order: int, x: Scalar) -> Scalar:
        """The derivative of this order at x."""
        if self.ratio is None:
            return exp(x, BITS)
        a, b, c, d = self.ratio
        power = exp(x * c, BITS)
        value = (power * b + a) * inverse(power + d)
        return _slope(self.slope, order).derivative(0, value)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Leaky:
    """max(x, 0) + slope min(x, 0): a ReLU where the slope is 0, the identity where it is 1."""

    slope: int

    def derivative(self, order: int, x: Scalar) -> Scalar:
        """The derivative of this order at x; `Undefined` at a kink, or where x is not known."""
        if isinstance(x, Interval) or (x == 0 and self.slope != 1):
            raise Undefined("the sign of the argument is not known")
        factor = 1 if x > 0 else self.slope
        return (x * factor, factor, 0)[min(order, 2)]

    def __str__(self) -> str:
        return "x" if self.slope == 1 else f"max(x, {self.slope} x)"


def _slope(slope: tuple[int, ...], order: int) -> Polynomial:
    """The derivative of this order of an f with f' = q(f), as a polynomial in the value of f."""
    polynomial = Polynomial((Fraction(0), Fraction(1)))
    for _ in range(order):
        polynomial = _times(_differentiated(polynomial), Polynomial(tuple(map(Fraction, slope))))
    return polynomial


def _differentiated(polynomial: Polynomial) -> Polynomial:
    return Polynomial(tuple(k * c for k, c in enumerate(polynomial.coefficients))[1:])


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    product = [Fraction(0)] * (len(left.coefficients) + len(right.coefficients))
    for k, a in enumerate(left.coefficients):
        for m, b in enumerate(right.coefficients):
            product[k + m] += a * b
    return Polynomial(tuple(product))


SIGMOID_LIKE = (
    Autonomous("the sigmoid", (0, 1, -1)),
    Autonomous("tanh", (1, 0, -1)),
    Autonomous("exp", (0, 1)),
)
"""The sigmoid, tanh and exp, as far as their differential equations go."""

EXACT = (
    Exact("the sigmoid", (0, 1, -1), (0, 1, 1, 1)),
    Exact("tanh", (1, 0, -1), (-1, 1, 2, 1)),
    Exact("exp", (0, 1), None),
)
"""The same as they are, for claims that write them out: `\\sigma' = \\sigma^2 e^{-x}`."""

Interpretation = Polynomial | Table | Autonomous | Exact | Leaky
