"""Compiled networks against exact values, at small unequal sizes.

What is made of sums, products and quotients is worked out in rational numbers; with
exponentials, logarithms, roots or the error function in certified intervals, which are as
narrow as a hundred bits make them. The kernel's evaluator does both: it differentiates by
dual numbers, and shares no code with what compiles.
"""

from fractions import Fraction

import numpy as np
import pytest
from networks import POSITIVE, grid, in_both_precisions

import symgrad
from symgrad.calculus.derivative import differentiate
from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import Named
from symgrad.calculus.index import fresh
from symgrad.calculus.interval import Interval
from symgrad.calculus.point import Point

SIZES = (2, 3, 2, 3)
RATIONAL = {"relu", "leaky-relu", "identity", "abs", "sign", "step"}
RATIONAL_LOSSES = {"squared-error", "mean-squared-error", "absolute-error", "hinge", "huber"}
PARTS = 89
"""Entries are so many parts of 1: a prime, so that none lies on a kink."""
TOLERANCE = {"float64": 1e-12, "float32": 2e-4}


def exact_point(network, seed):
    """Numerators of all entries, and the point that they are for the kernel."""
    rng = np.random.default_rng(seed)
    numerators, exact = {}, {}
    for name, tensor in network.parameters.items():
        shape = tuple(size.value for size in tensor.axes)
        is_positive = name == "target" or network.activation in POSITIVE
        numerators[name] = found = rng.integers(1 if is_positive else -PARTS, PARTS, shape)
        exact[tensor] = {
            tuple(k + 1 for k in at): Fraction(int(found[at]), PARTS) for at in np.ndindex(shape)
        }
    return numerators, Point({size: size.value for size in network.sizes}, exact, {})


def middle(value, is_rational):
    """An exact value, or the middle of an interval that is narrow enough to be one."""
    assert isinstance(value, Fraction) or not is_rational
    if not isinstance(value, Interval):
        return value
    low, high = value.bounds()
    assert high - low <= Fraction(1, 10**18) * max(1, abs(low))
    return (low + high) / 2


def compared(activation, loss, depth):
    network = symgrad.Network(SIZES[: depth + 1], activation, loss)
    program = symgrad.compile(network, input_gradient=True)
    numerators, point = exact_point(network, seed=depth)
    is_rational = activation in RATIONAL and loss in RATIONAL_LOSSES
    whole = Named(network.definitions["L"], ())
    expected = {"L": middle(evaluate(whole, point, {}), is_rational)}
    for name, tensor in network.parameters.items():
        if name == "target":
            continue
        indices = tuple(fresh("i", size) for size in tensor.axes)
        entry = differentiate(whole, tensor, indices)
        for at in np.ndindex(numerators[name].shape):
            where = dict(zip(indices, (k + 1 for k in at), strict=True))
            expected[name, at] = middle(evaluate(entry, point, where), is_rational)
    for one in in_both_precisions(program):
        arrays = {n: (a / PARTS).astype(one.plan.dtype) for n, a in numerators.items()}
        value, gradients = one.value_and_grad(**arrays)
        label = (activation, loss, depth, one.plan.dtype)
        found = {"L": value} | {k: gradients[k[0]][k[1]] for k in expected if k != "L"}
        for key, exact in expected.items():
            scale = max(1.0, abs(float(exact)))
            assert abs(float(found[key]) - float(exact)) <= TOLERANCE[one.plan.dtype] * scale, (
                label,
                key,
            )


@pytest.mark.parametrize(
    ("activation", "loss", "depth"),
    [
        ("relu", "squared-error", 3),
        ("leaky-relu", "huber", 3),
        ("sigmoid", "binary-cross-entropy", 2),
        ("tanh", "cross-entropy", 2),
        ("elu", "mean-squared-error", 3),
        ("softplus", "binary-cross-entropy-with-logits", 2),
        ("gelu", "hinge", 1),
        ("sqrt", "absolute-error", 1),
    ],
)
def test_agrees_with_exact_values(activation, loss, depth):
    compared(activation, loss, depth)


@pytest.mark.slow
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_grid_agrees_with_exact_values(depth):
    for activation, loss, _ in grid([depth]):
        compared(activation, loss, depth)
