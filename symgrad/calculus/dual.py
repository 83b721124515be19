"""Dual numbers with several tags: forward-mode automatic differentiation, nested.

A value is c + sum over sets S of tags of c_S e_S, where every tag e has e^2 = 0
and e_S is the product of its tags. The coefficient of e_S is the mixed partial
derivative by the inputs that were seeded with the tags of S. One bit a tag, so a
set of tags is an integer; tags of different derivatives never share a bit while
both are alive, so no perturbation is taken for another.

Source: A. Griewank and A. Walther, Evaluating Derivatives (2008), chapter 13; on
perturbation confusion, J. M. Siskind and B. A. Pearlmutter (2005).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symgrad.calculus.interval import Interval, Scalar


class Dual:
    """A number with tangents.

    Attributes:
        value: the coefficient of no tag.
        parts: the coefficient of each non-empty set of tags that has one; never changed.
    """

    __slots__ = ("parts", "value")

    def __init__(self, value: Scalar, parts: dict[int, Scalar]) -> None:
        self.value = value
        self.parts = parts

    def __add__(self, other: Value) -> Value:
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        if not isinstance(other, Dual):
            return Dual(self.value + other, self.parts)
        parts = dict(self.parts)
        for tags, part in other.parts.items():
            parts[tags] = parts[tags] + part if tags in parts else part
        return _dual(self.value + other.value, parts)

    __radd__ = __add__

    def __mul__(self, other: Value) -> Value:
        if not isinstance(other, _NUMBERS):
            return NotImplemented
        if not isinstance(other, Dual):
            return _dual(self.value * other, {t: c * other for t, c in self.parts.items()})
        value = other.value
        parts = {tags: part * value for tags, part in self.parts.items()}
        value = self.value
        for tags, part in other.parts.items():
            term = part * value
            parts[tags] = parts[tags] + term if tags in parts else term
            for mine, coefficient in self.parts.items():
                if not tags & mine:  # e^2 = 0
                    term, both = coefficient * part, tags | mine
                    parts[both] = parts[both] + term if both in parts else term
        return _dual(value * other.value, parts)

    __rmul__ = __mul__


Value = int | Fraction | Interval | Dual
"""A number, with or without tangents."""

_NUMBERS = (int, Dual, Interval, Fraction)  # asking for `Fraction`, an abstract class's, is slow


def _dual(value: Scalar, parts: dict[int, Scalar]) -> Value:
    """The dual number; one whose tangents are all exactly zero is a plain number."""
    kept = {t: c for t, c in parts.items() if isinstance(c, Interval) or c}
    return Dual(value, kept) if kept else value


def seed(value: Value, tag: int) -> Value:
    """The value plus the tag (a power of two)."""
    return value + Dual(0, {tag: 1})


def coefficient(value: Value, tag: int) -> Value:
    """The derivative by the input seeded with this tag; other tags are kept."""
    if not isinstance(value, Dual):
        return 0
    parts = {tags ^ tag: part for tags, part in value.parts.items() if tags & tag}
    return _dual(parts.pop(0, 0), parts)


def compose(value: Value, derivative: Callable[[int, Scalar], Scalar], order: int = 0) -> Value:
    """Function of a dual number: f(c + e) = sum over k of f^(k)(c) e^k / k!.

    Args:
        value: the argument.
        derivative: gives f^(k)(c) from k and c; only asked for what is needed.
        order: take this derivative of f for f.
    """
    if not isinstance(value, Dual):
        return derivative(order, value)
    result: Value = derivative(order, value.value)
    tangent = Dual(0, value.parts)
    power: Value = tangent
    factorial, k = 1, 1
    while isinstance(power, Dual):  # e is nilpotent: k never exceeds the number of tags
        factorial *= k
        factor = derivative(order + k, value.value)
        result = result + power * (factor if k == 1 else factor * Fraction(1, factorial))
        k += 1
        power = power * tangent
    return result
