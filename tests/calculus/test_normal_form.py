"""What is equal is proved; false variants are not proved, and are false in value."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_builders import (
    ONE,
    THREE,
    TWO,
    Maker,
    N,
    S,
    T,
    X,
    add,
    at,
    by,
    call,
    define,
    differ,
    differ_at,
    exp,
    f,
    minus,
    mul,
    negate,
    power,
    proof,
    relu,
    short,
    step,
    total,
    u,
    v,
    x,
    y,
    z,
)
from kernel_identities import FALSE, TRUE, WITH_FACTS, first, i, j, k, r, sigma, ui, uj, vi, vj

from symgrad.calculus.expression import (
    ARGUMENT,
    EXP,
    RELU,
    Delta,
    Entry,
    Function,
    Power,
    SizeValue,
    Sum,
    number,
)
from symgrad.calculus.index import Fixed, Tensor
from symgrad.calculus.limits import LimitReached
from symgrad.calculus.normal_form import FACTS, OPAQUE, Normaliser, Prover, prove_equal
from symgrad.calculus.rules import TooDeep, Undefined
from symgrad.network.functions import ACTIVATIONS


@pytest.mark.parametrize("name", TRUE)
def test_what_is_equal_is_proved(name):
    left, right = TRUE[name]
    found = proof(left, right)
    assert found is not None
    assert bool(found.facts) == (name in WITH_FACTS)
    assert not differ(left, right)


def test_a_power_of_many_independent_terms_is_given_up_before_it_is_written_out():
    terms = [mul(Entry(T, (Fixed(p, N), Fixed(q, N))), x) for p in (1, 2, 3) for q in (1, 2, 3)]
    normaliser = Normaliser(OPAQUE)
    with pytest.raises(LimitReached):
        normaliser.polynomial(power(add(*terms, ONE), 30))
    assert normaliser.algebra.work > normaliser.algebra.limit / 2


def test_powers_whose_terms_meet_are_written_out():
    meeting = add(*[power(x, degree) for degree in range(40)])
    assert proof(power(meeting, 12), mul(*[meeting] * 12)) is not None
    switched = add(ONE, step(x), step(y))
    assert proof(power(add(ONE, step(x)), 40), add(ONE, mul(number(2**40 - 1), step(x))))
    assert proof(power(switched, 9), mul(*[switched] * 9)) is not None


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_not_proved(name):
    left, right = FALSE[name]
    assert proof(left, right) is None
    if name not in ("a root of a square", "log of a square"):
        assert differ(left, right)


@pytest.mark.parametrize(
    ("left", "right", "facts"),
    [
        (ui, ui, ()),
        (call(sigma, ui), call(sigma, ui), ()),
        (power(step(x), 2), step(x), ("relu'(z)^2 = relu'(z)",)),
        (mul(x, step(x)), relu(x), ("relu(z) = z relu'(z)",)),
        (call(EXP, x, 2), exp(x), ("exp' = exp",)),
        (call(RELU, x, 2), number(0), ("relu''(z) = 0",)),
        (step(negate(x)), minus(ONE, step(x)), ("relu'(-z) = 1 - relu'(z)",)),
    ],
)
def test_a_proof_lists_the_facts_it_uses(left, right, facts):
    found = prove_equal(left, right)
    assert found is not None
    assert found.facts == facts


def test_facts_are_listed_again_where_work_is_kept():
    prover = Prover()
    name = define("D", (N,), lambda p: relu(at(u, p)))
    for _ in range(2):
        found = prover.prove_equal(at(name, i), mul(ui, step(ui)))
        assert found is not None
        assert found.facts == ("relu(z) = z relu'(z)",)
        assert prover.prove_equal(ui, ui).facts == ()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        # The argument is 0 for i = j whatever u is: a fact that fails at 0 must not be used.
        (step(minus(uj, ui)), minus(ONE, step(minus(ui, uj)))),
        (
            total(N, lambda p: total(N, lambda q: step(minus(at(u, p), at(u, q))))),
            mul(number(Fraction(1, 2)), SizeValue(N), SizeValue(N)),
        ),
        (power(step(minus(ui, uj)), 2), step(minus(ui, uj))),
        (call(RELU, minus(ui, uj), 2), number(0)),
        (step(number(0)), number(0)),
        (power(step(minus(ui, at(u, first))), 2), step(minus(ui, at(u, first)))),
        (power(step(mul(Delta(i, j), ui)), 2), step(mul(Delta(i, j), ui))),
        # The argument is 0 for all x < 0.
        (step(relu(x)), step(x)),
        (step(negate(relu(x))), minus(ONE, step(relu(x)))),
        (call(RELU, relu(x), 2), number(0)),
    ],
)
def test_no_fact_is_used_where_a_kink_cannot_be_avoided(left, right):
    assert proof(left, right) is None


def test_a_step_puts_itself_to_1_inside_of_others():
    assert proof(mul(step(x), step(relu(x))), step(x)) is not None
    assert proof(mul(step(x), step(add(relu(x), y))), mul(step(x), step(add(x, y)))) is not None
    assert proof(mul(step(y), step(add(relu(x), y))), mul(step(y), step(add(x, y)))) is None
    assert proof(by(relu(relu(x)), x.tensor), step(x)) is not None
    hidden = relu(add(mul(x, y), z))
    assert proof(step(negate(add(hidden, vi))), minus(ONE, step(add(hidden, vi)))) is not None
    assert proof(step(negate(mul(hidden, vi))), minus(ONE, step(mul(hidden, vi)))) is None


def test_a_step_puts_itself_to_1_at_any_depth():
    inner = step(minus(relu(x), y))  # for relu'(x) = 1 it is relu'(x - y)
    deep = step(minus(mul(z, inner), y))
    flat = step(minus(mul(z, step(minus(x, y))), y))
    assert proof(mul(step(x), deep), mul(step(x), flat)) is not None
    assert proof(mul(step(y), deep), mul(step(y), flat)) is None
    assert proof(deep, flat) is None
    both = mul(step(x), step(minus(x, y)))
    assert proof(mul(both, deep), mul(both, step(minus(z, y)))) is not None


def test_an_entry_that_occurs_nowhere_else_keeps_a_sum_from_zero():
    def opposite(w):
        return proof(step(negate(w)), minus(ONE, step(w)))

    # y is free in both cases of relu'(x - y) times 2 y - x: it is y - x, or x - y.
    within = add(mul(number(2), relu(minus(x, y))), minus(y, x))
    assert opposite(within) is not None
    assert opposite(minus(relu(minus(x, y)), relu(minus(y, x)))) is not None
    assert opposite(relu(minus(x, y))) is None
    # softmax(u)_i - v_i is zero at single v_i only; softmax(u)_i - 1 is 0 for n = 1.
    total = Sum(j, call(EXP, at(u, j)))
    softmax = mul(call(EXP, ui), power(total, -1))
    assert opposite(minus(softmax, vi)) is not None
    assert opposite(minus(softmax, ONE)) is None


def test_functions_with_definitions_are_folded_where_the_others_have_facts():
    silu = ACTIVATIONS["silu"].function

    # With silu' written out each factor has five terms.
    slopes = mul(*[add(call(silu, vj, 1), at(u, Fixed(n, N))) for n in range(1, 11)])
    left, right = mul(slopes, exp(x), exp(y)), mul(slopes, exp(add(x, y)))
    assert proof(left, right).facts == ("exp(a + b) = exp(a) exp(b)",)
    # A function that is folded may be 0 wherever relu' is not defined.
    e = exp(Entry(ARGUMENT, ()))
    zero = Function("f", minus(e, e))
    folded = call(zero, x)
    assert proof(step(negate(folded)), minus(ONE, step(folded))) is None
    assert proof(step(negate(add(folded, y))), minus(ONE, step(add(folded, y)))) is not None


def test_facts_are_used_off_the_kinks():
    different = minus(ui, at(v, j))
    assert proof(power(step(different), 2), step(different)) is not None
    assert proof(step(minus(vj, ui)), minus(ONE, step(different))) is not None


def test_division_by_what_is_always_zero_is_refused():
    with pytest.raises(Undefined):
        prove_equal(power(minus(x, x), -1), x)
    with pytest.raises(Undefined):
        prove_equal(mul(Delta(i, j), power(minus(ui, uj), -1)), number(0))


def test_a_hypothesis_is_a_factor():
    unequal = minus(ONE, Delta(i, j))
    derivative = by(ui, u, j)
    assert proof(derivative, number(0)) is None
    assert proof(mul(unequal, derivative), number(0)) is not None


def test_a_position_beyond_a_literal_size_is_refused():
    with pytest.raises(Undefined):
        prove_equal(at(short, Fixed(4, THREE)), x)


def test_too_much_work_is_a_limit():
    long = add(*[mul(ui, at(Tensor(f"t{c}", ()))) for c in range(30)])
    with pytest.raises(LimitReached):
        prove_equal(power(long, 12), power(long, 11))
    with pytest.raises(LimitReached):
        prove_equal(Power(TWO, Fraction(10**12)), x)
    with pytest.raises(LimitReached):
        prove_equal(total(N, lambda p: power(total(N, lambda q: at(T, p, q)), 10**9)), x)


def test_deep_trees_are_a_limit_and_long_chains_of_names_are_not():
    deep = x
    for _ in range(100_000):
        deep = call(f, deep)
    with pytest.raises(TooDeep):
        prove_equal(deep, x)
    name = define("D0", (), lambda: x)
    for c in range(1000):
        name = define(f"D{c}", (), lambda name=name: call(f, at(name)))
    assert prove_equal(at(name), at(name)) is not None


def test_a_body_depends_on_its_parameters_only():
    leaking = define("D", (N,), lambda p: mul(at(u, p), uj))
    with pytest.raises(ValueError, match="D depends on an index"):
        prove_equal(total(N, lambda p: at(leaking, p)), x)


def test_an_index_of_an_argument_is_not_captured_by_a_definition():
    # The same index is bound in the definition of the function and outside it.
    h = Function("h", Sum(k, mul(X, at(v, k))))
    left = Sum(k, call(h, at(u, k)))
    right = mul(total(N, lambda p: at(u, p)), total(N, lambda p: at(v, p)))
    wrong = total(N, lambda p: mul(at(u, p), at(v, p)))
    assert proof(left, right) is not None
    assert proof(left, wrong) is None


def test_a_function_is_the_same_object_not_the_same_name():
    assert proof(call(f, x), call(Function("f"), x)) is None


@pytest.mark.parametrize("theory", [OPAQUE, FACTS])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_rewriting_keeps_the_normal_form(theory, seed):
    maker = Maker(seed, (f, RELU, EXP), (2, 3, -1))
    expression = maker.expression(3, (i, j, r))
    rewritten = maker.rewritten(maker.rewritten(expression))
    normaliser = Normaliser(theory)
    try:
        polynomial = normaliser.polynomial(expression)
    except Undefined:
        return
    assert normaliser.polynomial(rewritten) == polynomial
    assert not differ_at(expression, rewritten, seed)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_what_is_proved_is_equal_in_value(seed):
    """Of two random halves put together differently, whatever is proved must hold."""
    maker = Maker(seed, (f, RELU), (2, -1))
    maker.tensors = (u, T, S)
    parts = [maker.expression(2, (i, j, r)) for _ in range(3)]
    left = add(mul(parts[0], parts[1]), parts[2])
    index = maker.random.choice([i, j])
    swapped = [mul(*parts), add(*parts), mul(parts[0], add(parts[1], parts[2]))]
    for right in [Sum(index, left), *swapped, Power(left, Fraction(1))]:
        try:
            found = prove_equal(left, right)
        except (LimitReached, Undefined):
            continue
        assert found is None or not differ_at(left, right, seed)
