"""Factors before a sum that its denominators absorb: x sum_k 1/(u_k + x) and the like."""

from __future__ import annotations

import pytest
from kernel_builders import (
    ONE,
    TWO,
    M,
    N,
    SizeValue,
    a,
    add,
    at,
    differ,
    fresh,
    minus,
    mul,
    over,
    power,
    total,
    u,
    v,
    x,
    y,
)

from symgrad.calculus.normal_form import Prover

vj = at(a, fresh("j", M))
size = SizeValue(N)
sum_of_v = total(N, lambda q: at(v, q))


def plus(p, other=x):
    return power(add(at(u, p), other), -1)


def one_plus(p):
    return power(add(ONE, mul(x, at(u, p))), -1)


def whole(other, factor):
    """sum_p u_p/(u_p + other) + factor sum_p 1/(u_p + other)."""
    first = total(N, lambda p: mul(at(u, p), plus(p, other)))
    return add(first, mul(factor, total(N, lambda p: plus(p, other))))


# Which term of a denominator leads depends on what is met first; it must not matter.
FIRST = [x, total(N, lambda p: at(u, p)), vj, sum_of_v]

EQUAL = {
    "a number": (whole(x, x), size),
    "an entry": (whole(vj, vj), size),
    "a sum": (whole(sum_of_v, sum_of_v), size),
    "a part of a product": (
        mul(x, total(N, lambda p: mul(at(u, p), one_plus(p)))),
        minus(size, total(N, one_plus)),
    ),
    "a denominator": (
        mul(power(x, -1), total(N, one_plus)),
        minus(over(size, x), total(N, lambda p: mul(at(u, p), one_plus(p)))),
    ),
    "two denominators": (
        mul(power(x, -2), total(N, one_plus)),
        total(N, lambda p: mul(power(x, -2), one_plus(p))),
    ),
    "a power of a sum": (
        mul(power(x, 2), power(total(N, plus), 2)),
        power(minus(size, total(N, lambda p: mul(at(u, p), plus(p)))), 2),
    ),
}

DIFFERENT = {
    "another number": (whole(x, y), size),
    "another size": (whole(x, x), ONE),
    "twice": (whole(x, mul(TWO, x)), size),
    "another entry": (whole(vj, x), size),
    "entered both copies": (
        mul(x, power(total(N, plus), 2)),
        power(minus(size, total(N, lambda p: mul(at(u, p), plus(p)))), 2),
    ),
    "one sum for two": (
        mul(x, power(total(N, plus), 2)),
        total(N, lambda p: mul(x, power(plus(p), 2))),
    ),
}


def proved(first, left, right):
    prover = Prover()
    prover.prove_equal(first, first)
    return prover.prove_equal(left, right) is not None


@pytest.mark.parametrize("name", EQUAL)
def test_what_a_denominator_absorbs_enters_the_sum(name):
    left, right = EQUAL[name]
    assert [proved(first, left, right) for first in FIRST] == [True] * len(FIRST)
    assert not differ(left, right)


@pytest.mark.parametrize("name", DIFFERENT)
def test_nothing_else_is_proved(name):
    left, right = DIFFERENT[name]
    assert [proved(first, left, right) for first in FIRST] == [False] * len(FIRST)
    assert differ(left, right)
