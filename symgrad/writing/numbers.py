r"""Sizes that are numbers, multiplied out: `\frac{1}{2 N}` for 1 / (N 2), nothing for 1."""

from __future__ import annotations

from symgrad.calculus import expression as ex
from symgrad.judging.tree import rebuilt


def with_numbers(node: ex.Expression) -> ex.Expression:
    """The expression with numbers for the sizes that are numbers."""
    match node:
        case ex.SizeValue(size=size) if size.value is not None:
            return ex.number(size.value)
        case ex.Mul(factors=factors):
            return ex.mul(*map(with_numbers, factors))
        case ex.Power(base=base, exponent=exponent):
            return ex.power(with_numbers(base), exponent)
        case _:
            return rebuilt(node, with_numbers)
