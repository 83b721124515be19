"""SymPy's opinion of right and of wrong claims, and its values against the evaluator's."""

from __future__ import annotations

import subprocess
import sys
import time
from fractions import Fraction
from random import Random

import mpmath
import pytest
from kernel_builders import at as e

from symgrad.calculus.dual import Dual
from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import (
    ARGUMENT,
    EXP,
    LOG,
    ONE,
    RELU,
    Add,
    Apply,
    Definition,
    Delta,
    Derivative,
    Entry,
    Function,
    Mul,
    Named,
    Number,
    Power,
    Sum,
    add,
    mul,
    number,
    power,
)
from symgrad.calculus.index import Fixed, Size, Tensor, fresh
from symgrad.calculus.interpretation import Polynomial
from symgrad.calculus.interval import Interval
from symgrad.calculus.interval import NoValue as NoExactValue
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point
from symgrad.judging.points import occurrences
from symgrad.judging.second_opinion import SecondOpinion, SympyRoute, second_opinion
from symgrad.judging.sympy_polynomials import Numbers
from symgrad.judging.sympy_setting import NoValue, Setting
from symgrad.judging.sympy_translation import Translation
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.losses import LOSSES
from symgrad.network.network import Network

N, M = Size("n"), Size("m")
i, j = fresh("i", N), fresh("j", N)
X = Tensor("X", (N,))
y = Tensor("y", ())
x = Entry(ARGUMENT, ())
f = Function("f")


SMOOTH = [
    "a",
    "relu",
    "identity",
    "leaky-relu",
    "sigmoid",
    "tanh",
    "softplus",
    "silu",
    "elu",
    "gelu",
]


@pytest.mark.parametrize("activation", SMOOTH)
def test_right_gradients_are_confirmed_and_doubled_ones_are_not(right_claims, activation):
    route = SympyRoute()
    for name, (left, right, free) in right_claims(Network(("m", "n", "q"), activation)).items():
        opinion = route.opinion(left, right, free)
        assert opinion is not None, name
        assert opinion.agrees, name
        assert len(set(opinion.sizes.values())) > 1
        assert second_opinion(left, right, free).agrees
        doubled = route.opinion(left, mul(number(2), right), free)
        assert doubled == SecondOpinion(opinion.sizes, agrees=False), name


def test_three_layers_of_literal_sizes(right_claims):
    route = SympyRoute()
    for left, right, free in right_claims(Network((2, 3, 2, 2), "a")).values():
        opinion = route.opinion(left, right, free)
        assert opinion == SecondOpinion({}, agrees=True)


@pytest.mark.parametrize("loss", list(LOSSES))
def test_losses_against_their_known_derivatives(loss):
    q = Size("q")
    k = fresh("k", q)
    out, target = Tensor("X", (q,)), Tensor("T", (q,))
    body = LOSSES[loss].build(lambda p: e(out, p), lambda p: e(target, p), q)
    known = LOSSES[loss].gradient(lambda p: e(out, p), lambda p: e(target, p), q, k)
    left = Derivative(body, out, (k,))
    opinion = second_opinion(left, known, [k])
    assert opinion is not None
    assert opinion.agrees
    doubled = second_opinion(left, mul(number(2), known), [k])
    assert doubled is not None
    assert not doubled.agrees


def test_claims_without_a_derivative_have_no_opinion():
    assert second_opinion(e(X, i), e(X, i), [i]) is None
    named = Definition("d", (), Derivative(power(e(y), 2), y, ()))
    opinion = second_opinion(Named(named, ()), mul(number(2), e(y)), [])
    assert opinion == SecondOpinion({}, agrees=True)


def test_conditions_are_honoured():
    left = Derivative(e(X, i), X, (j,))
    assert second_opinion(left, Number(Fraction(0)), [i, j]).agrees in (True, False)
    differ = [lambda at: at[i] != at[j]]
    same = [lambda at: at[i] == at[j]]
    zero = number(0)
    assert second_opinion(left, zero, [i, j], conditions=differ).agrees
    assert not second_opinion(left, zero, [i, j], conditions=same).agrees


def test_one_entry_is_not_taken_for_another():
    # The derivative by S_ij of a symmetric S: its entries are independent, as in the kernel.
    matrix = Tensor("S", (N, N), symmetric=True)
    left = Derivative(e(matrix, i, j), matrix, (i, j))
    assert second_opinion(left, ONE, [i, j]).agrees
    k, r = fresh("k", N), fresh("r", N)
    off = Derivative(e(matrix, i, j), matrix, (k, r))
    swap = [lambda at: at[i] == at[r] and at[j] == at[k] and at[i] != at[j]]
    assert second_opinion(off, number(0), [i, j, k, r], conditions=swap).agrees
    assert (
        evaluate(
            off,
            Point({N: 2}, {matrix: dict.fromkeys([(1, 2), (2, 1)], Fraction(3))}),
            {i: 1, j: 2, k: 2, r: 1},
        )
        == 0
    )


# -- depth


@pytest.mark.parametrize("activation", ["relu", "a", "tanh"])
def test_deep_networks(right_claims, activation):
    depth = 40
    route = SympyRoute()
    claims = right_claims(Network(("m",) + ("n", "p") * (depth // 2), activation))
    opinions = [route.opinion(*claims[f"W{layer}"]) for layer in (depth, depth - 1, depth - 2)]
    assert all(opinion is not None and opinion.agrees for opinion in opinions)
    left, right, free = claims[f"W{depth}"]
    assert not route.opinion(left, mul(number(2), right), free).agrees
    if activation == "relu":
        assert route.opinion(*claims["W1"]).agrees


def test_what_is_too_large_is_left_alone():
    large = Size("4000")
    r, k = fresh("r", large), fresh("k", large)
    vector = Tensor("v", (large,))
    left = Derivative(Sum(r, Sum(k, mul(e(vector, r), e(vector, k)))), vector, (Fixed(1, large),))
    route = SympyRoute()
    assert route.opinion(left, left, []) is None
    assert route.opinion(Derivative(power(e(y), 2), y, ()), mul(number(2), e(y)), []).agrees


# -- the two evaluations, of which neither uses the other


def random_body(random, depth, leaves):
    if depth == 0:
        return random.choice(leaves)
    below = [random_body(random, depth - 1, leaves) for _ in range(2)]
    # No index is free in the definition of a function.
    closed = random.choice([e(y), e(X, Fixed(1, N)), Apply(f, 0, e(y))])
    square = Function("q", add(power(x, 2), mul(x, closed)))
    slope = Function("s", Derivative(mul(power(x, 3), closed), ARGUMENT, ()))
    crossed = Function("c", Derivative(mul(x, power(e(y), 2)), y, ()))
    positive = add(ONE, power(below[0], 2))
    return random.choice(
        [
            Add(tuple(below)),
            Mul(tuple(below)),
            Power(below[0], Fraction(2)),
            Power(positive, Fraction(-1)),
            Power(positive, Fraction(1, 2)),
            Apply(RELU, random.randrange(2), below[0]),
            Apply(EXP, 0, mul(number(Fraction(1, 50)), below[0])),
            Apply(LOG, random.randrange(2), positive),
            Apply(f, random.randrange(3), below[0]),
            Apply(square, random.randrange(3), below[0]),
            Apply(slope, random.randrange(2), below[0]),
            Apply(crossed, random.randrange(2), below[0]),
            Derivative(Mul(tuple(below)), y, ()),
            Derivative(below[0], X, (i,)),
            Sum(k := fresh("k", N), mul(e(X, k), below[0], add(Delta(k, i), number(2)))),
        ]
    )


def random_claim(seed):
    random = Random(seed)
    leaves = [e(y), e(X, i), e(X, Fixed(1, N)), number(random.randint(-3, 3)), Apply(f, 0, e(y))]
    r = fresh("r", N)
    inner = [e(y), e(X, r), e(X, Fixed(2, N)), number(2), Apply(f, 0, e(X, r))]
    named = Definition("A", (r,), mul(random.choice(inner), random.choice(inner)))
    leaves += [Named(named, (i,)), Named(named, (Fixed(2, N),))]
    top = Definition("B", (), Sum(s := fresh("s", N), power(Named(named, (s,)), 2)))
    leaves.append(Named(top, ()))
    body = random_body(random, 2, leaves)
    variable, at = random.choice([(y, ()), (X, (i,)), (named, (i,)), (top, ())])
    outer, place = random.choice([(y, ()), (X, (Fixed(1, N),)), (named, (i,)), (top, ())])
    once = Derivative(body, variable, at)
    return Derivative(once, outer, place) if random.random() < 0.4 else once


def exact_value(claim, setting, indices):
    """The evaluator's value where SymPy was asked."""
    found = occurrences([claim], [i])
    n = setting.size(N)
    values = {
        X: {(r,): Fraction(setting.entry(X, (r,))) for r in range(1, n + 1)},
        y: {(): Fraction(setting.entry(y, ()))},
    }
    functions = {
        g: Polynomial(tuple(map(Fraction, setting.polynomial(g)))) for g in found.functions
    }
    return evaluate(claim, Point({N: n}, values, functions, bits=400), indices)


def compared(way, seed):
    """Whether both gave a value."""
    claim = random_claim(seed)
    setting = Setting((2, 3), 3, seed)
    with mpmath.workdps(120):
        try:
            found = way(setting).run(claim, {i: 2})
            exact = exact_value(claim, setting, {i: 2})
        except (NoValue, NoExactValue, LimitReached):
            return False
        assert not isinstance(exact, Dual)
        if isinstance(exact, Interval):
            low, high = (mpmath.mpf(b.numerator) / b.denominator for b in exact.bounds())
            middle = (
                mpmath.mpf(found.numerator) / found.denominator
                if isinstance(found, Fraction)
                else found
            )
            slack = mpmath.mpf(10) ** -60 * (1 + abs(middle))
            assert low - slack <= middle <= high + slack, seed
            return high - low < mpmath.mpf(10) ** -20 * (1 + abs(middle))
        if isinstance(found, int | Fraction):
            assert found == exact, seed
        else:
            difference = abs(found - mpmath.mpf(exact.numerator) / exact.denominator)
            assert difference < mpmath.mpf(10) ** -60 * (1 + abs(found)), seed
    return True


@pytest.mark.parametrize("way", [Numbers, Translation])
def test_sympy_and_the_evaluator_agree_on_random_derivatives(way):
    assert sum(compared(way, seed) for seed in range(100)) > 50


@pytest.mark.slow
@pytest.mark.parametrize("way", [Numbers, Translation])
def test_sympy_and_the_evaluator_agree_on_many_random_derivatives(way):
    assert sum(compared(way, seed) for seed in range(150, 1000)) > 400


def test_the_argument_of_a_function_is_a_constant_inside_a_derivative():
    # f(t) = d/dy (y t) = t, so d/dy f(y) = 1, not 2.
    constant = Function("f", Derivative(mul(e(y), x), y, ()))
    left = Derivative(Apply(constant, 0, e(y)), y, ())
    assert second_opinion(left, ONE, []).agrees
    assert not second_opinion(left, number(2), []).agrees


def test_every_activation_of_the_table_has_an_opinion():
    for name, row in ACTIVATIONS.items():
        left = Derivative(Apply(row.function, 0, power(e(y), 2)), y, ())
        right = mul(number(2), e(y), Apply(row.function, 1, power(e(y), 2)))
        opinion = second_opinion(left, right, [])
        assert opinion is not None, name
        assert opinion.agrees, name


# -- cost


def test_sympy_is_not_imported_before_it_is_asked():
    code = (
        "import sys; import symgrad.judging.second_opinion, symgrad.judging.counterexample, "
        "symgrad.network.network; sys.exit('sympy' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_seven_gradients_take_milliseconds(right_claims):
    claims = right_claims(Network(("m", "n", "p", "q"), "a"))
    SympyRoute().opinion(*claims["W3"])
    start = time.process_time()
    route = SympyRoute()
    for name in ("X", "W1", "B1", "W2", "B2", "W3", "B3"):
        assert route.opinion(*claims[name]).agrees
    assert time.process_time() - start < 0.3  # 0.03 on the machine it was written on


def test_a_fraction_is_compared_with_a_number_that_is_none():
    x = Entry(Tensor("x", ()), ())
    left = Derivative(Apply(f, 0, x), Tensor("x", ()), ())
    right = mul(Apply(EXP, 0, x), number(3))
    opinion = second_opinion(left, right, ())
    assert opinion is not None
    assert not opinion.agrees
