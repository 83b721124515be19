"""Times of the kernel: `pytest tests/benchmarks/test_kernel.py -o addopts=""`."""

from __future__ import annotations

import pytest

from symgrad.calculus.expression import (
    RELU,
    Apply,
    Definition,
    Derivative,
    Entry,
    Expression,
    Function,
    Mul,
    Named,
    Sum,
    add,
    mul,
    negate,
    number,
    power,
)
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.calculus.normal_form import Prover, prove_equal

N, M = Size("n"), Size("m")
OPAQUE = Function("a")


class Network:
    """A network of `depth` layers with a squared error, its backpropagation written by hand."""

    def __init__(self, depth: int, activation: Function) -> None:
        self.sizes = [Size(f"l_{layer}") for layer in range(depth + 1)]
        self.activation = activation
        self.input = Tensor("X", (self.sizes[0],))
        self.target = Tensor("Y", (self.sizes[-1],))
        self.weights, self.biases, self.sums = [], [], []
        for layer in range(depth):
            inner, outer = self.sizes[layer], self.sizes[layer + 1]
            weight, bias = Tensor(f"W{layer}", (outer, inner)), Tensor(f"B{layer}", (outer,))
            i, k = fresh("i", outer), fresh("k", inner)
            body = Sum(k, mul(Entry(weight, (i, k)), self.value(layer, k)))
            self.weights.append(weight)
            self.biases.append(bias)
            self.sums.append(Definition(f"Z{layer}", (i,), add(body, Entry(bias, (i,)))))
        i = fresh("i", self.sizes[-1])
        self.loss = Definition("L", (), Sum(i, power(self.error(i), 2)))
        self.deltas = self.backpropagated(depth)

    def value(self, layer, position) -> Expression:
        if layer == 0:
            return Entry(self.input, (position,))
        return Apply(self.activation, 0, Named(self.sums[layer - 1], (position,)))

    def slope(self, layer, position) -> Expression:
        return Apply(self.activation, 1, Named(self.sums[layer], (position,)))

    def error(self, position) -> Expression:
        return add(self.value(len(self.sums), position), negate(Entry(self.target, (position,))))

    def backpropagated(self, depth) -> list[Definition]:
        i = fresh("i", self.sizes[-1])
        last = mul(number(2), self.error(i), self.slope(depth - 1, i))
        deltas = [Definition("delta", (i,), last)]
        for layer in range(depth - 2, -1, -1):
            i, k = fresh("i", self.sizes[layer + 1]), fresh("k", self.sizes[layer + 2])
            inner = mul(Named(deltas[0], (k,)), Entry(self.weights[layer + 1], (k, i)))
            deltas.insert(0, Definition("delta", (i,), mul(Sum(k, inner), self.slope(layer, i))))
        return deltas

    def claims(self):
        """The gradients of all weights and biases, and of the input."""
        loss = Named(self.loss, ())
        for layer, delta in enumerate(self.deltas):
            i, j = fresh("i", self.sizes[layer + 1]), fresh("j", self.sizes[layer])
            hand = mul(Named(delta, (i,)), self.value(layer, j))
            yield Derivative(loss, self.weights[layer], (i, j)), hand
            yield Derivative(loss, self.biases[layer], (i,)), Named(delta, (i,))
        k, j = fresh("k", self.sizes[1]), fresh("j", self.sizes[0])
        hand = Sum(k, mul(Named(self.deltas[0], (k,)), Entry(self.weights[0], (k, j))))
        yield Derivative(loss, self.input, (j,)), hand


def prove_all(claims):
    prover = Prover()
    assert all(prover.prove_equal(left, right) for left, right in claims)


@pytest.mark.parametrize("activation", [OPAQUE, RELU], ids=["opaque", "relu"])
def test_seven_gradients(benchmark, activation):
    """From scratch: derivatives and both normal forms; at most 5 ms."""
    benchmark.pedantic(
        prove_all, setup=lambda: (([*Network(3, activation).claims()],), {}), rounds=100
    )
    assert benchmark.stats.stats.median < 0.010


@pytest.mark.parametrize("depth", [3, 10, 30, 100])
def test_one_gradient_through_all_layers(benchmark, depth):
    """Every name written out; depth 30 in at most 1 s."""
    benchmark.pedantic(
        prove_all, setup=lambda: (([*Network(depth, OPAQUE).claims()][:1],), {}), rounds=3
    )


@pytest.mark.parametrize("depth", [10, 100, 1000])
def test_layers_proved_one_by_one(benchmark, depth):
    """Names kept: linear in depth; depth 100 in at most 60 ms."""

    def local():
        network = Network(depth, OPAQUE)
        for layer in range(depth - 1):
            p, q = fresh("p", network.sizes[layer + 2]), fresh("q", network.sizes[layer + 1])
            step = Derivative(Named(network.sums[layer + 1], (p,)), network.sums[layer], (q,))
            hand = mul(Entry(network.weights[layer + 1], (p, q)), network.slope(layer, q))
            yield step, hand

    benchmark.pedantic(prove_all, setup=lambda: (([*local()],), {}), rounds=3)


def test_seventh_power_of_a_sum(benchmark):
    """(sum_i u_i)^7 as a product of sums: at most 50 ms."""
    u = Tensor("u", (N,))
    indices = [fresh("k", N) for _ in range(7)]
    nested: Expression = Mul(tuple(Entry(u, (index,)) for index in indices))
    for index in indices:
        nested = Sum(index, nested)
    one = Sum(indices[0], Entry(u, (indices[0],)))
    assert benchmark(prove_equal, power(one, 7), nested) is not None


@pytest.mark.parametrize("symmetric", [False, True])
def test_trace_of_a_twelfth_power(benchmark, symmetric):
    """tr(A^12), its factors and sums in another order: at most 50 ms."""
    matrix = Tensor("A", (N, N), symmetric)

    def trace(shift, step):
        indices = [fresh("k", N) for _ in range(12)]
        factors = [
            Entry(matrix, (indices[k], indices[(k + 1) % 12]))
            for k in [(shift + step * c) % 12 for c in range(12)]
        ]
        body: Expression = Mul(tuple(factors))
        for index in indices:
            body = Sum(index, body)
        return body

    assert benchmark(prove_equal, trace(0, 1), trace(5, 7)) is not None
