"""Sums of products: the order that costs least, and the right value whatever the shapes."""

import numpy as np
import pytest

from symgrad.calculus.derivative import differentiate
from symgrad.calculus.expression import Delta, Entry, Named, Power, Sum, add, mul, number
from symgrad.calculus.index import Fixed, Size, Tensor, fresh
from symgrad.compiling.contraction import elimination_order
from symgrad.compiling.graph import Graph, cost, needed
from symgrad.compiling.lowering import Lowering
from symgrad.compiling.plan import Input, Plan, plan_network
from symgrad.network.network import Network
from symgrad.programs.program import Program
from symgrad.writing.to_numpy import to_numpy

M, N, P, Q = (Size(str(k)) for k in (2, 3, 4, 5))
A, B, C = Tensor("A", (M, N)), Tensor("B", (N, P)), Tensor("C", (P, Q))
D, T, U, V = Tensor("D", (N, N)), Tensor("T", (M, N, P)), Tensor("U", (N,)), Tensor("V", (P,))
E, S = Tensor("E", (M, P)), Tensor("S", (M, N, Q))
ALL = (A, B, C, D, T, U, V, E, S)


def values_of(expression, axes):
    lowering = Lowering(Graph(), {t: t.name for t in ALL})
    array = lowering.array(expression, axes)
    zero = lowering.graph.number(0)
    plan = Plan("a test", tuple(Input(t.name, t.name, t.axes) for t in ALL), zero, {"A": array})
    program = Program(plan, to_numpy(plan))
    rng = np.random.default_rng(1)
    arrays = {t.name: rng.normal(size=[s.value for s in t.axes]) for t in ALL}
    result = program.module.value_and_grad(**arrays)[1]["A"]
    buffers = program.workspace(**arrays).value_and_grad(**arrays)[1]["A"]
    np.testing.assert_allclose(buffers, result)
    return result, arrays, array


def i(name, size):
    return fresh(name, size)


def case(subscripts, *tensors):
    """A sum of products as `einsum` writes it."""
    left, right = subscripts.split("->")
    sizes = {
        letter: size
        for part, tensor in zip(left.split(","), tensors, strict=True)
        for letter, size in zip(part, tensor.axes, strict=True)
    }
    index = {letter: fresh(letter, size) for letter, size in sizes.items()}
    body = mul(
        *[
            Entry(tensor, tuple(index[c] for c in part))
            for part, tensor in zip(left.split(","), tensors, strict=True)
        ]
    )
    for letter in sorted(set(left) - set(right) - {","}):
        body = Sum(index[letter], body)
    return body, [index[c] for c in right]


@pytest.mark.parametrize(
    ("subscripts", "tensors"),
    [
        ("ij,jk->ik", (A, B)),
        ("ij,jk->ki", (A, B)),
        ("ij,jk,kl->il", (A, B, C)),
        ("ij,jk,kl->", (A, B, C)),
        ("ij,j->i", (A, U)),
        ("ij,j->ij", (A, U)),
        ("ij,j->ji", (A, U)),
        ("i,j->ij", (U, V)),
        ("i,j->ji", (U, V)),
        ("i,i->", (U, U)),
        ("ij,ij->i", (A, A)),
        ("ij,ij->j", (A, A)),
        ("ij,ij->", (A, A)),
        ("ii->", (D,)),
        ("ii->i", (D,)),
        ("ii,i->i", (D, U)),
        ("ijk->j", (T,)),
        ("ijk->ik", (T,)),
        ("ijk,j->ik", (T, U)),
        ("ijk,j,k->i", (T, U, V)),
        ("ijk,ij->k", (T, A)),
        ("ijk,ik->ij", (T, E)),
        ("ijk,ijl->kl", (T, S)),
        ("ijk,ijl->ikl", (T, S)),
        ("ijk,ijl->lij", (T, S)),
        ("ijk,jk,ik->ij", (T, B, E)),
        ("ij,jk,j,k->i", (A, B, U, V)),
        ("ij,kl->jl", (A, B)),
        ("ij,j,jk,k,kl->il", (A, U, B, V, C)),
    ],
)
def test_agrees_with_einsum(subscripts, tensors):
    expression, axes = case(subscripts, *tensors)
    result, arrays, _ = values_of(expression, axes)
    expected = np.einsum(subscripts, *(arrays[t.name] for t in tensors))
    np.testing.assert_allclose(result, expected)
    assert result.shape == expected.shape


def test_deltas_constants_and_positions():
    r, s, k = i("r", N), i("s", N), i("k", N)
    result, arrays, _ = values_of(Sum(k, mul(Delta(k, r), Entry(D, (k, s)))), [s, r])
    np.testing.assert_allclose(result, arrays["D"].T)
    result, arrays, _ = values_of(mul(Delta(r, s), Entry(U, (r,))), [r, s])
    np.testing.assert_allclose(result, np.diag(arrays["U"]))
    result, arrays, _ = values_of(Entry(D, (Fixed(2, N), s)), [s])
    np.testing.assert_allclose(result, arrays["D"][1])
    result, arrays, _ = values_of(Sum(k, number(2)), [])
    assert result == 6
    result, arrays, _ = values_of(Entry(U, (s,)), [r, s])
    np.testing.assert_allclose(result, np.tile(arrays["U"], (3, 1)))
    result, arrays, _ = values_of(Entry(U, (r,)), [r, s])
    np.testing.assert_allclose(result, np.tile(arrays["U"][:, None], (1, 3)))


def test_a_sum_over_a_sum_is_kept_apart():
    r, k, j = i("r", N), i("k", N), i("j", N)
    square = Sum(k, mul(Entry(D, (r, k)), Sum(k, mul(Entry(D, (k, r)), Entry(U, (k,))))))
    result, arrays, _ = values_of(square, [r])
    d, u = arrays["D"], arrays["U"]
    np.testing.assert_allclose(result, d.sum(axis=1) * (d.T @ u))
    shared = Sum(j, Entry(D, (r, j)))
    result, arrays, _ = values_of(mul(shared, shared), [r])
    np.testing.assert_allclose(result, arrays["D"].sum(axis=1) ** 2)
    power = Power(add(Entry(U, (r,)), number(4)), -1)
    result, arrays, _ = values_of(Sum(r, mul(power, Entry(U, (r,)))), [])
    np.testing.assert_allclose(result, (arrays["U"] / (arrays["U"] + 4)).sum())


def test_a_product_with_a_vector_is_never_a_product_of_matrices():
    expression, axes = case("ij,jk,kl,l->i", A, B, C, Tensor("W", (Q,)))
    factors = [frozenset(f.positions) for f in _entries(expression)]
    bound = sorted({x for f in factors for x in f} - set(axes), key=lambda x: x.uid)
    order = elimination_order(factors, bound)
    assert [x.name for x in order] == ["l", "k", "j"]


def _entries(expression):
    while isinstance(expression, Sum):
        expression = expression.body
    return expression.factors


def test_equal_operations_are_one():
    expression, axes = case("ij,jk->ik", A, B)
    other, others = case("pq,qr->pr", A, B)
    lowering = Lowering(Graph(), {t: t.name for t in ALL})
    assert lowering.array(expression, axes) is lowering.array(other, others)


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("sizes", [(6, 5, 4, 3), (3, 4, 5, 6), (9, 2, 7, 3, 5, 4)])
def test_expanded_derivatives_cost_what_backpropagation_costs(sizes, activation):
    network = Network(sizes, activation)
    plan = plan_network(network, input_gradient=True)
    names = {tensor: name for name, tensor in network.parameters.items()}
    lowering = Lowering(Graph(), names)
    whole = Named(network.definitions["L"], ())
    outputs = [lowering.array(whole, ())]
    for name in reversed(plan.gradients):
        tensor = network.parameters[name]
        at = tuple(fresh("i", size) for size in tensor.axes)
        outputs.append(lowering.array(differentiate(whole, tensor, at), at))
    assert cost(outputs) == cost(plan.outputs)
    assert len(needed(outputs)) == len(needed(plan.outputs))
