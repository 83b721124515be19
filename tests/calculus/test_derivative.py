"""Derivatives against exact automatic differentiation, and how they read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_builders import (
    ONE,
    TWO,
    A,
    M,
    Maker,
    N,
    S,
    T,
    X,
    a,
    add,
    at,
    by,
    call,
    define,
    differ,
    differ_at,
    exp,
    f,
    g,
    log,
    minus,
    mul,
    negate,
    over,
    power,
    proof,
    root,
    total,
    u,
    v,
    x,
    y,
)

from symgrad.calculus.derivative import Derivatives, differentiate, resolve_derivatives
from symgrad.calculus.expression import (
    RELU,
    Apply,
    Definition,
    Delta,
    Entry,
    Function,
    Mul,
    Named,
    Number,
    Sum,
    number,
)
from symgrad.calculus.index import Fixed, Size, fresh
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import prove_equal
from symgrad.calculus.rules import TooDeep
from symgrad.calculus.substitution import definitions_of, free_indices, unfold

i, j, k = (fresh(name, N) for name in "ijk")
r, s = (fresh(name, M) for name in "rs")
ui, uj = at(u, i), at(u, j)

Z = define("Z", (N,), lambda p: add(total(M, lambda q: mul(at(A, p, q), at(a, q))), at(u, p)))
Y = define("Y", (N,), lambda p: call(f, at(Z, p)))
LOSS = define("L", (), lambda: total(N, lambda p: power(minus(at(Y, p), at(v, p)), 2)))


def loss_by_z(p):
    return mul(TWO, minus(at(Y, p), at(v, p)), call(f, at(Z, p), 1))


TRUE = {
    "another entry": (by(ui, u, j), Delta(i, j)),
    "the same entry": (by(ui, u, i), ONE),
    "constant positions": (by(at(u, Fixed(1, N)), u, Fixed(2, N)), number(0)),
    "another tensor": (by(ui, v, i), number(0)),
    "a product": (by(mul(x, x, y), x.tensor), mul(TWO, x, y)),
    "a power": (by(power(add(x, y), -2), x.tensor), mul(number(-2), power(add(x, y), -3))),
    "a root": (by(root(x), x.tensor), over(ONE, mul(TWO, root(x)))),
    "a linear map": (by(total(M, lambda q: mul(at(A, i, q), at(a, q))), a, r), at(A, i, r)),
    "its matrix": (
        by(total(M, lambda q: mul(at(A, i, q), at(a, q))), A, j, r),
        mul(Delta(i, j), at(a, r)),
    ),
    "a quadratic form": (
        by(total(N, lambda p: total(N, lambda q: mul(at(u, p), at(T, p, q), at(u, q)))), u, i),
        total(N, lambda p: mul(add(at(T, i, p), at(T, p, i)), at(u, p))),
    ),
    "a quadratic form of a symmetric matrix": (
        by(total(N, lambda p: total(N, lambda q: mul(at(u, p), at(S, p, q), at(u, q)))), u, i),
        mul(TWO, total(N, lambda p: mul(at(S, i, p), at(u, p)))),
    ),
    "entries of a symmetric matrix are independent": (
        by(total(N, lambda p: total(N, lambda q: mul(at(T, p, q), at(S, p, q)))), S, i, j),
        at(T, i, j),
    ),
    "the letter of a bound index": (by(Sum(k, power(at(u, k), 2)), u, k), mul(TWO, at(u, k))),
    "the same inside a product": (
        by(mul(Sum(k, at(u, k)), at(v, k)), u, k),
        at(v, k),
    ),
    "the same under another sum of that letter": (
        Sum(k, by(Sum(k, power(at(u, k), 2)), u, k)),
        mul(TWO, total(N, lambda p: at(u, p))),
    ),
    "the index of a parameter": (
        by(at(Z, Z.parameters[0]), u, Z.parameters[0]),
        ONE,
    ),
    "the chain rule": (
        by(call(f, mul(x, call(g, x))), x.tensor),
        mul(call(f, mul(x, call(g, x)), 1), add(call(g, x), mul(x, call(g, x, 1)))),
    ),
    "a second derivative": (by(by(call(f, ui), u, i), u, j), mul(Delta(i, j), call(f, ui, 2))),
    "a derivative of a derivative by another": (
        by(by(at(LOSS), Z, i), Z, j),
        mul(
            Delta(i, j),
            TWO,
            add(
                power(call(f, at(Z, i), 1), 2),
                mul(minus(at(Y, i), at(v, i)), call(f, at(Z, i), 2)),
            ),
        ),
    ),
    "through names": (by(at(LOSS), A, i, r), mul(loss_by_z(i), at(a, r))),
    "by a name": (by(at(LOSS), Z, i), loss_by_z(i)),
    "by a name that is used": (by(at(LOSS), Y, i), mul(TWO, minus(at(Y, i), at(v, i)))),
    "by the input, summed": (
        by(at(LOSS), a, r),
        total(N, lambda p: mul(loss_by_z(p), at(A, p, r))),
    ),
    "a name of a derivative": (
        by(at(define("G", (N,), lambda p: by(at(LOSS), Z, p)), i), v, j),
        mul(number(-2), Delta(i, j), call(f, at(Z, i), 1)),
    ),
    "a function that depends on the variable": (
        by(call(Function("h", exp(mul(y, X))), mul(x, y)), y.tensor),
        mul(TWO, x, y, exp(mul(x, y, y))),
    ),
    "its derivative": (
        by(call(Function("h", exp(mul(y, X))), x, 1), y.tensor),
        mul(add(ONE, mul(x, y)), exp(mul(x, y))),
    ),
}

FALSE = {
    "a captured index": (by(Sum(k, power(at(u, k), 2)), u, k), mul(TWO, Sum(k, at(u, k)))),
    "a square without its factor": (by(power(x, 2), x.tensor), x),
    "half of a quadratic form": (
        by(total(N, lambda p: total(N, lambda q: mul(at(u, p), at(T, p, q), at(u, q)))), u, i),
        mul(TWO, total(N, lambda p: mul(at(T, i, p), at(u, p)))),
    ),
    "the inner derivative forgotten": (by(at(LOSS), A, i, r), mul(loss_by_z(i), ui)),
    "the activation's derivative forgotten": (
        by(at(LOSS), Z, i),
        mul(TWO, minus(at(Y, i), at(v, i))),
    ),
    "one path of two": (by(mul(at(Y, i), at(Y, i)), Z, i), mul(at(Y, i), call(f, at(Z, i), 1))),
    "a sum that is not there": (
        by(at(LOSS), A, i, r),
        total(N, lambda p: mul(loss_by_z(p), at(a, r))),
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_derivative(name):
    left, right = TRUE[name]
    assert proof(left, right) is not None
    assert not differ(left, right)


@pytest.mark.parametrize("name", FALSE)
def test_wrong_derivative(name):
    left, right = FALSE[name]
    assert proof(left, right) is None
    assert differ(left, right)


def test_a_derivative_keeps_the_names_of_the_author():
    derivative = differentiate(at(LOSS), A, (i, r))
    assert {d.name for d in definitions_of(derivative)} == {"Z", "Y"}
    assert free_indices(derivative) == {i, r}


def test_a_derivative_is_factored_and_contracted():
    derivative = differentiate(at(LOSS), a, (r,))
    assert isinstance(derivative, Mul)
    two, inner = derivative.factors
    assert isinstance(two, Number)
    assert isinstance(inner, Sum)
    assert isinstance(inner.body, Mul)
    assert [type(factor) for factor in inner.body.factors[1:]] == [Apply, Entry]
    assert isinstance(differentiate(ui, u, (i,)), Number)


def test_by_an_unused_variable_it_is_zero():
    derivative = differentiate(at(LOSS), y.tensor, ())
    assert isinstance(derivative, Number)
    assert derivative.value == 0


def test_positions_must_fit():
    with pytest.raises(ValueError, match="do not fit"):
        differentiate(ui, u, (r,))


def test_shared_names_give_the_same_derivative():
    for variable, positions in ((A, (i, r)), (u, (j,)), (Z, (k,))):
        shared = Derivatives(variable, Named).derivative(at(LOSS), positions)
        assert prove_equal(shared, differentiate(at(LOSS), variable, positions)) is not None


def test_resolving_leaves_names_alone_and_goes_inside_out():
    resolved = resolve_derivatives(mul(at(LOSS), by(by(power(x, 3), x.tensor), x.tensor)))
    assert isinstance(resolved, Mul)
    assert at(LOSS).definition in {f.definition for f in resolved.factors if isinstance(f, Named)}
    assert not differ(resolved, mul(number(6), x, at(LOSS)))


def test_a_scalar_x_is_not_the_argument_of_a_function():
    # Both are called x and have no axes.
    h = Function("h", mul(x, X))
    square = define("D", (), lambda: power(x, 2))
    k_ = Function("k", mul(at(square), X))
    assert proof(call(h, y), mul(x, y)) is not None
    assert proof(call(h, y), mul(y, y)) is None
    assert proof(by(call(h, y), x.tensor), y) is not None
    assert proof(by(call(h, x), x.tensor), mul(TWO, x)) is not None
    assert proof(by(call(k_, y), x.tensor), mul(TWO, x, y)) is not None
    assert proof(call(k_, y, 1), power(x, 2)) is not None


def test_a_name_inside_a_function_may_depend_on_its_argument():
    inner = define("D", (), lambda: power(X, 2))
    h = Function("h", mul(at(inner), y))
    assert proof(call(h, x), mul(power(x, 2), y)) is not None
    assert proof(call(h, x, 1), mul(TWO, x, y)) is not None
    assert proof(by(call(h, mul(x, y)), y.tensor), mul(number(3), power(mul(x, y), 2))) is not None


def test_a_long_chain_of_names_is_no_recursion():
    names = []
    previous = u
    for c in range(1000):
        names.append(
            define(
                f"Z{c}",
                (N,),
                lambda p, b=previous: call(f, total(N, lambda q: mul(at(T, p, q), at(b, q)))),
            )
        )
        previous = names[-1]
    below = names[-2]
    derivative = differentiate(at(names[-1], i), below, (j,))
    argument = total(N, lambda q: mul(at(T, i, q), at(below, q)))
    assert prove_equal(derivative, mul(call(f, argument, 1), at(T, i, j))) is not None
    with pytest.raises(LimitReached):
        differentiate(at(names[-1], i), u, (j,))


def test_deep_trees_are_a_limit():
    deep = x
    for _ in range(5000):
        deep = call(f, deep)
    with pytest.raises(TooDeep):
        differentiate(deep, x.tensor, ())


@given(seed=st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_random_derivatives_have_the_value_of_automatic_ones(seed):
    """`Derivative` nodes are evaluated by dual numbers, which share no code with the rules."""
    maker = Maker(seed, (f, RELU), (2, -1, 3))
    name = define("D", (N,), lambda p: maker.expression(2, (p,)))
    maker.tensors = (u, T, S, A, name)
    body = maker.expression(3, (i, r))
    for variable, positions in ((u, (i,)), (T, (i, j)), (A, (j, r)), (name, (j,))):
        assert not differ_at(
            by(body, variable, *positions), differentiate(body, variable, positions), seed
        )


def test_unfolding_is_substitution():
    name = Definition("D", (i, j), at(T, j, i))
    assert prove_equal(unfold(name, (k, k)), at(T, k, k)) is not None
    assert not differ(at(name, j, i), at(T, i, j))


def test_log_and_exp():
    assert proof(by(log(exp(ui)), u, j), Delta(i, j)) is not None
    assert proof(by(negate(log(x)), x.tensor), negate(power(x, -1))) is not None
    assert Size("n") == N
