"""Numbers at a point: powers, functions, and what SymPy's expressions are worth."""

from __future__ import annotations

from fractions import Fraction
from math import perm, prod
from typing import Any

import mpmath  # type: ignore[import-untyped]
import sympy

from symgrad.calculus.expression import ERF, EXP, LOG, PI, RELU, Constant, Function
from symgrad.calculus.limits import LimitReached
from symgrad.judging.sympy_setting import NoValue, Setting, Symbolic

Real = Any
"""A number: int, Fraction, or mpmath's where exp, log or a root occur."""

LARGEST_POWER = 2_000
"""Exponent up to which a number is raised, e too."""

LARGEST_BITS = 5_000
"""Digits (base 2) of an argument of an opaque function."""


def value_of(setting: Setting, expression: Symbolic, known: dict[Symbolic, Real]) -> Real:
    """The number that an expression is whose symbols are known; `known` is filled on the way."""
    if expression in known:
        return known[expression]
    if expression.is_Rational:
        return expression.p if expression.q == 1 else Fraction(expression.p, expression.q)
    args = [value_of(setting, arg, known) for arg in expression.args]
    known[expression] = value = _operation(setting, expression, args)
    return value


def _operation(setting: Setting, expression: Symbolic, args: list[Real]) -> Real:
    """SymPy's operation on numbers; `NoValue` for those that are not understood."""
    if expression.is_Add:
        return sum(args)
    if expression.is_Mul:
        return prod(args)
    if expression.is_Pow and isinstance(args[1], int | Fraction):
        return real_power(args[0], Fraction(args[1]))
    if isinstance(expression, sympy.exp):
        return real_function(setting, EXP, 0, *args)
    if isinstance(expression, sympy.log):
        return real_function(setting, LOG, 0, *args)
    if isinstance(expression, sympy.erf):
        return real_function(setting, ERF, 0, *args)
    if expression is sympy.E:
        return mpmath.exp(1)
    if expression is sympy.pi:
        return mpmath.pi()
    if isinstance(expression, sympy.Abs):
        return abs(args[0])
    if isinstance(expression, sympy.sign) and args[0] != 0:
        return 1 if args[0] > 0 else -1
    if isinstance(expression, sympy.Function) and hasattr(expression, "order"):
        return real_function(setting, expression.function, expression.order, *args)
    raise NoValue(f"SymPy left {type(expression).__name__}")


def real_power(base: Real, exponent: Fraction) -> Real:
    """A number to a rational exponent."""
    if exponent.denominator == 1:
        if base == 0 and exponent < 0:
            raise NoValue("division by zero")
        if abs(exponent) > LARGEST_POWER:
            raise LimitReached("power for SymPy")
        # A negative power of an int would be a float.
        return (Fraction(base) if isinstance(base, int) else base) ** exponent.numerator
    if base <= 0:
        raise NoValue("root of a number that is not positive")
    return mpmath.power(real_float(base), real_float(exponent))


def real_function(setting: Setting, function: Function, order: int, x: Real) -> Real:
    """A primitive or opaque function, or its derivative, at a number."""
    if function is RELU:
        if x == 0 and order:
            raise NoValue("at the kink")
        return 0 if x <= 0 or order > 1 else (x, 1)[order]
    if function is EXP:
        if abs(x) > LARGEST_POWER:
            raise NoValue("exponential of a large number")
        return mpmath.exp(real_float(x)) if x != 0 else 1
    if function is LOG:
        if x <= 0:
            raise NoValue("logarithm of a number that is not positive")
        return mpmath.log(real_float(x)) if x != 1 else 0
    if function is ERF:
        return mpmath.erf(real_float(x)) if x != 0 else 0
    coefficients = setting.polynomial(function)
    # Degrees multiply when functions are nested: 3^40 digits after 40 layers.
    exact = isinstance(x, int | Fraction)
    if exact and max(x.numerator.bit_length(), x.denominator.bit_length()) > LARGEST_BITS:
        raise LimitReached("digits for SymPy")
    return sum(
        perm(k, order) * c * x ** (k - order) for k, c in enumerate(coefficients) if k >= order
    )


def constant_value(constant: Constant) -> Real:
    """The value of a named constant."""
    if constant is not PI:
        raise NoValue(f"the value of {constant.name} is not known")
    return mpmath.pi()


def real_float(x: Real) -> Real:
    """The number in mpmath's precision."""
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def extent_of(expression: Symbolic, known: dict[Symbolic, tuple[int, int]]) -> tuple[int, int]:
    """Nodes (counted with repetition) and levels of an expression."""
    if not expression.args:
        return 1, 1
    if expression not in known:
        nodes, levels = zip(*(extent_of(arg, known) for arg in expression.args), strict=True)
        known[expression] = sum(nodes) + 1, max(levels) + 1
    return known[expression]
