"""Substitution captures nothing, and goes through everything."""

from __future__ import annotations

import pytest
from kernel_builders import (
    ONE,
    TWO,
    A,
    M,
    N,
    T,
    X,
    a,
    add,
    at,
    by,
    call,
    define,
    differ,
    exp,
    f,
    mul,
    number,
    power,
    proof,
    total,
    u,
    v,
    x,
    y,
)

from symgrad.calculus.expression import ARGUMENT, Delta, Function, Named, Power, Sum
from symgrad.calculus.index import Fixed, fresh
from symgrad.calculus.rules import TooDeep
from symgrad.calculus.substitution import (
    definitions_of,
    delta,
    depends_on,
    free_indices,
    mentions_index,
    substitute,
)

i, j, k = (fresh(name, N) for name in "ijk")
r = fresh("r", M)


def test_a_binder_does_not_capture():
    body = Sum(k, at(T, k, i))
    moved = substitute(body, {i: k})
    assert free_indices(moved) == {k}
    assert proof(moved, total(N, lambda p: at(T, p, k))) is not None
    assert proof(moved, total(N, lambda p: at(T, p, p))) is None
    assert differ(moved, total(N, lambda p: at(T, p, p)))


def test_every_binder_is_fresh():
    inner = Sum(k, Sum(k, at(u, k)))
    moved = substitute(inner, {})
    assert isinstance(moved, Sum)
    assert isinstance(moved.body, Sum)
    assert len({k, moved.index, moved.body.index}) == 3


def test_a_bound_index_is_not_replaced():
    body = mul(Sum(k, at(u, k)), at(v, k))
    assert proof(substitute(body, {k: i}), mul(total(N, lambda p: at(u, p)), at(v, i))) is not None


def test_indices_are_exchanged_at_once():
    assert proof(substitute(at(T, i, j), {i: j, j: i}), at(T, j, i)) is not None


def test_constants_settle_deltas():
    first, second = Fixed(1, N), Fixed(2, N)
    body = mul(Delta(i, j), at(u, i))
    assert proof(substitute(body, {i: first, j: first}), at(u, first)) is not None
    assert proof(substitute(body, {i: first, j: second}), number(0)) is not None
    assert isinstance(delta(i, j), Delta)


def test_names_are_kept_when_indices_are_replaced():
    name = define("D", (N,), lambda p: Sum(k, at(T, p, k)))
    moved = substitute(at(name, i), {i: k})
    assert isinstance(moved, Named)
    assert moved.positions == (k,)
    assert proof(moved, total(N, lambda p: at(T, k, p))) is not None


def test_names_are_unfolded_when_they_depend_on_a_replaced_tensor():
    inner = define("D", (N,), lambda p: mul(at(u, p), x))
    outer = define("E", (N,), lambda p: mul(at(inner, p), at(v, p)))
    moved = substitute(at(outer, i), {}, {u: lambda at_: at(v, *at_)})
    assert definitions_of(moved) == ()
    assert proof(moved, mul(power(at(v, i), 2), x)) is not None
    assert isinstance(substitute(at(outer, i), {}, {a: lambda at_: at(a, *at_)}), Named)


def test_a_replaced_tensor_is_placed_under_the_binders():
    moved = substitute(Sum(k, at(u, k)), {}, {u: lambda at_: mul(at(T, at_[0], k), at(v, k))})
    assert free_indices(moved) == {k}
    assert proof(moved, mul(total(N, lambda p: at(T, p, k)), at(v, k))) is not None


def test_derivatives_move_with_their_positions():
    moved = substitute(by(Sum(k, power(at(u, k), 2)), u, i), {i: j})
    assert proof(moved, mul(TWO, at(u, j))) is not None
    with pytest.raises(ValueError, match="work out a derivative"):
        substitute(by(power(x, 2), x.tensor), {}, {x.tensor: lambda _: y})


def test_a_function_that_contains_a_replaced_tensor_is_written_out():
    h = Function("h", exp(mul(y, X)))
    assert proof(substitute(call(h, x), {}, {y.tensor: lambda _: x}), exp(mul(x, x))) is not None
    assert proof(substitute(call(h, y), {}, {y.tensor: lambda _: x}), exp(mul(x, x))) is not None
    with pytest.raises(ValueError, match="work out the derivative"):
        substitute(call(h, x, 1), {}, {y.tensor: lambda _: x})
    kept = substitute(call(h, X), {}, {ARGUMENT: lambda _: x})
    assert proof(kept, exp(mul(x, y))) is not None


def test_free_indices():
    assert free_indices(mul(Sum(k, mul(at(A, k, r), at(u, i))), Delta(i, j))) == {i, j, r}
    assert free_indices(by(x, A, i, r)) == {i, r}
    assert free_indices(call(f, Power(at(u, i), ONE.value))) == {i}
    assert mentions_index(Sum(k, at(T, k, i)), i)
    assert not mentions_index(Sum(k, at(T, k, i)), k)


def test_depends_on():
    inner = define("D", (N,), lambda p: at(u, p))
    outer = define("E", (N,), lambda p: call(f, at(inner, p)))
    hidden = call(Function("h", mul(y, X)), x)
    assert depends_on(at(outer, i), u)
    assert depends_on(at(outer, i), inner)
    assert depends_on(at(outer, i), outer)
    assert not depends_on(at(inner, i), outer)
    assert not depends_on(add(at(outer, i), x), v)
    assert depends_on(hidden, y.tensor)
    assert not depends_on(hidden, ARGUMENT)


def test_definitions_come_after_what_they_need():
    names = [define("D0", (N,), lambda p: at(u, p))]
    for c in range(3000):
        names.append(define(f"D{c}", (N,), lambda p, n=names[-1]: at(n, p)))
    assert list(definitions_of(at(names[-1], i))) == names
    assert definitions_of(at(names[-1], i), known={names[-2]}) == (names[-1],)


def test_deep_trees_are_a_limit():
    deep = x
    for _ in range(5000):
        deep = call(f, deep)
    with pytest.raises(TooDeep):
        substitute(deep, {})
    with pytest.raises(TooDeep):
        free_indices(deep)


def test_large_powers_of_numbers_are_left():
    assert isinstance(substitute(Power(TWO, TWO.value * 10**12), {}), Power)
