"""Networks whose last layer has an activation of its own: stable at any logits."""

import warnings

import numpy as np
import pytest
from click.testing import CliRunner

import symgrad
from symgrad.cli import main
from symgrad.compiling.logits import OF_LOGITS, of_logits

SIZES = (4, 3, 5)
PAIRS = [
    ("softmax", "cross-entropy-of-probabilities"),
    ("softmax", "squared-error"),
    ("softmax", "huber"),
    ("sigmoid", "binary-cross-entropy"),
    ("sigmoid", "squared-error"),
    ("identity", "cross-entropy"),
    ("identity", "binary-cross-entropy-with-logits"),
]


def program_and_arrays(activation, loss, batch, dtype="float64"):
    network = symgrad.Network(SIZES, "tanh", loss, activation)
    program = symgrad.compile(network, batch=batch, dtype=dtype, input_gradient=True)
    rng = np.random.default_rng(1)
    shapes = {g.name: [size.value or 6 for size in g.axes] for g in program.plan.inputs}
    arrays = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    arrays["target"] = rng.random(shapes["target"]).astype(dtype)
    return program, arrays


def loss_by_definition(activation, loss, arrays):
    """The loss as its name defines it, from the output of the last layer."""
    hidden = np.tanh(arrays["X"] @ arrays["W1"].T + arrays["B1"])
    z, t = hidden @ arrays["W2"].T + arrays["B2"], arrays["target"]
    e = np.exp(z)
    output = {"softmax": e / e.sum(-1, keepdims=True), "sigmoid": 1 / (1 + np.exp(-z))}
    x = output.get(activation, z)
    each = {
        "cross-entropy": lambda: -t * np.log(e / e.sum(-1, keepdims=True)),
        "cross-entropy-of-probabilities": lambda: -t * np.log(x),
        "binary-cross-entropy": lambda: -t * np.log(x) - (1 - t) * np.log(1 - x),
        "binary-cross-entropy-with-logits": lambda: np.log(1 + e) - t * z,
        "squared-error": lambda: (x - t) ** 2 / 2,
        "huber": lambda: (x - t) ** 2 / 2,  # both are below 1
    }
    return each[loss]().sum(-1).mean()


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_agrees_with_differences_and_the_definition(activation, loss, batch):
    program, arrays = program_and_arrays(activation, loss, batch)
    assert max(program.check(**arrays).values()) < 1e-8
    value, gradients = program.value_and_grad(**arrays)
    assert value == pytest.approx(loss_by_definition(activation, loss, arrays), rel=1e-12)
    again, buffers = program.workspace(**arrays).value_and_grad(*arrays.values())
    assert again == pytest.approx(value)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(buffers[name], gradient, atol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_large_logits_neither_overflow_nor_vanish(activation, loss, batch, dtype):
    program, arrays = program_and_arrays(activation, loss, batch, dtype)
    arrays["W2"] = arrays["W2"] * np.array(3000, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, gradients = program.value_and_grad(**arrays)
        program.workspace(**arrays).value_and_grad(*arrays.values())
    assert np.isfinite(value)
    assert all(np.isfinite(gradient).all() for gradient in gradients.values())
    if loss not in ("squared-error", "huber"):
        assert value > 100  # what is far off is said to be


@pytest.mark.parametrize(("pair", "fused"), OF_LOGITS.items())
def test_a_loss_of_probabilities_is_taken_of_the_logits(pair, fused):
    for sizes in (("m", "n", "q"), (4, 5)):
        network = symgrad.Network(sizes, "relu", pair[1], pair[0])
        found = of_logits(network)
        assert (found.loss_name, found.output_activation) == (fused, "identity")
    other = symgrad.Network(("m", "n", "q"), "relu", "squared-error", pair[0])
    assert of_logits(other) is other


def test_the_command(tmp_path):
    path = tmp_path / "backprop.py"
    options = ["--layers", "4,3,5", "--batch", "-o", str(path)]
    result = CliRunner().invoke(
        main,
        [
            *("compile", *options, "--output-activation", "softmax"),
            *("--loss", "cross-entropy-of-probabilities"),
        ],
    )
    assert (result.exit_code, result.output) == (0, "")
    assert "relu and softmax" in path.read_text().split('"""')[1]


def test_softmax_before_a_loss_that_takes_it_is_remarked():
    result = CliRunner().invoke(
        main, ["compile", "--layers", "4,3", "--activation", "softmax", "--loss", "cross-entropy"]
    )
    assert result.exit_code == 0
    assert "cross-entropy takes softmax itself, which is now taken twice" in result.stderr


def test_a_note_has_its_own_output():
    result = CliRunner().invoke(main, ["compile", "note.md", "--output-activation", "softmax"])
    assert result.exit_code == 2
    assert "--output-activation goes with --layers" in result.output
