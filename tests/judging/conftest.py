"""Networks and the gradients that people write for them, as claims for the tests."""

from __future__ import annotations

import pytest

from symgrad.calculus.expression import (
    Apply,
    Definition,
    Derivative,
    Entry,
    Expression,
    Named,
    Sum,
    add,
    mul,
    negate,
)
from symgrad.calculus.index import Index, fresh
from symgrad.network.network import Network

Claim = tuple[Expression, Expression, list[Index]]


def gradients(network: Network) -> dict[str, Claim]:
    """dL/dX, dL/dW_l, dL/dB_l by the delta recursion, for the squared error."""
    names, tensors = network.definitions, network.parameters
    loss, function = Named(names["L"], ()), network.functions[0].function
    deltas: dict[int, Definition] = {}
    for layer in range(network.depth, 0, -1):
        i = fresh("i", network.sizes[layer])
        if layer == network.depth:
            below = add(Named(names[f"X{layer}"], (i,)), negate(Entry(tensors["target"], (i,))))
        else:
            j = fresh("j", network.sizes[layer + 1])
            weight = Entry(tensors[f"W{layer + 1}"], (j, i))
            below = Sum(j, mul(weight, Named(deltas[layer + 1], (j,))))
        slope = Apply(function, 1, Named(names[f"Z{layer}"], (i,)))
        deltas[layer] = Definition(rf"\delta_{layer}", (i,), mul(below, slope))
    claims: dict[str, Claim] = {}
    for layer in range(1, network.depth + 1):
        i, j = fresh("i", network.sizes[layer]), fresh("j", network.sizes[layer - 1])
        x = Named(names[f"X{layer - 1}"], (j,)) if layer > 1 else Entry(tensors["X"], (j,))
        delta = Named(deltas[layer], (i,))
        claims[f"W{layer}"] = (
            Derivative(loss, tensors[f"W{layer}"], (i, j)),
            mul(delta, x),
            [i, j],
        )
        claims[f"B{layer}"] = Derivative(loss, tensors[f"B{layer}"], (i,)), delta, [i]
        claims[f"Z{layer}"] = Derivative(loss, names[f"Z{layer}"], (i,)), delta, [i]
    i, j = fresh("i", network.sizes[1]), fresh("j", network.sizes[0])
    back = Sum(i, mul(Entry(tensors["W1"], (i, j)), Named(deltas[1], (i,))))
    claims["X"] = Derivative(loss, tensors["X"], (j,)), back, [j]
    return claims


@pytest.fixture
def right_claims():
    """The function that makes the right claims of a network."""
    return gradients
