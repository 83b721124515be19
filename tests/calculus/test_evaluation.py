"""The evaluator against values worked out by hand, and against mpmath for enclosures."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product
from math import prod
from random import Random

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symgrad.calculus import interval
from symgrad.calculus.evaluation import equal, evaluate
from symgrad.calculus.expression import (
    ARGUMENT,
    ERF,
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
    Expression,
    Function,
    Mul,
    Named,
    Power,
    SizeValue,
    Sum,
    add,
    mul,
    negate,
    number,
    power,
)
from symgrad.calculus.index import Fixed, Size, Tensor, fresh
from symgrad.calculus.interpretation import Polynomial, Table
from symgrad.calculus.interval import Interval, Undefined
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.point import Point, Work
from symgrad.calculus.primitives import AtKink

N, M = Size("n"), Size("m")
X, Y = Tensor("X", (N,)), Tensor("y", ())
W = Tensor("W", (M, N))
SIZES = {N: 3, M: 2}
VALUES = {
    X: {(1,): Fraction(2), (2,): Fraction(-1), (3,): Fraction(1, 2)},
    W: {(r, c): Fraction(10 * r + c) for r in (1, 2) for c in (1, 2, 3)},
    Y: {(): Fraction(3)},
}
y = Entry(Y, ())
x = Entry(ARGUMENT, ())
dy = (Y, ())


def at(functions=None, **scalars):
    values = {Tensor(name, ()): {(): Fraction(v)} for name, v in scalars.items()}
    return Point(SIZES, VALUES | values, functions or {})


def value(expression, indices=None, point=None):
    return evaluate(expression, point or at(), indices or {})


def d(body, variable=Y, positions=()):
    return Derivative(body, variable, positions)


def test_sums_run_over_their_own_size():
    r, c = fresh("r", M), fresh("c", N)
    assert value(Sum(c, Entry(X, (c,)))) == Fraction(3, 2)
    assert value(Sum(c, Entry(W, (r, c))), {r: 2}) == 21 + 22 + 23
    assert value(Sum(r, Entry(W, (r, Fixed(3, N))))) == 13 + 23
    assert value(Sum(r, ONE)) == 2
    assert value(SizeValue(N)) == 3
    assert value(SizeValue(Size("7"))) == 7


def test_an_index_bound_twice_keeps_its_outer_value():
    c = fresh("c", N)
    inner = Sum(c, Entry(X, (c,)))
    # sum_c (X_c + 10 sum_c X_c) X_c: after the inner sum, c is the outer one again.
    body = Mul((Add((inner, Entry(X, (c,)))), Entry(X, (c,))))
    total = Fraction(3, 2)
    assert value(Sum(c, body)) == total * total + 4 + 1 + Fraction(1, 4)


def test_delta_and_positions_outside_their_range():
    i, j = fresh("i", N), fresh("j", N)
    assert value(Delta(i, j), {i: 2, j: 2}) == 1
    assert value(Delta(i, j), {i: 2, j: 1}) == 0
    assert value(Sum(i, Delta(i, Fixed(2, N)))) == 1
    with pytest.raises(Undefined):
        value(Delta(Fixed(4, N), j), {j: 1})
    with pytest.raises(Undefined):
        value(Entry(X, (Fixed(4, N),)))


def test_division_by_zero_is_undefined_even_beside_a_zero():
    nothing = add(y, number(-3))
    with pytest.raises(Undefined):
        value(mul(nothing, Power(nothing, Fraction(-1))))
    assert value(Power(nothing, Fraction(2))) == 0
    assert value(power(y, -2)) == Fraction(1, 9)


# -- derivatives


def test_derivative_by_an_entry():
    r, c, j = fresh("r", M), fresh("c", N), fresh("j", N)
    square = Sum(c, power(Entry(X, (c,)), 2))
    assert value(d(square, X, (j,)), {j: 2}) == -2
    product = Sum(c, mul(Entry(W, (r, c)), Entry(X, (c,))))
    k = fresh("k", M)
    assert value(d(product, W, (k, j)), {r: 2, k: 2, j: 3}) == Fraction(1, 2)
    assert value(d(product, W, (k, j)), {r: 2, k: 1, j: 3}) == 0


def test_second_and_mixed_derivatives():
    c, i, j = fresh("c", N), fresh("i", N), fresh("j", N)
    cube = Sum(c, power(Entry(X, (c,)), 3))
    assert value(d(d(cube, X, (i,)), X, (j,)), {i: 1, j: 1}) == 12
    assert value(d(d(cube, X, (i,)), X, (j,)), {i: 1, j: 2}) == 0
    assert value(d(d(power(y, 5), *dy), *dy)) == 20 * 27


def test_no_perturbation_confusion():
    # d/dy ( y * d/dz (y + z) ) = 1, not 2 (Siskind and Pearlmutter, 2005).
    z = Tensor("z", ())
    inner = d(add(y, Entry(z, ())), z)
    assert value(d(mul(y, inner)), point=at(z=1)) == 1
    # The same variable twice: d/dy ( y * d/dy (y + y) ) = 2.
    assert value(d(mul(y, d(add(y, y))))) == 2
    # d/dy ( y * d/dy y^3 ) = 9 y^2
    assert value(d(mul(y, d(power(y, 3))))) == 81


def test_derivative_by_a_named_quantity_keeps_its_value_and_goes_through_the_others():
    z = Definition("Z", (), power(y, 2))
    a = Definition("A", (), mul(number(5), power(Named(z, ()), 2)))
    loss = Definition("L", (), add(Named(a, ()), mul(y, Named(z, ()))))
    assert value(d(Named(loss, ()), z)) == 10 * 9 + 3
    assert value(d(Named(loss, ()), a)) == 1
    assert value(d(Named(loss, ()), loss)) == 1
    # By y itself everything is gone through: 5 y^4 + y^3.
    assert value(d(Named(loss, ()))) == 20 * 27 + 3 * 9
    # d/dy of dL/dZ = 10 Z + y = 10 y^2 + y.
    assert value(d(d(Named(loss, ()), z))) == 20 * 3 + 1
    # d/dZ of dL/dy = 10 Z * 2 y + Z + y * 2 y: only the Z that stands there varies.
    assert value(d(d(Named(loss, ())), z)) == 20 * 3 + 1


def test_derivative_by_one_entry_of_a_named_vector():
    i, j = fresh("i", N), fresh("j", N)
    double = Definition("D", (i,), mul(number(2), Entry(X, (i,))))
    body = Sum(j, power(Named(double, (j,)), 2))
    k = fresh("k", N)
    assert value(d(body, double, (k,)), {k: 2}) == -4
    assert value(d(body, X, (k,)), {k: 2}) == -8


# -- functions


def relu(argument, order=0):
    return Apply(RELU, order, argument)


def test_relu_and_its_derivatives_off_the_kink():
    assert [value(relu(y, k)) for k in range(4)] == [3, 1, 0, 0]
    assert [value(relu(negate(y), k)) for k in range(4)] == [0, 0, 0, 0]
    assert value(d(relu(mul(y, y)))) == 6
    assert value(d(relu(negate(y)))) == 0


def test_the_kink_raises_where_a_derivative_is_needed_and_only_there():
    zero = add(y, number(-3))
    assert value(relu(zero)) == 0
    for expression in (relu(zero, 1), relu(zero, 2), d(relu(zero))):
        with pytest.raises(AtKink):
            value(expression)
        with pytest.raises(AtKink):
            value(Mul((number(0), expression)))
    # Independent of the variable: no tangent, no kink.
    z = Tensor("z", ())
    assert value(d(relu(zero), z), point=at(z=1)) == 0


def test_defined_functions_go_by_their_definition():
    leaky = Function("l", add(relu(x), negate(mul(number(Fraction(1, 10)), relu(negate(x))))))
    assert value(Apply(leaky, 0, negate(y))) == Fraction(-3, 10)
    assert value(Apply(leaky, 1, negate(y))) == Fraction(1, 10)
    cube = Function("c", power(x, 3))
    assert [value(Apply(cube, k, y)) for k in range(5)] == [27, 27, 18, 6, 0]
    twice = Function("t", Apply(cube, 1, Apply(cube, 0, x)))  # 3 x^6
    assert value(Apply(twice, 1, y)) == 18 * 3**5
    assert value(d(Apply(twice, 1, power(y, 2)))) == 90 * 9**4 * 6


def test_the_argument_of_a_function_is_not_the_authors_x():
    # The author's own number x equals ARGUMENT as a tensor; the scopes stay apart.
    own = Tensor("x", ())
    named = Definition("N", (), power(Entry(own, ()), 2))
    function = Function("f", mul(x, Named(named, ())))  # t -> t x^2
    point = at(x=7)
    assert value(Apply(function, 0, number(2)), point=point) == 98
    assert value(Apply(function, 1, number(2)), point=point) == 49
    assert value(d(Apply(function, 0, number(2)), own), point=point) == 28
    assert value(d(Apply(function, 0, Entry(own, ())), own), point=point) == 3 * 49
    # A derivative by the argument inside a definition: g(t) = d/dt t^3.
    inside = Function("g", d(power(x, 3), ARGUMENT))
    assert value(Apply(inside, 0, number(2)), point=point) == 12
    assert value(Apply(inside, 1, number(2)), point=point) == 12
    assert value(d(Apply(inside, 0, Entry(own, ())), own), point=point) == 6 * 7


def test_opaque_functions_are_interpreted():
    f = Function("f")
    point = at({f: Polynomial((Fraction(1), Fraction(0), Fraction(-2), Fraction(1)))})
    assert [value(Apply(f, k, y), point=point) for k in range(5)] == [10, 15, 14, 6, 0]
    assert value(d(Apply(f, 0, power(y, 2))), point=point) == (3 * 81 - 4 * 9) * 6
    assert str(point.functions[f]) == "x^3 - 2 x^2 + 1"


def test_polynomials_print_as_they_are_read():
    assert str(Polynomial((Fraction(0), Fraction(-1), Fraction(1, 2)))) == "1/2 x^2 - x"
    assert str(Polynomial((Fraction(-3),))) == "-3"
    assert str(Polynomial((Fraction(0),))) == "0"
    assert str(Polynomial((Fraction(1), Fraction(-1)))) == "-x + 1"


def test_a_table_answers_the_same_whatever_was_asked_before():
    first, second = Table("a", 1), Table("a", 1)
    asked = [(k, Fraction(n, 2)) for k in (0, 1, 2) for n in range(5)]
    answers = {key: first.derivative(*key) for key in asked}
    assert answers == {key: second.derivative(*key) for key in reversed(asked)}
    assert len(set(answers.values())) > 3
    assert "a'(1/2) = " in str(first)


# -- enclosures


def mp(number):
    return mpmath.mpf(number.numerator) / number.denominator


@settings(deadline=None, max_examples=300)
@given(
    st.fractions(-40, 40, max_denominator=50),
    st.sampled_from((32, 96, 200)),
)
def test_exp_log_erf_and_pi_enclose_the_value_and_are_narrow(number, bits):
    with mpmath.workprec(600):
        cases = [
            (interval.exp(number, bits), mpmath.exp(mp(number))),
            (interval.erf(number, bits), mpmath.erf(mp(number))),
            (interval.pi(bits), mpmath.pi()),
        ]
        if number > 0:
            cases.append((interval.log(number, bits), mpmath.log(mp(number))))
            cases.append((interval.root(number, 3, bits), mpmath.root(mp(number), 3)))
        for found, true in cases:
            if isinstance(found, Interval):
                low, high = found.bounds()
                assert mp(low) <= true <= mp(high)
                assert high - low <= Fraction(max(1, int(true)) * 8, 2**bits) + Fraction(2, 2**bits)
            else:
                assert abs(mp(Fraction(found)) - true) < mpmath.mpf(2) ** -500


@pytest.mark.parametrize("order", range(6))
def test_derivatives_of_erf_enclose_those_of_mpmath(order):
    for place in (Fraction(-7, 3), Fraction(1, 2), Fraction(19)):
        with mpmath.workprec(600):
            found = evaluate(Apply(ERF, order, y), at(y=place), {})
            low, high = found.bounds()
            true = mpmath.diff(mpmath.erf, mp(place), order)
            slack = mpmath.mpf(2) ** -60  # mpmath differentiates by differences
            assert mp(low) - slack <= true <= mp(high) + slack
            assert high - low < Fraction(1, 2**60)


@settings(deadline=None, max_examples=200)
@given(st.fractions(-3, 3, max_denominator=9), st.fractions(-3, 3, max_denominator=9))
def test_interval_arithmetic_encloses(a, b):
    ea, eb = interval.enclose(a, 20), interval.enclose(b, 20)
    cases = [
        (ea + eb, a + b),
        (ea * eb, a * b),
        (ea * b, a * b),
        (ea + b, a + b),
        (ea * -7, -7 * a),
    ]
    cases.append((ea.power(3), a**3))
    if eb.excludes_zero():
        cases.append((eb.reciprocal(), 1 / b))
        cases.append((eb.power(-2), 1 / b**2))
    for found, true in cases:
        low, high = found.bounds() if isinstance(found, Interval) else (found, found)
        assert low <= true <= high


def test_exact_values_stay_exact():
    zero = add(y, number(-3))
    assert value(Apply(EXP, 0, zero)) == 1
    assert value(Apply(LOG, 0, add(y, number(-2)))) == 0
    assert value(Power(mul(y, y), Fraction(1, 2))) == 3
    assert value(Power(number(Fraction(8, 27)), Fraction(-2, 3))) == Fraction(9, 4)
    assert value(d(Power(mul(number(3), y), Fraction(1, 2)))) == Fraction(1, 2)


def test_comparison_of_enclosures():
    e = value(Apply(EXP, 0, ONE))
    assert equal(e, Fraction(2718281828459045, 10**15)) is False
    squares = value(mul(Apply(EXP, 0, y), Apply(EXP, 0, negate(y))))
    assert equal(squares, Fraction(1)) is None
    assert equal(Fraction(1), Fraction(1)) is True
    assert str(e) == "[2.718281828459, 2.718281828460]"


def test_softmax_derivative_numerically():
    c, i, j = fresh("c", N), fresh("i", N), fresh("j", N)
    soft = Definition(
        "p",
        (i,),
        mul(Apply(EXP, 0, Entry(X, (i,))), power(Sum(c, Apply(EXP, 0, Entry(X, (c,)))), -1)),
    )
    found = value(d(Named(soft, (i,)), X, (j,)), {i: 1, j: 2})
    weights = [mpmath.exp(v) for v in (2, -1, 0.5)]
    true = -weights[0] * weights[1] / sum(weights) ** 2
    low, high = found.bounds()
    assert float(low) == pytest.approx(float(true), rel=1e-12)
    assert high - low < Fraction(1, 2**80)


def test_domains():
    for argument in (negate(y), add(y, number(-3))):
        for expression in (
            Apply(LOG, 0, argument),
            Apply(LOG, 1, argument),
            d(Apply(LOG, 0, argument)),
        ):
            with pytest.raises(Undefined):
                value(expression)
        with pytest.raises(Undefined):
            value(Power(argument, Fraction(1, 2)))
    difference = add(Apply(EXP, 0, y), negate(Apply(EXP, 0, y)))
    with pytest.raises(Undefined):
        value(Power(difference, Fraction(-1)))
    with pytest.raises(AtKink):
        value(relu(difference, 1))


def test_relu_of_an_enclosure():
    e = Apply(EXP, 0, y)
    assert equal(value(relu(e)), value(e)) is None
    assert value(relu(e, 1)) == 1
    assert value(relu(negate(e))) == 0


# -- limits


def chain(depth, step):
    body: Expression = y
    for k in range(depth):
        body = Named(Definition(f"X_{k}", (), step(body)), ())
    return body


def test_a_thousand_nested_definitions():
    deep = chain(1000, lambda below: relu(add(below, ONE)))
    assert value(deep) == 1003
    assert value(d(deep)) == 1
    assert value(d(d(mul(deep, deep)))) == 2


def test_work_is_linear_in_the_depth_of_shared_definitions():
    # Each layer uses the one below twice: 2^200 without memory.
    half = number(Fraction(1, 2))
    work = Work()
    deep = chain(200, lambda below: add(mul(half, below), mul(half, below)))
    assert evaluate(d(deep), at(), {}, work) == 1
    assert work.left > 190_000


def nested_sums(depth):
    """sum_i1 m_i1 (sum_i2 (m_i2 + [i1 = i2]) (...)), each sum depends on the index before it."""
    size = Size("3")
    matrix = Tensor("m", (size,))
    indices = [fresh("i", size) for _ in range(depth)]
    body: Expression = ONE
    for before, index in reversed(list(pairwise([None, *indices]))):
        factor: Expression = Entry(matrix, (index,))
        if before is not None:
            factor = add(factor, Delta(before, index))
        body = Sum(index, mul(factor, body))
    values = {matrix: {(k,): Fraction(k) for k in (1, 2, 3)}}
    return body, Point({}, values)


def test_sums_inside_sums_are_worked_out_once():
    """What depends on one index only is not worked out for every value of all others."""
    work = Work()
    deep, point = nested_sums(30)
    assert evaluate(deep, point, {}, work) > 3**30
    assert work.left > 198_000


def test_remembered_sums_are_those_that_are_written_out():
    for depth in (1, 2, 3, 4):
        nested, point = nested_sums(depth)
        expected = sum(
            prod(k + (k == before) for before, k in pairwise((0, *chosen)))
            for chosen in product((1, 2, 3), repeat=depth)
        )
        assert evaluate(nested, point, {}) == expected


def test_remembered_sums_know_what_is_differentiated():
    """d/dm_1 of (sum_i m_i (m_i + sum_j m_j)), with sums remembered from its value."""
    size = Size("3")
    m, i, j = Tensor("m", (size,)), fresh("i", size), fresh("j", size)
    inner = Sum(j, Entry(m, (j,)))
    whole = Sum(i, mul(Entry(m, (i,)), add(Entry(m, (i,)), inner)))
    point = Point({}, {m: {(k,): Fraction(k) for k in (1, 2, 3)}})
    assert evaluate(whole, point, {}) == 14 + 36
    derivative = Derivative(whole, m, (Fixed(1, size),))
    assert evaluate(derivative, point, {}) == 2 + 12
    assert evaluate(add(whole, derivative, whole), point, {}) == 2 * 50 + 14


def test_limits_are_reported():
    with pytest.raises(LimitReached):
        value(chain(40, lambda below: mul(below, below)))  # 3^(2^40)
    with pytest.raises(LimitReached):
        value(Power(y, Fraction(10**9)))
    i, j = fresh("i", Size("1000")), fresh("j", Size("1000"))
    with pytest.raises(LimitReached):
        value(Sum(i, Sum(j, Delta(i, j))))
    nested: Expression = y
    for _ in range(5000):
        nested = relu(nested)
    with pytest.raises(LimitReached):
        value(nested)
    with pytest.raises(LimitReached):
        value(Apply(EXP, 0, number(10**6)))


def test_named_values_are_kept_between_evaluations():
    deep, point = chain(300, lambda below: relu(add(below, ONE))), at()
    first, second = Work(), Work()
    evaluate(deep, point, {}, first)
    evaluate(deep, point, {}, second)
    assert second.left > first.left + 500


# -- against finite differences of random expressions, in exact arithmetic


def random_expression(random, depth):
    if depth == 0:
        return random.choice(
            [y, number(random.randint(-3, 3)), Entry(X, (Fixed(random.randint(1, 3), N),))]
        )
    kind = random.randrange(4)
    below = [random_expression(random, depth - 1) for _ in range(2)]
    if kind == 0:
        return Add(tuple(below))
    if kind == 1:
        return Mul(tuple(below))
    if kind == 2:
        return Power(below[0], Fraction(2))
    return Apply(Function("q", add(power(x, 2), mul(x, below[1]))), random.randrange(2), below[0])


def at_y(expression, v):
    point = Point(SIZES, VALUES | {Y: {(): Fraction(v)}})
    return evaluate(expression, point, {})


@pytest.mark.parametrize("seed", range(40))
def test_derivatives_of_random_polynomials_by_interpolation(seed):
    """A polynomial's derivative at 3 from its own values, exact (Lagrange)."""
    expression = random_expression(Random(seed), 2)
    nodes = [Fraction(k) for k in range(-6, 12)]  # degree at most 16
    values = [at_y(expression, k) for k in nodes]
    slope = Fraction(0)
    for i, (xi, vi) in enumerate(zip(nodes, values, strict=True)):
        others = [xj for j, xj in enumerate(nodes) if j != i]
        scale = Fraction(1)
        for xj in others:
            scale /= xi - xj
        for skipped in others:
            term = scale
            for xj in others:
                if xj != skipped:
                    term *= 3 - xj
            slope += vi * term
    assert at_y(d(expression), 3) == slope
