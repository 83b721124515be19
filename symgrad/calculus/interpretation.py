"""Concrete functions that stand for opaque ones in a counterexample.

A claim about "every differentiable f" is refuted by one f. A `Polynomial` is the
readable choice. A `Table` fixes value and derivatives freely at each argument
that is asked for: since a polynomial takes any finite set of such prescriptions
(Hermite interpolation), it stands for a smooth function, and its numbers stay
small however deep the functions are nested.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import perm
from random import Random

from symgrad.calculus.interval import Interval, Scalar, Undefined


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


Interpretation = Polynomial | Table
