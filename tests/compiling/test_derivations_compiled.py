"""Every note in derivations/ with gradients, compiled: against three other ways to differentiate.

Numerical derivatives, exact rational numbers at small sizes, and PyTorch's own derivatives of
the loss written once more by hand, where PyTorch is installed.
"""

# ruff: noqa: N803, N806  - arrays are called as in the notes

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import symgrad
from symgrad.calculus.derivative import differentiate
from symgrad.calculus.evaluation import evaluate
from symgrad.calculus.expression import Named
from symgrad.calculus.index import fresh
from symgrad.calculus.interpretation import EXACT
from symgrad.calculus.interval import Interval
from symgrad.calculus.point import Point
from symgrad.programs.choosing import chosen
from symgrad.programs.formulas import free_tensors, numbers, proved_formulas
from symgrad.reading.note import read_note

DERIVATIONS = Path(__file__).parents[2] / "derivations"
TANH = next(known for known in EXACT if known.name == "tanh")
"""For the note that proves its gradients for every function."""


def half_square(torch, x):
    return (x**2).sum() / 2


def one_layer(torch, W, X, B, T):
    return half_square(torch, torch.tanh(W @ X + B) - T)


def two_layers(torch, V, x, b, W, c, t):
    return half_square(torch, torch.sigmoid(W @ torch.sigmoid(V @ x + b) + c) - t)


def three_layers(torch, X, W1, B1, W2, B2, W3, B3, Y_tilde):
    for weights, bias in ((W1, B1), (W2, B2), (W3, B3)):
        X = torch.relu(weights @ X + bias)
    return half_square(torch, X - Y_tilde)


def batch(torch, X, V, one, b, W, c, T):
    hidden = torch.relu(X @ V + torch.outer(one, b))
    return half_square(torch, hidden @ W + torch.outer(one, c) - T) / len(X)


def softmax(torch, z, t):
    return -(t * torch.log_softmax(z, 0)).sum()


def layer_norm(torch, x, c):
    centred = x - x.mean()
    return (c * centred).sum() / (centred**2).mean().sqrt()


def attention(torch, V, K, q, g):
    return g @ V.T @ torch.softmax(K @ q / len(q) ** 0.5, 0)


def layer_of_relus(torch, X, W, B, Y_tilde):
    return half_square(torch, torch.relu(W @ X + B) - Y_tilde)


def squared_distance(torch, Y, Y_tilde):
    return half_square(torch, Y - Y_tilde)


def two_of_relus(torch, X1, W1, B1, W2, B2, Y_tilde):
    hidden = torch.relu(W1 @ X1 + B1)
    return half_square(torch, torch.relu(W2 @ hidden + B2) - Y_tilde)


@dataclass(frozen=True)
class Case:
    """A note, the line of one of its gradients, and the loss by hand."""

    note: str
    loss: object
    line: int | None = None
    options: dict = field(default_factory=dict)

    @property
    def path(self):
        return DERIVATIONS / f"{self.note}.md"

    def compiled(self):
        return symgrad.compile(self.path, line=self.line, **self.options)


CASES = {
    "one layer": Case("one-layer", one_layer, options={"activation": "tanh"}),
    "two layers": Case("two-layers", two_layers),
    "three layers": Case("three-layers", three_layers),
    "a batch": Case("batch", batch),
    "softmax": Case("softmax-cross-entropy", softmax),
    "layer norm": Case("layer-norm", layer_norm),
    "attention": Case("attention", attention),
    "a layer of relus": Case("relu-network-corrected", layer_of_relus),
    "the distance": Case("relu-network-corrected", squared_distance, 70),
    "two of relus": Case("relu-network-corrected", two_of_relus, 128),
}


def sizes_of(program):
    names = dict.fromkeys(size for sizes in program.inputs.values() for size in sizes)
    return {name: 2 + place for place, name in enumerate(names)}


def arrays_of(program, denominator=8):
    """Multiples of 1/8, which floating point has exactly."""
    rng = np.random.default_rng(4)
    lengths = sizes_of(program)
    arrays = {}
    for name, sizes in program.inputs.items():
        numerators = rng.integers(-8, 9, [lengths[size] for size in sizes])
        arrays[name] = (numerators + (numerators == 0)) / denominator
    if "one" in arrays:
        arrays["one"][:] = 1
    return arrays


def test_no_note_is_left_out():
    notes = {path.stem for path in DERIVATIONS.glob("*.md")}
    assert notes - {case.note for case in CASES.values()} == {"relu-network"}  # the draft


@pytest.mark.parametrize("name", CASES)
def test_numerical_derivatives(name):
    program = CASES[name].compiled()
    assert max(program.check(**arrays_of(program)).values()) < 1e-8


@pytest.mark.parametrize("name", CASES)
def test_exact_rationals(name):
    case = CASES[name]
    program = case.compiled()
    arrays = arrays_of(program)
    note = read_note(case.path)
    formulas = proved_formulas(note)
    loss, by_tensor = chosen(formulas, numbers(formulas), case.line)
    lengths = sizes_of(program)
    latex = {given.latex: given for given in program.plan.inputs}
    values = {}
    for tensor in free_tensors([Named(loss, ())]):
        array = arrays[latex[tensor.name].name]
        values[tensor] = {
            tuple(k + 1 for k in at): Fraction(array[at]) for at in np.ndindex(array.shape)
        }
    point = Point(
        {size: lengths[size.name] for tensor in values for size in tensor.axes},
        values,
        defaultdict(lambda: TANH),
    )
    _, gradients = program.value_and_grad(**arrays)
    assert len(gradients) == len(by_tensor)
    for tensor in by_tensor:
        gradient = gradients[latex[tensor.name].name]
        indices = tuple(fresh("i", size) for size in tensor.axes)
        entry = differentiate(Named(loss, ()), tensor, indices)
        for at in np.ndindex(gradient.shape):
            where = dict(zip(indices, (k + 1 for k in at), strict=True))
            expected = evaluate(entry, point, where)
            if isinstance(expected, Interval):
                expected = sum(expected.bounds()) / 2
            assert gradient[at] == pytest.approx(float(expected), rel=1e-12, abs=1e-14), tensor


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", CASES)
def test_autograd(name, dtype):
    import torch

    case = CASES[name]
    program = symgrad.compile(case.path, line=case.line, dtype=dtype, **case.options)
    arrays = {key: array.astype(dtype) for key, array in arrays_of(program).items()}
    value, gradients = program.value_and_grad(**arrays)
    given = {key: torch.from_numpy(array).requires_grad_() for key, array in arrays.items()}
    expected = case.loss(torch, **given)
    found = torch.autograd.grad(expected, [given[key] for key in gradients])
    tolerance = 1e-12 if dtype == "float64" else 2e-5
    assert float(value) == pytest.approx(expected.item(), rel=tolerance)
    for (key, gradient), theirs in zip(gradients.items(), found, strict=True):
        np.testing.assert_allclose(gradient, theirs.numpy(), rtol=tolerance, atol=tolerance)
        assert gradient.dtype == dtype, key
