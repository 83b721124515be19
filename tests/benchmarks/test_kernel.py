"""Times of the kernel, with naive SymPy and tensorgrad (where installed) beside them.

pytest tests/benchmarks/test_kernel.py -o addopts="" -s --benchmark-timer=time.process_time \
    --benchmark-sort=name --benchmark-columns=min,median,rounds

Times are those of the processor, so that other programs disturb them less; ratios compare
medians of one run.
"""

from __future__ import annotations

import gc
import statistics
import time

import pytest
from layered import OPAQUE, Network, named_sizes, sympy_gradients

from symgrad.calculus.expression import RELU, Entry, Expression, Mul, Sum, power
from symgrad.calculus.index import Size, Tensor, fresh
from symgrad.calculus.normal_form import Prover, prove_equal

N = Size("n")
WIDTHS = (2, 64, 1000)


def prove_all(claims):
    prover = Prover()
    assert all(prover.prove_equal(left, right) for left, right in claims)


def medians(makers, rounds):
    """The median time of proving what each maker makes, all in turn in every round."""
    taken = {name: [] for name in makers}
    for _ in range(rounds):
        for name, maker in makers.items():
            claims = [*maker()]
            gc.collect()
            start = time.process_time()
            prove_all(claims)
            taken[name].append(time.process_time() - start)
    found = {name: statistics.median(times) for name, times in taken.items()}
    print("\n" + ", ".join(f"{name}: {1000 * seconds:.2f} ms" for name, seconds in found.items()))
    return found


@pytest.mark.parametrize("activation", [OPAQUE, RELU], ids=["opaque", "relu"])
def test_seven_gradients(benchmark, activation):
    """Three layers, from scratch: derivatives and both normal forms; at most 5 ms."""

    def claims():
        return ([*Network(named_sizes(3), activation).gradients()],), {}

    benchmark.pedantic(prove_all, setup=claims, rounds=100)
    assert benchmark.stats.stats.median < 0.010


@pytest.mark.parametrize("depth", [3, 10, 30, 100])
def test_one_gradient_through_all_layers(benchmark, depth):
    """Every layer differentiated through; depth 30 in at most 1 s."""

    def claims():
        return ([*Network(named_sizes(depth)).gradients()][:1],), {}

    benchmark.pedantic(prove_all, setup=claims, rounds=3)
    assert depth > 30 or benchmark.stats.stats.median < 1


@pytest.mark.parametrize("depth", [1, 3, 10, 30, 100, 300])
def test_named_layers(benchmark, depth):
    """Every layer by the one before it, both by name; depth 100 in at most 60 ms."""

    def claims():
        return ([*Network(named_sizes(depth)).jacobians()],), {}

    benchmark.pedantic(prove_all, setup=claims, rounds=5)


def test_named_layers_cost_the_same_each():
    """Linear in depth: a layer of 300 costs what a layer of 30 costs."""
    depths = (30, 300)
    makers = {depth: Network(named_sizes(depth)).jacobians for depth in depths}
    found = medians(makers, 7)
    assert found[300] / 300 < 2 * found[30] / 30


def test_width_never_matters():
    """Sizes that are names, and literal sizes: the same work."""
    makers = {"names": Network(named_sizes(3)).gradients}
    makers |= {width: Network([Size(str(width))] * 4).gradients for width in WIDTHS}
    found = medians(makers, 41)
    assert all(found[width] < 1.5 * found["names"] for width in WIDTHS)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_naive_sympy(benchmark, size):
    """The weight gradients of the three layers at one fixed size, not for all."""
    assert benchmark.pedantic(sympy_gradients, args=(3, size), rounds=1)


def test_tensorgrad(benchmark):
    """The same weight gradients by tensorgrad, as far as it brings them to the same form."""
    tensorgrad = pytest.importorskip("tensorgrad")
    from beside_tensorgrad import gradients

    benchmark.extra_info["proved"] = benchmark.pedantic(gradients, args=(tensorgrad, 3), rounds=3)


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
