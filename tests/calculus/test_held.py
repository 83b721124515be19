"""Proofs by names: networks of any shape, with shared weights, skips and names used twice."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest
from exact_points import differ
from kernel_builders import (
    TWO,
    A,
    B,
    M,
    N,
    T,
    add,
    at,
    call,
    define,
    f,
    g,
    mul,
    negate,
    power,
    relu,
    total,
    u,
    v,
    x,
)

from symgrad.calculus.adjoints import Adjoints
from symgrad.calculus.derivative import differentiate
from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import (
    ARGUMENT,
    EXP,
    Definition,
    Derivative,
    Entry,
    Function,
    Named,
    number,
)
from symgrad.calculus.held import Held
from symgrad.calculus.index import Tensor, fresh
from symgrad.calculus.normal_form import FACTS, OPAQUE, Prover
from symgrad.calculus.point import Point
from symgrad.calculus.theory import FOLDED
from symgrad.judging.points import interpretations, occurrences, random_values

SEEDS = range(40)

SIGMOID = Function(r"\sigma", power(add(number(1), call(EXP, negate(Entry(ARGUMENT, ())))), -1))


class Web:
    """A random network of names: each is made of some before it, the last is a loss."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.names: list[Definition] = []
        for number_ in range(self.random.randint(3, 6)):
            size = self.random.choice((N, M)) if number_ else N
            self.names.append(define(f"Z{number_}", (size,), self.body(size)))
        last = self.names[-1]
        size = last.parameters[0].size
        other = self.random.choice([d for d in self.names if d.parameters[0].size == size])
        self.loss = define(
            "L", (), lambda: total(size, lambda k: mul(at(last, k), add(at(other, k), TWO)))
        )

    def body(self, size):
        def build(i):
            return add(*(self.term(size, i) for _ in range(self.random.randint(1, 2))))

        return build

    def term(self, size, i):
        same = [d for d in self.names if d.parameters[0].size == size]
        kind = self.random.randrange(4)
        if kind == 0 and same:
            return call(self.random.choice((f, g)), at(self.random.choice(same), i))
        if kind == 1 and same:
            return mul(at(self.random.choice(same), i), at(self.random.choice(same), i))
        matrix, inner = self.random.choice(
            [(A, M), (T, N)] if size == N else [(B, N)]  # shared by all names
        )
        below = [d for d in self.names if d.parameters[0].size == inner]
        below_entry = self.random.choice([*below, u if inner == N else Tensor("a", (M,))])
        return total(inner, lambda k: mul(at(matrix, i, k), at(below_entry, k)))

    def variables(self):
        return [*self.names, A, B, T, u]

    def derivative(self, variable):
        axes = (
            variable.axes
            if isinstance(variable, Tensor)
            else tuple(p.size for p in variable.parameters)
        )
        positions = tuple(fresh("i", size) for size in axes)
        return Derivative(Named(self.loss, ()), variable, positions), positions


@pytest.mark.parametrize("seed", SEEDS)
def test_composed_derivatives_are_those_that_are_written_out(seed):
    """By names, written out, and by exact automatic differentiation: one value."""
    web = Web(seed)
    adjoints, prover = Adjoints(), Prover()
    for variable in web.variables():
        claim, free = web.derivative(variable)
        by_names = adjoints.composed(claim)
        assert differ(claim, by_names, free) is not True
        written_out = differentiate(Named(web.loss, ()), variable, free)
        assert differ(claim, written_out, free) is not True
        assert prover.prove_equal(claim, written_out) is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_in_reverse_are_those_forwards(seed):
    """Every entry of every derivative, at unequal sizes."""
    web = Web(seed)
    found = occurrences([web.derivative(variable)[0] for variable in web.variables()])
    sizes = {size: {"n": 2, "m": 3}[size.name] for size in found.sizes}
    choices = [Fraction(k, 2) for k in (-3, -1, 1, 2, 5)]
    values = random_values(found.tensors, sizes, choices, Random(seed))
    functions = interpretations(found.functions, seed, tables=True)
    reverse = Point(sizes, values, functions)
    forwards = Point(sizes, values, functions, sweeps=None)
    for variable in web.variables():
        claim, free = web.derivative(variable)
        for place in product(*(range(1, sizes[index.size] + 1) for index in free)):
            where = dict(zip(free, place, strict=True))
            assert evaluate(claim, reverse, where) == evaluate(claim, forwards, where)
    assert reverse.sweeps
    assert None not in reverse.sweeps.values()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_not_equal_is_not_proved(seed):
    """The derivative of a network against that of a network with one change."""
    web = Web(seed)
    adjoints, prover, held = Adjoints(), Prover(), Held(OPAQUE)
    proved = refuted = 0
    for variable in web.variables():
        claim, free = web.derivative(variable)
        right = adjoints.composed(claim)
        if not isinstance(right, Named):
            continue
        body = right.definition.body
        for wrong in edits(body):
            edited = Named(Definition("D", right.definition.parameters, wrong), free)
            equal = differ(claim, edited, free)
            by_names = held.equal(adjoints.composed(claim), adjoints.composed(edited))
            proof = prover.prove_equal(claim, edited)
            if equal is True:
                refuted += 1
                assert not by_names
                assert proof is None
            elif equal is False:
                proved += 1
                assert proof is not None
            if by_names:
                held.settle(adjoints.composed(claim), adjoints.composed(edited))
    assert refuted


def edits(body):
    """The body with one factor twice, one term less, another sign, one term twice."""
    yield body
    yield add(body, body)
    yield negate(body)
    terms = getattr(body, "terms", ())
    for place in range(len(terms)):
        yield add(*terms[:place], *terms[place + 1 :])
        yield add(*terms, terms[place])


def layer_above(below):
    """The next weighted sum, over the activation of the last, which has a name."""
    active = define("A", (N,), lambda i: call(f, at(below, i)))
    return define("Z", (N,), lambda i: total(N, lambda k: mul(at(T, i, k), at(active, k))))


def delta_below(layer, above):
    """The error of a layer from that of the next, without the name of the activation."""
    return define(
        "delta",
        (N,),
        lambda i: mul(call(f, at(layer, i), 1), total(N, lambda k: mul(at(T, k, i), at(above, k)))),
    )


def test_a_name_proved_equal_stands_for_the_other():
    """Of 30 layers each is proved from the one above; alone, the last needs all of them."""
    sums = [define("Z", (N,), lambda i: total(N, lambda k: mul(at(T, i, k), at(u, k))))]
    while len(sums) < 30:
        sums.append(layer_above(sums[-1]))
    loss = define("L", (), lambda: total(N, lambda k: mul(at(v, k), at(sums[-1], k))))
    deltas = [define("delta", (N,), lambda i: at(v, i))]
    for layer in reversed(sums[:-1]):
        deltas.append(delta_below(layer, deltas[-1]))
    adjoints, held = Adjoints(), Held(OPAQUE)
    for layer, delta in zip(reversed(sums), deltas, strict=True):
        i = fresh("i", N)
        sides = adjoints.composed(by_at(loss, layer, i)), Named(delta, (i,))
        assert held.equal(*sides)
        held.settle(*sides)
    assert not Held(OPAQUE).equal(*sides)
    assert Prover().prove_equal(*sides) is not None


def test_a_wrong_layer_is_not_proved_by_the_layer_above():
    """delta of one layer is not that of another of the same size."""
    first = define("Z0", (N,), lambda i: total(N, lambda k: mul(at(T, i, k), at(u, k))))
    second = define(
        "Z1", (N,), lambda i: total(N, lambda k: mul(at(T, i, k), call(f, at(first, k))))
    )
    loss = define("L", (), lambda: total(N, lambda k: mul(at(v, k), call(f, at(second, k)))))
    prover = Prover()
    i = fresh("i", N)
    by_second = Derivative(Named(loss, ()), second, (i,))
    by_first = Derivative(Named(loss, ()), first, (i,))
    hand = mul(at(v, i), call(f, at(second, i), 1))
    assert prover.prove_equal(by_second, hand) is not None
    assert prover.prove_equal(by_first, hand) is None
    passed = total(N, lambda k: mul(at(T, k, i), by_at(loss, second, k)))
    assert prover.prove_equal(by_first, mul(call(f, at(first, i), 1), passed)) is not None
    transposed = total(N, lambda k: mul(at(T, i, k), by_at(loss, second, k)))
    assert prover.prove_equal(by_first, mul(call(f, at(first, i), 1), transposed)) is None


def by_at(loss, variable, position):
    return Derivative(Named(loss, ()), variable, (position,))


def test_shared_weights_are_summed():
    """A weight in two layers has a term of each."""
    first = define("h1", (N,), lambda i: call(f, total(N, lambda k: mul(at(T, i, k), at(u, k)))))
    second = define(
        "h2", (N,), lambda i: call(f, total(N, lambda k: mul(at(T, i, k), at(first, k))))
    )
    loss = define("L", (), lambda: total(N, lambda k: mul(at(v, k), at(second, k))))
    i, j = fresh("i", N), fresh("j", N)

    def slope(inner, p):
        return call(f, total(N, lambda k: mul(at(T, p, k), at(inner, k))), 1)

    last = mul(by_at(loss, second, i), slope(first, i), at(first, j))
    before = mul(by_at(loss, first, i), slope(u, i), at(u, j))
    claim = Derivative(Named(loss, ()), T, (i, j))
    prover = Prover()
    assert prover.prove_equal(claim, add(last, before)) is not None
    assert prover.prove_equal(claim, last) is None
    assert prover.prove_equal(claim, add(last, last)) is None


def test_a_derivative_of_a_derivative_by_names():
    """d/dx of the name for dL/dx is the second derivative."""
    loss = define("L", (), lambda: mul(power(x, 3), call(f, x)))
    slope = define("D", (), lambda: Derivative(Named(loss, ()), x.tensor, ()))
    claim = Derivative(Named(slope, ()), x.tensor, ())
    right = add(
        mul(number(6), x, call(f, x)),
        mul(number(6), power(x, 2), call(f, x, 1)),
        mul(power(x, 3), call(f, x, 2)),
    )
    prover = Prover()
    assert prover.prove_equal(claim, right) is not None
    assert prover.prove_equal(claim, add(right, x)) is None


def test_facts_of_smooth_functions_are_used_with_names():
    """sigma' = sigma (1 - sigma) in a layer whose derivative by its output has a name."""
    sums = define(
        "Z", (N,), lambda i: total(M, lambda k: mul(at(A, i, k), at(Tensor("a", (M,)), k)))
    )
    out = define("Y", (N,), lambda i: call(SIGMOID, at(sums, i)))
    loss = define("L", (), lambda: total(N, lambda k: call(f, at(out, k))))
    i = fresh("i", N)
    right = mul(by_at(loss, out, i), at(out, i), add(number(1), negate(at(out, i))))
    held, adjoints = Held(FACTS), Adjoints()
    assert held.equal(*map(adjoints.composed, (by_at(loss, sums, i), right)))
    assert not any("relu" in fact for fact in held.facts)


def test_facts_of_relu_are_used_beside_an_entry_that_no_name_has():
    """|Y - u|' = 2 relu'(Y - u) - 1 where Y is made of other tensors, at kinks of its own too."""
    held, adjoints = Held(FOLDED), Adjoints()
    out = define("Y", (N,), lambda i: relu(total(N, lambda k: mul(at(T, i, k), at(v, k)))))
    off = define("R", (N,), lambda i: add(at(out, i), negate(at(u, i))))
    i = fresh("i", N)

    def step(node):
        return call(relu(x).function, node, 1)

    def equal(left, right):
        return held.equal(*map(adjoints.composed, (left, right)))

    named, written = step(at(off, i)), step(add(at(out, i), negate(at(u, i))))
    assert equal(named, written)
    assert equal(mul(named, written), named)
    opposite = step(add(at(u, i), negate(at(out, i))))
    assert equal(opposite, add(number(1), negate(named)))
    assert not equal(opposite, named)
    # The output itself is zero in a region, where its step is at its kink throughout.
    assert not equal(step(negate(at(out, i))), add(number(1), negate(step(at(out, i)))))


@pytest.mark.parametrize("hidden", [u, v])
def test_no_fact_of_kinks_where_a_name_has_the_entry(hidden):
    """(P_i - u_i) is 0 for P = u, however it is named; it is not for P = v."""
    held, adjoints = Held(FOLDED), Adjoints()
    inner = define("P", (N,), lambda i: add(mul(number(2), at(hidden, i)), at(v, i)))
    outer = define("Q", (N,), lambda i: add(at(inner, i), negate(at(v, i)), negate(at(u, i))))
    i = fresh("i", N)
    step = call(relu(x).function, add(at(outer, i), negate(at(hidden, i))), 1)
    claim = map(adjoints.composed, (mul(step, step), step))
    # For u it is 2 u + v - v - u - u = 0, for v it is 2 v + v - v - u - v.
    assert held.equal(*claim) is False or hidden is v


def test_facts_of_relu_are_not_used_with_names_alone():
    """D_ij = X_i - X_j is zero for i = j: relu'(D_ij)^2 = relu'(D_ij) fails there."""
    name = define("D", (N, N), lambda i, j: add(at(u, i), negate(at(u, j))))
    i, j = fresh("i", N), fresh("j", N)
    step = call(relu(x).function, at(name, i, j), 1)
    assert Prover().prove_equal(mul(step, step), step) is None
