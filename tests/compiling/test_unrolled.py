"""Programs of plain numbers, for a few units, against those of arrays."""

import re

import numpy as np
import pytest
from networks import arrays_for, makes_sense

import symgrad
from symgrad.network.functions import ACTIVATIONS
from symgrad.network.losses import LOSSES

CASES = [(a, loss) for a in ACTIVATIONS for loss in LOSSES if makes_sense(a, loss, 2)]


@pytest.mark.parametrize(("activation", "loss"), CASES)
def test_agrees_with_arrays(activation, loss):
    network = symgrad.Network((2, 3, 2), activation, loss)
    program = symgrad.compile(network, input_gradient=True)
    if not hasattr(program.module, "Unrolled"):
        pytest.skip("an operation has no form for plain numbers")
    arrays = arrays_for(program, activation=activation)
    value, gradients = program.value_and_grad(**arrays)
    unrolled = program.module.Unrolled()
    for _ in range(2):
        again, found = unrolled.value_and_grad(**arrays)
        assert again == pytest.approx(value)
        assert found.keys() == gradients.keys()
        for name, gradient in gradients.items():
            np.testing.assert_allclose(found[name], gradient)


def test_most_are_unrolled():
    for activation in ("relu", "sigmoid", "tanh", "softplus", "silu", "elu", "leaky-relu"):
        source = symgrad.compile(symgrad.Network((2, 3, 2), activation, "cross-entropy")).source
        assert "class Unrolled" in source
    assert "class Unrolled" not in symgrad.compile(symgrad.Network((20, 30, 2))).source


@pytest.fixture(scope="module")
def small():
    return symgrad.compile(symgrad.Network((2, 3, 2), "tanh"))


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("W1", np.transpose, r"W1 has the shape (2, 3); it should be (3, 2)"),
        ("W2", np.ravel, r"W2 has the shape (6,); it should be (2, 3)"),
        ("X", lambda x: x[:, None], r"X has the shape (2, 1); it should be (2,)"),
        ("target", lambda t: t[:1], r"target has the shape (1,); it should be (2,)"),
        ("B1", lambda b: b[None], r"B1 has the shape (1, 3); it should be (3,)"),
        ("B2", lambda b: b.sum()[()], r"B2 is a float64, not a NumPy array"),
        ("B2", np.ndarray.tolist, r"B2 is a list, not a NumPy array"),
        ("X", lambda x: np.array(0.5), r"X has the shape (); it should be (2,)"),
    ],
)
def test_arrays_that_do_not_fit(small, name, change, message):
    arrays = arrays_for(small)
    arrays[name] = change(arrays[name])
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(message)}$"):
        small.module.Unrolled().value_and_grad(**arrays)


def test_arrays_in_another_order_of_memory(small):
    arrays = arrays_for(small)
    expected, gradients = small.value_and_grad(**arrays)
    for turn in (np.asfortranarray, lambda a: np.repeat(a, 2, axis=-1)[..., ::2]):
        value, found = small.module.Unrolled().value_and_grad(
            **{n: turn(a) for n, a in arrays.items()}
        )
        assert value == pytest.approx(expected)
        np.testing.assert_allclose(found["W1"], gradients["W1"])


def test_what_is_no_fault_of_the_arrays_is_not_hidden():
    program = symgrad.compile(symgrad.Network((2, 3), "exp"))
    arrays = {name: 1000 * np.ones_like(a) for name, a in arrays_for(program).items()}
    with pytest.raises(OverflowError):
        program.module.Unrolled().value_and_grad(**arrays)
