"""The traps of index notation, each by name: what is false in it must not be proved."""

from __future__ import annotations

import time

import pytest
from exact_points import differ
from kernel_builders import A, M, N, T, a, at, by, define, mul, over, power, total, u, v, x
from kernel_identities import i, j, k, r
from kernel_rewritings import free_of

from symgrad.calculus.expression import ONE, Delta, Entry, Mul, Sum, add, number
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.calculus.normal_form import prove_equal
from symgrad.verify import verify


def is_false(left, right):
    free = tuple(free_of(left) | free_of(right))
    return prove_equal(left, right) is None and differ(left, right, free) is True


def test_an_entry_is_not_the_one_across_the_diagonal():
    assert is_false(at(T, i, j), at(T, j, i))
    assert is_false(by(at(T, i, j), T, j, i), ONE)


def test_a_differentiation_index_may_share_its_letter_with_a_bound_one():
    # d/du_k sum_k u_k v_k with one and the same index: v_k, not n v_k and not sum_k v_k.
    body = Sum(k, mul(at(u, k), at(v, k)))
    assert prove_equal(by(body, u, k), at(v, k)) is not None
    assert is_false(by(body, u, k), Sum(k, at(v, k)))


def test_substitution_under_a_binder_captures_nothing():
    # z_i = sum_k T_ik u_k at i := k.
    p = fresh("p", N)
    row = define("z", (N,), lambda q: Sum(k, mul(at(T, q, k), at(u, k))))
    assert prove_equal(at(row, k), Sum(p, mul(at(T, k, p), at(u, p)))) is not None
    assert is_false(at(row, k), Sum(p, mul(at(T, p, p), at(u, p))))


def test_sizes_that_differ_do_not_contract():
    matrix, vector = Tensor("W", (Size("3"), Size("2"))), Tensor("v", (Size("3"),))
    index = fresh("k", Size("2"))
    with pytest.raises(ValueError, match="do not fit"):
        Sum(index, mul(Entry(matrix, (fresh("i", Size("3")), index)), Entry(vector, (index,))))


def test_a_delta_across_ranges_is_refused():
    with pytest.raises(ValueError, match="one range"):
        Delta(i, r)


def test_an_index_that_is_free_on_the_left_is_not_summed():
    assert is_false(mul(at(T, i, i), at(u, i)), total(N, lambda p: mul(at(T, p, p), at(u, p))))
    note = (
        r"Let $n \in \mathbb N$, $u \in \mathbb R^n$, $v \in \mathbb R^n$, $i \in \{1,\dots,n\}$. "
    )
    report = verify(note + r"$$u_i v_i = \sum_{k=1}^n u_k v_k$$", second_opinion=False)
    assert [result.verdict for result in report.results] == ["refuted"]


def test_a_mean_over_the_other_axis():
    row = over(total(M, lambda q: at(A, i, q)), number(1))
    assert is_false(row, total(M, lambda q: mul(at(a, q), at(A, i, q))))


@pytest.mark.parametrize("uses", [0, 1])
def test_a_shared_weight_counts_once_for_each_use(uses):
    """h2 = T (T u): both uses of T, in whatever way they are written."""
    first = define("h1", (N,), lambda p: total(N, lambda q: mul(at(T, p, q), at(u, q))))
    second = define("h2", (N,), lambda p: total(N, lambda q: mul(at(T, p, q), at(first, q))))
    loss = total(N, lambda p: mul(at(v, p), at(second, p)))
    outer = mul(at(v, i), at(first, j))
    inner = mul(total(N, lambda p: mul(at(v, p), at(T, p, i))), at(u, j))
    assert prove_equal(by(loss, T, i, j), add(outer, inner)) is not None
    assert is_false(by(loss, T, i, j), (outer, inner)[uses])
    assert is_false(by(loss, T, i, j), add(outer, inner, (outer, inner)[uses]))


def test_a_step_of_a_recursion_is_proved_for_every_step():
    """h' = f(T h + A x) at a step that has no number: the rest is any function of h'."""
    state = define("s", (N,), lambda p: total(N, lambda q: mul(at(T, p, q), at(u, q))))
    above = define("c", (), lambda: total(N, lambda p: power(at(state, p), 3)))
    error = mul(number(3), power(at(state, i), 2))
    assert prove_equal(by(at(above), T, i, j), mul(error, at(u, j))) is not None
    assert is_false(by(at(above), T, i, j), mul(error, at(u, i)))


@pytest.mark.parametrize("what", ["power", "trace"])
def test_powers_and_traces_take_milliseconds(what):
    indices = [fresh("k", N) for _ in range(12)]
    if what == "power":
        left = power(total(N, lambda p: at(u, p)), 7)
        body = Mul(tuple(at(u, index) for index in indices[:7]))
        bound = indices[:7]
    else:
        pairs = list(zip(indices, indices[1:] + indices[:1], strict=True))
        left = Mul(tuple(at(T, *pair) for pair in pairs))
        body = Mul(tuple(at(T, *pair) for pair in reversed(pairs)))
        bound = indices
        for index in reversed(indices):
            left = Sum(index, left)
    for index in bound:
        body = Sum(index, body)
    times = []
    for _ in range(3):
        start = time.process_time()
        assert prove_equal(left, body) is not None
        times.append(time.process_time() - start)
    assert min(times) < 0.05
    assert prove_equal(body, mul(at(x.tensor), body)) is None
