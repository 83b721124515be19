"""The gradients of a network of layers by tensorgrad, which is no dependency of the tests."""

from __future__ import annotations

from types import ModuleType


def gradients(tensorgrad: ModuleType, depth: int) -> bool:
    """Whether its gradients of all weights are brought to the same form as those by hand."""
    from tensorgrad.functions import frobenius2, tanh

    sizes = tensorgrad.symbols(f"l0:{depth + 1}")
    value = tensorgrad.Variable("X", l0=sizes[0])
    weights, values = [], [value]
    for layer in range(depth):
        shape = {f"l{end}": sizes[end] for end in (layer, layer + 1)}
        weights.append(tensorgrad.Variable(f"W{layer}", **shape))
        values.append(tanh(weights[-1] @ values[-1]))
    error = values[-1] - tensorgrad.Variable("Y", **{f"l{depth}": sizes[depth]})
    loss = frobenius2(error)
    delta, proved = 2 * error * (1 - values[-1] * values[-1]), True
    for layer in range(depth - 1, -1, -1):
        names = {edge: f"{edge}_" for edge in weights[layer].edges}
        left = loss.grad(weights[layer], names).full_simplify()
        right = (delta @ values[layer]).rename(**names).full_simplify()
        proved &= left == right
        delta = (weights[layer] @ delta) * (1 - values[layer] * values[layer])
    return proved
