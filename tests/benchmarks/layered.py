"""A network of many layers and its backpropagation, as symgrad and as SymPy write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sympy

from symgrad.calculus.expression import (
    Apply,
    Definition,
    Derivative,
    Entry,
    Expression,
    Function,
    Named,
    Sum,
    add,
    mul,
    negate,
    number,
    power,
)
from symgrad.calculus.index import Size, Tensor, fresh

OPAQUE = Function("a")

Claims = Iterator[tuple[Expression, Expression]]


class Network:
    """A network with a squared error, its backpropagation written by hand.

    Args:
        sizes: of the layers, the input first; names, or literal numbers.
        activation: of every layer.
    """

    def __init__(self, sizes: Sequence[Size], activation: Function = OPAQUE) -> None:
        self.sizes = sizes
        self.activation = activation
        self.depth = len(sizes) - 1
        self.input = Tensor("X", (sizes[0],))
        self.target = Tensor("Y", (sizes[-1],))
        self.weights, self.biases, self.sums = [], [], []
        for layer in range(self.depth):
            inner, outer = sizes[layer], sizes[layer + 1]
            weight, bias = Tensor(f"W{layer}", (outer, inner)), Tensor(f"B{layer}", (outer,))
            i, k = fresh("i", outer), fresh("k", inner)
            body = Sum(k, mul(Entry(weight, (i, k)), self.value(layer, k)))
            self.weights.append(weight)
            self.biases.append(bias)
            self.sums.append(Definition(f"Z{layer}", (i,), add(body, Entry(bias, (i,)))))
        i = fresh("i", sizes[-1])
        self.loss = Definition("L", (), Sum(i, power(self.error(i), 2)))
        self.deltas = self.backpropagated()

    def value(self, layer, position) -> Expression:
        if layer == 0:
            return Entry(self.input, (position,))
        return Apply(self.activation, 0, Named(self.sums[layer - 1], (position,)))

    def slope(self, layer, position) -> Expression:
        return Apply(self.activation, 1, Named(self.sums[layer], (position,)))

    def error(self, position) -> Expression:
        return add(self.value(self.depth, position), negate(Entry(self.target, (position,))))

    def backpropagated(self) -> list[Definition]:
        i = fresh("i", self.sizes[-1])
        last = mul(number(2), self.error(i), self.slope(self.depth - 1, i))
        deltas = [Definition("delta", (i,), last)]
        for layer in range(self.depth - 2, -1, -1):
            i, k = fresh("i", self.sizes[layer + 1]), fresh("k", self.sizes[layer + 2])
            inner = mul(Named(deltas[0], (k,)), Entry(self.weights[layer + 1], (k, i)))
            deltas.insert(0, Definition("delta", (i,), mul(Sum(k, inner), self.slope(layer, i))))
        return deltas

    def gradients(self) -> Claims:
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

    def jacobians(self) -> Claims:
        """The derivative of every layer by the one before it, both by name."""
        for layer in range(self.depth - 1):
            p, q = fresh("p", self.sizes[layer + 2]), fresh("q", self.sizes[layer + 1])
            step = Derivative(Named(self.sums[layer + 1], (p,)), self.sums[layer], (q,))
            yield step, mul(Entry(self.weights[layer + 1], (p, q)), self.slope(layer, q))
        p, q = fresh("p", self.sizes[1]), fresh("q", self.sizes[0])
        first = Derivative(Named(self.sums[0], (p,)), self.input, (q,))
        yield first, Entry(self.weights[0], (p, q))


def named_sizes(depth: int) -> list[Size]:
    """Sizes that are names, all different."""
    return [Size(f"l_{layer}") for layer in range(depth + 1)]


class a(sympy.Function):  # noqa: N801 - named as it is printed
    """The activation of which SymPy knows nothing but the name of its derivative."""

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        return sympy.Function("a'")(self.args[0])


def sympy_gradients(depth: int, size: int) -> bool:
    """Whether SymPy, at one fixed size, finds the gradients of all weights as written by hand."""
    slope = sympy.Function("a'")
    weights = [_symbols(f"W{layer}", size, size) for layer in range(depth)]
    biases = [_symbols(f"B{layer}", size, 1) for layer in range(depth)]
    values, sums = [_symbols("X", size, 1)], []
    for weight, bias in zip(weights, biases, strict=True):
        sums.append(weight * values[-1] + bias)
        values.append(sums[-1].applyfunc(a))
    error = values[-1] - _symbols("Y", size, 1)
    loss = sum(entry**2 for entry in error)
    delta = (2 * error).multiply_elementwise(sums[-1].applyfunc(slope))
    for layer in range(depth - 1, -1, -1):
        hand = delta * values[layer].T
        for place, entry in enumerate(weights[layer]):
            if sympy.expand(loss.diff(entry) - hand[place]) != 0:
                return False
        if layer:
            below = sums[layer - 1].applyfunc(slope)
            delta = (weights[layer].T * delta).multiply_elementwise(below)
    return True


def _symbols(name: str, rows: int, columns: int) -> sympy.Matrix:
    return sympy.Matrix(rows, columns, lambda i, j: sympy.Symbol(f"{name}_{i}_{j}"))
