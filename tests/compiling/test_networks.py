"""Compiled networks against numerical derivatives."""

import math

import numpy as np
import pytest
from networks import arrays_for, grid, in_both_precisions, program_of

import symgrad
from symgrad.calculus.expression import mul, number
from symgrad.compiling.backward import Backward, Unproved
from symgrad.network.network import Network
from symgrad.writing.erf import ERF

TOLERANCE = {"float64": 3e-8, "float32": 2e-3}


def agrees(program, label, batch=None, activation=""):
    """With numerical derivatives, by both ways to call it."""
    dtype = program.plan.dtype
    arrays = arrays_for(program, batch, activation=activation)
    errors = program.check(**arrays)
    assert max(errors.values()) <= TOLERANCE[dtype], (label, errors)
    value, gradients = program.value_and_grad(**arrays)
    assert value == pytest.approx(program.value(**arrays), rel=1e-6), label
    for name, gradient in gradients.items():
        assert gradient.shape == arrays[name].shape, label
        assert gradient.dtype == dtype, label
    work = program.workspace(**arrays)
    for _ in range(2):  # what a call leaves in the buffers must not change the next
        again, buffers = work.value_and_grad(**arrays)
        assert again == pytest.approx(value, rel=1e-5), label
        for name, gradient in gradients.items():
            np.testing.assert_allclose(
                buffers[name], gradient, rtol=1e-5, atol=1e-6, err_msg=str(label)
            )
            assert buffers[name].dtype == dtype, label


@pytest.mark.parametrize(("activation", "loss", "depth"), grid([2]))
def test_agrees_with_numerical_derivatives(activation, loss, depth):
    agrees(program_of(activation, loss, depth, 7), (activation, loss), 7, activation)


@pytest.mark.slow
@pytest.mark.parametrize("batches", [(None,), (1, 7, 64)])
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_the_grid(depth, batches):
    for activation, loss, _ in grid([depth]):
        for program in in_both_precisions(program_of(activation, loss, depth, batches[0])):
            for batch in batches:
                label = (activation, loss, batch, program.plan.dtype)
                agrees(program, label, batch, activation)


def test_a_precision_changes_nothing_else():
    for dtype, program in zip(
        TOLERANCE, in_both_precisions(program_of("silu", "huber", 2)), strict=True
    ):
        assert program.source == program_of("silu", "huber", 2, dtype=dtype).source


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("batch", [None, 1, 64])
def test_a_batch_of_any_size(batch, dtype):
    agrees(program_of("tanh", "cross-entropy", 3, batch, dtype), (batch, dtype), batch)


@pytest.mark.parametrize(("activation", "loss"), [("relu", "squared-error"), ("tanh", "hinge")])
def test_the_batch_is_the_mean_of_its_examples(activation, loss):
    one, many = program_of(activation, loss, 3), program_of(activation, loss, 3, 5)
    arrays = arrays_for(many, 5)
    value, gradients = many.value_and_grad(**arrays)
    rows = [
        one.value_and_grad(**{**arrays, "X": arrays["X"][k], "target": arrays["target"][k]})
        for k in range(5)
    ]
    assert value == pytest.approx(np.mean([row[0] for row in rows]))
    for name in ("W1", "B2", "W3"):
        np.testing.assert_allclose(gradients[name], np.mean([r[1][name] for r in rows], axis=0))
    np.testing.assert_allclose(gradients["X"], np.stack([r[1]["X"] for r in rows]) / 5)


@pytest.mark.parametrize("depth", [12, 101])
def test_deep_networks(depth):
    sizes = [2 + layer % 3 for layer in range(depth + 1)]
    network = Network(sizes, "tanh", "cross-entropy")
    program = symgrad.compile(network, batch=True, input_gradient=True)
    arrays = arrays_for(program, 3)
    for name, array in arrays.items():  # layers that are nearly linear: no gradient vanishes
        array *= 1 if name == "target" else 0.05
        array += np.eye(*array.shape) if name[0] == "W" else 0
    _, gradients = program.value_and_grad(**arrays)
    step = 1e-6
    for name in ("X", "W1", "B2", f"W{depth}"):  # every entry takes too long for so many layers
        error = np.random.default_rng(1).normal(size=arrays[name].shape)
        ahead, behind = (
            program.value(**{**arrays, name: arrays[name] + sign * step * error})
            for sign in (1, -1)
        )
        expected = np.vdot(gradients[name], error)
        assert abs(expected) > 1e-5, name
        assert (ahead - behind) / (2 * step) == pytest.approx(expected, rel=1e-4), name


def test_a_chain_rule_gone_wrong_is_noticed(monkeypatch):
    def through(self, user, variable, positions, right=Backward._through):
        found = right(self, user, variable, positions)
        return mul(number(2), found) if variable.name == "X^{(1)}" else found

    monkeypatch.setattr(Backward, "_through", through)
    with pytest.raises(Unproved, match=r"the derivative by X\^\{\(1\)\}"):
        symgrad.compile(Network((2, 3, 4, 2), "tanh", "cross-entropy"))


def test_a_size_called_as_that_of_the_batch():
    program = symgrad.compile(Network(("N", "q")), batch=True)
    assert program.inputs["X"] == ("N_2", "N")
    lengths = {"N": 3, "q": 2, "N_2": 5}
    rng = np.random.default_rng(0)
    arrays = {n: rng.normal(size=[lengths[s] for s in a]) for n, a in program.inputs.items()}
    assert max(program.check(**arrays).values()) < 1e-8


def test_large_arguments_do_not_overflow():
    for activation in ("sigmoid", "tanh", "softplus", "silu", "elu"):
        program = program_of(activation, "cross-entropy", 2, 3)
        arrays = {name: 300 * array for name, array in arrays_for(program, 3).items()}
        with np.errstate(all="raise", under="ignore"):
            value, gradients = program.value_and_grad(**arrays)
        assert np.isfinite(value)
        assert all(np.isfinite(gradient).all() for gradient in gradients.values())


def test_erf_is_right_to_rounding():
    namespace = {"np": np}
    exec(ERF, namespace)
    x = np.concatenate([np.linspace(-7, 7, 20001), np.logspace(-300, 0, 300)])
    expected = np.array([math.erf(value) for value in x])
    error = np.abs(namespace["erf"](x) - expected)
    assert (error <= 4 * np.spacing(np.abs(expected))).all()
    assert namespace["erf"](x.astype(np.float32)).dtype == np.float32
