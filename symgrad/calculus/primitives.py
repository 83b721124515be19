"""The functions of one variable that are built in, with all their derivatives at a number."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from symgrad.calculus import interval
from symgrad.calculus.interval import Interval, NoValue, Scalar, Undefined
from symgrad.calculus.limits import LimitReached

LARGEST_BITS = 10_000
"""Digits (base 2) that a number may have; more cannot be read, and nesting doubles them."""


class AtKink(NoValue):
    """The argument of ReLU is 0 (or may be) where its derivative is needed."""


def power(x: Scalar, exponent: Fraction, bits: int) -> Scalar:
    """X to a rational exponent; `Undefined` outside the domain."""
    if exponent.denominator > 1:
        x = interval.root(x, exponent.denominator, bits)
    n = exponent.numerator
    if isinstance(x, Interval):
        return x.power(n)
    if abs(n) * max(x.numerator.bit_length(), x.denominator.bit_length()) > LARGEST_BITS:
        raise LimitReached("digits of a power")
    if n < 0:
        x, n = interval.inverse(x), -n
    assert not isinstance(x, Interval)
    power: Fraction | int = x**n
    return power


def relu(k: int, x: Scalar) -> Scalar:
    """The larger of x and 0, its step, and 0; off the kink."""
    positive, negative = (x.low > 0, x.high < 0) if isinstance(x, Interval) else (x > 0, x < 0)
    if positive:
        return (x, 1)[k] if k < 2 else 0
    if not negative:
        if k:
            raise AtKink("the argument of ReLU is 0")
        if isinstance(x, Interval):
            return Interval(max(x.low, 0), max(x.high, 0), x.bits)
    return 0


def log(k: int, x: Scalar, bits: int) -> Scalar:
    """The logarithm, and (-1)^(k-1) (k-1)! / x^k; only for positive x, where log itself lives."""
    if k == 0:
        return interval.log(x, bits)
    if not (x.low > 0 if isinstance(x, Interval) else x > 0):
        raise Undefined("logarithm of a number that may not be positive")
    sign = 1 if k % 2 else -1
    return power(x, Fraction(-k), bits) * (sign * factorial(k - 1))


def erf(k: int, x: Scalar, bits: int) -> Scalar:
    """The error function, and 2 / sqrt(pi) exp(-x^2) p_k(x), p_1 = 1, p_(k+1) = p_k' - 2 x p_k."""
    if k == 0:
        return interval.erf(x, bits)
    coefficients = [1]  # of p_k, that of the constant first
    for _ in range(k - 1):
        slope = [*[n * c for n, c in enumerate(coefficients)][1:], 0, 0]
        product = [0, *[-2 * c for c in coefficients]]
        coefficients = [a + b for a, b in zip(slope, product, strict=True)]
    value: Scalar = 0
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    bell = interval.exp(x * x * -1, bits)
    return value * bell * 2 * interval.inverse(interval.root(interval.pi(bits), 2, bits))
