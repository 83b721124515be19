"""Compiled networks against PyTorch's own derivatives; left out where it is not installed."""

import numpy as np
import pytest
from networks import arrays_for, grid, in_both_precisions, program_of

torch = pytest.importorskip("torch", reason="PyTorch is not installed; it is no dependency")

ACTIVATIONS = {
    "relu": torch.relu,
    "leaky-relu": lambda x: torch.nn.functional.leaky_relu(x, 0.01),
    "identity": lambda x: x,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": lambda x: torch.nn.functional.softplus(x, threshold=1e9),
    "silu": torch.nn.functional.silu,
    "gelu": torch.nn.functional.gelu,
    "erf": torch.erf,
    "elu": torch.nn.functional.elu,
    "abs": torch.abs,
    "sign": torch.sign,
    "step": lambda x: torch.heaviside(x.detach(), torch.zeros((), dtype=x.dtype)) + 0 * x,
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
}
"""The activations as PyTorch has them."""

F = torch.nn.functional
LOSSES = {
    "squared-error": lambda x, t: ((x - t) ** 2).sum(-1) / 2,
    "mean-squared-error": lambda x, t: ((x - t) ** 2).mean(-1),
    "absolute-error": lambda x, t: (x - t).abs().sum(-1),
    "cross-entropy": lambda x, t: -(t * F.log_softmax(x, -1)).sum(-1),
    "cross-entropy-of-probabilities": lambda x, t: -(t * torch.log(x)).sum(-1),
    "binary-cross-entropy": lambda x, t: F.binary_cross_entropy(x, t, reduction="none").sum(-1),
    "binary-cross-entropy-with-logits": lambda x, t: F.binary_cross_entropy_with_logits(
        x, t, reduction="none"
    ).sum(-1),
    "hinge": lambda x, t: torch.relu(1 - t * x).sum(-1),
    "huber": lambda x, t: F.huber_loss(x, t, reduction="none").sum(-1),
}
"""The losses of every example."""

TOLERANCE = {"float64": 1e-11, "float32": 2e-4}


def by_torch(activation, loss, depth, arrays):
    given = {name: torch.from_numpy(array).requires_grad_() for name, array in arrays.items()}
    x = given["X"]
    for layer in range(1, depth + 1):
        x = ACTIVATIONS[activation](x @ given[f"W{layer}"].T + given[f"B{layer}"])
    value = LOSSES[loss](x, given["target"]).mean()
    names = [name for name in given if name != "target"]
    found = torch.autograd.grad(value, [given[name] for name in names], allow_unused=True)
    gradients = {
        name: np.zeros_like(arrays[name]) if g is None else g.numpy()
        for name, g in zip(names, found, strict=True)
    }
    return value.item(), gradients


def test_every_activation_and_loss_is_compared():
    tried = grid([1])
    assert {a for a, _, _ in tried} == set(ACTIVATIONS)
    assert {loss for _, loss, _ in tried} == set(LOSSES)


def test_agrees_with_autograd():
    for activation, loss, depth in grid([2]):
        agrees(program_of(activation, loss, depth, 7), (activation, loss), depth, 7)


@pytest.mark.slow
@pytest.mark.parametrize("batches", [(None,), (1, 7, 64)])
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_the_grid_agrees_with_autograd(depth, batches):
    for activation, loss, _ in grid([depth]):
        for program in in_both_precisions(program_of(activation, loss, depth, batches[0])):
            for batch in batches:
                agrees(program, (activation, loss), depth, batch)


def agrees(program, functions, depth, batch):
    activation, loss = functions
    dtype = program.plan.dtype
    arrays = arrays_for(program, batch, activation=activation)
    value, gradients = program.value_and_grad(**arrays)
    expected, theirs = by_torch(activation, loss, depth, arrays)
    label = (activation, loss, batch, dtype)
    assert value == pytest.approx(expected, rel=10 * TOLERANCE[dtype]), label
    assert set(gradients) == set(theirs)
    for name, gradient in gradients.items():
        scale = max(1.0, float(np.abs(theirs[name]).max()))
        error = np.abs(gradient - theirs[name]).max() / scale
        assert error <= TOLERANCE[dtype], (label, name, error)
